#include "akin/space/vector_set.h"

#include <gtest/gtest.h>

#include "akin/base/error.h"

namespace akin {
namespace {

Matrix<float> counting(std::size_t rows, std::size_t cols, float from) {
  Matrix<float> m(rows, cols);
  for (std::size_t i = 0; i < m.size(); ++i) m.data()[i] = from + static_cast<float>(i);
  return m;
}

TEST(VectorSet, NumbersRowsThroughItsSegments) {
  const Matrix<float> a = counting(3, 2, 0), b = counting(1, 2, 100), c = counting(2, 2, 200);
  VectorSet set(2);
  set.add_segment(a.view());
  set.add_segment(b.view());
  set.add_segment(c.view());
  ASSERT_EQ(set.size(), 6U);
  EXPECT_EQ(set.row(0)[0], 0.0F);
  EXPECT_EQ(set.row(2)[1], 5.0F);
  EXPECT_EQ(set.row(3)[0], 100.0F);
  EXPECT_EQ(set.row(4)[0], 200.0F);
  EXPECT_EQ(set.row(5)[1], 203.0F);
  EXPECT_EQ(set.segment_of(3).first_id, 3U);
}

TEST(VectorSet, LeavesEmptySegmentsOut) {
  const Matrix<float> none(0, 2), some = counting(1, 2, 7);
  VectorSet set(2);
  set.add_segment(none.view());
  EXPECT_TRUE(set.empty());
  set.add_segment(some.view());
  EXPECT_EQ(set.segments().size(), 1U);
  EXPECT_EQ(set.row(0)[0], 7.0F);
}

TEST(VectorSet, IsAViewOfRowsFurtherApartThanTheyAreLong) {
  const Matrix<float> wide = counting(3, 5, 0);
  const VectorSet set(wide.view().middle_cols(1, 2));
  EXPECT_EQ(set.dim(), 2U);
  EXPECT_EQ(set.row(2)[0], 11.0F);
}

TEST(VectorSet, RefusesRowsOfAnotherWidth) {
  const Matrix<float> three = counting(1, 3, 0);
  VectorSet set(2);
  EXPECT_THROW(set.add_segment(three.view()), Error);
  EXPECT_TRUE(set.empty());
}

TEST(VectorSet, RefusesVectorsWithoutDimensions) { EXPECT_THROW(VectorSet(std::size_t{0}), Error); }

}  // namespace
}  // namespace akin
