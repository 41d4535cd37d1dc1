#include "akin/nn/alibi.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "akin/formats/safetensors.h"
#include "base/throws.h"
#include "golden_files.h"

namespace akin::nn {
namespace {

using testing::expect_error;

// Slopes are powers of two of rounded exponents; the reference's differ in the last bit of a float.
constexpr double kRelative = 1e-6;

void expect_slopes(const std::vector<float>& got, const TensorView& want) {
  std::vector<float> values(want.size());
  want.row_to_float(0, values);
  ASSERT_EQ(got.size(), values.size()) << want.name;
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], values[i], kRelative * static_cast<double>(values[i])) << want.name;
}

TEST(Alibi, HasTheSlopesOfBloomForEveryNumberOfHeads) {
  const auto file = open_safetensors(golden::path("positions/positions.safetensors"));
  for (std::size_t n = 1; n <= 16; ++n) {
    expect_slopes(alibi_slopes(n), *file->find("alibi.bloom.slopes." + std::to_string(n)));
  }
}

TEST(Alibi, HasTheSlopesOfMptForEveryNumberOfHeads) {
  const auto file = open_safetensors(golden::path("positions/positions.safetensors"));
  for (std::size_t n = 1; n <= 16; ++n) {
    expect_slopes(alibi_slopes_mpt(n), *file->find("alibi.mpt.slopes." + std::to_string(n)));
  }
}

TEST(Alibi, TakesMptsLargestExponent) {
  const std::vector<float> slopes = alibi_slopes_mpt(4, 16);
  EXPECT_EQ(slopes, (std::vector<float>{1.0F / 16, 1.0F / 256, 1.0F / 4096, 1.0F / 65536}));
}

TEST(Alibi, WantsAHead) {
  expect_error(ErrorCode::invalid_argument, "at least one head", [] { alibi_slopes(0); });
  expect_error(ErrorCode::invalid_argument, "at least one head", [] { alibi_slopes_mpt(0); });
}

}  // namespace
}  // namespace akin::nn
