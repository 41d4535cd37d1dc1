#include "work_plan.h"

#include <gtest/gtest.h>

namespace akin {
namespace {

// A set of segments of the given sizes, all over the same rows.
VectorSet with_segments(const Matrix<float>& rows, const std::vector<std::size_t>& sizes) {
  VectorSet set(rows.cols());
  for (const std::size_t n : sizes) set.add_segment(rows.view().middle_rows(0, n));
  return set;
}

TEST(WorkPlan, CoversEveryRowOnceInOrderOfIds) {
  const Matrix<float> rows(100, 1);
  const VectorSet set = with_segments(rows, {1, 100, 3, 2, 50, 7});
  for (const std::size_t size : {1, 2, 10, 64, 1000}) {
    std::uint64_t next = 0;
    for (const RowGroup& group : cut_rows(set, size, 1000))
      for (const RowRange& range : group) {
        EXPECT_EQ(range.first_id(), next) << "groups of " << size;
        next += range.end - range.begin;
      }
    EXPECT_EQ(next, 163U) << "groups of " << size;
  }
}

TEST(WorkPlan, FillsEveryGroupButTheLast) {
  const Matrix<float> rows(100, 1);
  const std::vector<RowGroup> groups = cut_rows(with_segments(rows, {5, 5, 5, 100, 5}), 20, 1000);
  ASSERT_EQ(groups.size(), 6U);
  EXPECT_EQ(groups[0].size(), 4U) << "small segments share a group";
  for (const RowGroup& group : groups) {
    std::size_t n = 0;
    for (const RowRange& range : group) n += range.end - range.begin;
    EXPECT_EQ(n, 20U);
  }
}

TEST(WorkPlan, KeepsTheNumberOfGroupsWithinItsBound) {
  const Matrix<float> rows(100, 1);
  EXPECT_EQ(cut_rows(with_segments(rows, {100, 100, 100}), 1, 7).size(), 7U);
}

TEST(WorkPlan, HasNoWorkForAnEmptySet) { EXPECT_TRUE(cut_rows(VectorSet(std::size_t{3}), 10, 10).empty()); }

}  // namespace
}  // namespace akin
