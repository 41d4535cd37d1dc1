#include "unit_rows.h"

#include <gtest/gtest.h>

#include "akin/space/normalize.h"
#include "points.h"

namespace akin::analysis {
namespace {

TEST(UnitRows, AreCopiedOnlyWhereTheirLengthsDiffer) {
  Context context(1);
  Matrix<float> rows = blobs(20, 5, 3, 1, 1);
  EXPECT_EQ(UnitRows(rows.view(), false, context).view().data(), rows.data());
  const UnitRows unit(rows.view(), true, context);
  EXPECT_NE(unit.view().data(), rows.data());
  for (std::size_t r = 0; r < 20; ++r) EXPECT_NEAR(norm_of(unit.view().row(r)), 1, 1e-6);
  normalize_rows(rows.view(), context);
  EXPECT_EQ(UnitRows(rows.view(), true, context).view().data(), rows.data());
}

}  // namespace
}  // namespace akin::analysis
