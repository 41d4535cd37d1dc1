// Queries against codes on every CPU target, against plain loops.
#include "akin/kernels/code_scan.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "akin/base/rng.h"
#include "akin/kernels/target.h"

namespace akin::kernels {
namespace {

constexpr std::size_t kMaxDim = 2 * 32 + 3, kRows = 5, kStride = kMaxDim + 2;

std::vector<float> random_floats(std::size_t n, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<float> out(n);
  for (float& x : out) x = rng.normal();
  return out;
}

template <class Half>
std::vector<Half> halves_of(const std::vector<float>& floats, Half (*to_half)(float)) {
  std::vector<Half> out;
  for (const float x : floats) out.push_back(to_half(x));
  return out;
}

template <class Half>
void expect_products(const std::vector<Half>& data) {
  const std::vector<float> query = random_floats(kMaxDim, 1);
  for_each_target([&](std::string_view target) {
    for (std::size_t dim = 0; dim <= kMaxDim; ++dim) {
      const MatrixView<const Half> rows(data.data(), kRows, dim, kStride);
      std::vector<float> out(kRows, -1);
      half_dot_rows(std::span(query).first(dim), rows, out);
      for (std::size_t r = 0; r < kRows; ++r) {
        double sum = 0, absolute = 0;
        for (std::size_t i = 0; i < dim; ++i) {
          const double term = static_cast<double>(query[i]) * static_cast<double>(to_float(rows(r, i)));
          sum += term;
          absolute += std::abs(term);
        }
        // Every addition in float may lose half a unit in the last place of the absolute sum.
        EXPECT_NEAR(out[r], sum, absolute * static_cast<double>(dim + 2) * 0x1p-24) << target << " dim " << dim << " row " << r;
      }
    }
  });
}

TEST(CodeScan, MultipliesAQueryWithBinary16RowsOnEveryTarget) {
  expect_products(halves_of<f16>(random_floats(kRows * kStride, 2), to_f16));
}

TEST(CodeScan, MultipliesAQueryWithBfloat16RowsOnEveryTarget) {
  expect_products(halves_of<bf16>(random_floats(kRows * kStride, 3), to_bf16));
}

TEST(CodeScan, GivesARowTheSameBitsWhereverItStands) {
  const std::vector<float> query = random_floats(61, 4);
  const std::vector<f16> data = halves_of<f16>(random_floats(9 * 61, 5), to_f16);
  for_each_target([&](std::string_view target) {
    std::vector<float> all(9), one(1);
    half_dot_rows(query, MatrixView<const f16>(data.data(), 9, 61), all);
    for (std::size_t r = 0; r < 9; ++r) {
      half_dot_rows(query, MatrixView<const f16>(data.data() + r * 61, 1, 61), one);
      EXPECT_EQ(all[r], one[0]) << target << " row " << r;
    }
  });
}

TEST(CodeScan, AddsTheValuesUnderTheSetBitsOnEveryTarget) {
  constexpr std::size_t kMaxBytes = 2 * 64 + 9;
  Rng rng(6);
  std::vector<std::uint8_t> planes(kBitPlanes * kMaxBytes), codes(kRows * kMaxBytes);
  for (std::vector<std::uint8_t>* bytes : {&planes, &codes})
    for (std::uint8_t& byte : *bytes) byte = static_cast<std::uint8_t>(rng.next() >> 56);
  for_each_target([&](std::string_view target) {
    for (std::size_t n = 0; n <= kMaxBytes; ++n) {
      const MatrixView<const std::uint8_t> some(planes.data(), kBitPlanes, n, kMaxBytes), rows(codes.data(), kRows, n, kMaxBytes);
      std::vector<std::uint32_t> out(kRows, 1);
      plane_dot_rows(some, rows, out);
      for (std::size_t r = 0; r < kRows; ++r) {
        std::uint32_t sum = 0;
        for (std::size_t i = 0; i < 8 * n; ++i) {
          const auto bit = [&](const std::uint8_t* bytes) { return static_cast<std::uint32_t>(bytes[i / 8] >> i % 8 & 1); };
          for (std::size_t p = 0; p < kBitPlanes; ++p) sum += (bit(some.row_data(p)) & bit(rows.row_data(r))) << p;
        }
        EXPECT_EQ(out[r], sum) << target << " bytes " << n << " row " << r;
      }
    }
  });
}

}  // namespace
}  // namespace akin::kernels
