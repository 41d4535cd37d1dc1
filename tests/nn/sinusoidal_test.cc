#include "akin/nn/sinusoidal.h"

#include <gtest/gtest.h>

#include <cmath>

#include "akin/base/error.h"
#include "akin/formats/safetensors.h"
#include "base/throws.h"
#include "golden_files.h"

namespace akin::nn {
namespace {

using akin::testing::expect_error;

void expect_golden(const std::string& name, SinusoidalLayout layout) {
  const auto file = open_safetensors(golden::path("positions/positions.safetensors"));
  const TensorView* want = file->find(name);
  ASSERT_NE(want, nullptr) << name;
  const Matrix<float> got = sinusoidal_positions(want->shape[0], want->shape[1], layout);
  std::vector<float> row(got.cols());
  for (std::size_t p = 0; p < got.rows(); ++p) {
    want->row_to_float(p, row);
    // The reference's angles are floats: 2e-6, and 1e-7 more a position.
    for (std::size_t c = 0; c < row.size(); ++c)
      EXPECT_NEAR(got(p, c), row[c], 2e-6 + 1e-7 * static_cast<double>(p)) << name << " " << p << " " << c;
  }
}

TEST(SinusoidalPositions, AreTheReferences) {
  expect_golden("sinusoidal.interleaved.64x32", SinusoidalLayout::interleaved);
  expect_golden("sinusoidal.interleaved.40x30", SinusoidalLayout::interleaved);
  expect_golden("sinusoidal.halves.64x32", SinusoidalLayout::halves);
  expect_golden("sinusoidal.halves.40x30", SinusoidalLayout::halves);
}

TEST(SinusoidalPositions, HaveProductsThatDependOnTheDistanceAlone) {
  const Matrix<float> table = sinusoidal_positions(50, 24);
  const auto product = [&](std::size_t a, std::size_t b) {
    double sum = 0;
    for (std::size_t c = 0; c < 24; ++c) sum += static_cast<double>(table(a, c)) * static_cast<double>(table(b, c));
    return sum;
  };
  // Floats of up to 1, twelve pairs of them: rounding of 12 · 2 · 6e-8.
  for (std::size_t p = 0; p + 7 < 50; ++p) EXPECT_NEAR(product(p, p + 7), product(0, 7), 2e-6);
  EXPECT_NEAR(product(3, 3), 12, 2e-6);
}

TEST(SinusoidalPositions, OfAnOddWidthEndWithASineOrAZero) {
  const Matrix<float> paper = sinusoidal_positions(3, 5), halves = sinusoidal_positions(3, 5, SinusoidalLayout::halves);
  EXPECT_NEAR(paper(2, 4), std::sin(2 * std::pow(10000.0, -4.0 / 5)), 1e-7);
  EXPECT_EQ(halves(2, 4), 0.0F);
}

TEST(SinusoidalPositions, RefuseWhatHasNoWaves) {
  expect_error(ErrorCode::invalid_argument, "at least one position", [] { sinusoidal_positions(0, 8); });
  expect_error(ErrorCode::invalid_argument, "at least 2 dimensions", [] { sinusoidal_positions(4, 1); });
  expect_error(ErrorCode::invalid_argument, "4 where", [] { sinusoidal_positions(4, 3, SinusoidalLayout::halves); });
  expect_error(ErrorCode::invalid_argument, "must be above 0",
               [] { sinusoidal_positions(4, 8, SinusoidalLayout::interleaved, std::nan("")); });
}

}  // namespace
}  // namespace akin::nn
