#include "byte_gemm.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "akin/base/rng.h"
#include "akin/kernels/reference.h"
#include "akin/kernels/target.h"

namespace akin::kernels::byte_gemm {
namespace {

/// Rows and a weight of random bytes, all values of both used.
struct Bytes {
  Bytes(std::size_t n_rows, std::size_t n_out, std::size_t n_in)
      : rows(n_rows * n_in + kReadPast), weights(n_out, n_in), weight(n_out, n_in) {
    Rng rng(n_rows + 1000 * n_out + n_in);
    for (auto& byte : rows) byte = static_cast<std::uint8_t>(rng.next() % 256);
    for (std::size_t r = 0; r < n_rows; ++r) {
      scales.push_back(0.001F * static_cast<float>(r + 1));
      zeros.push_back(static_cast<std::int32_t>(rng.next() % 256));
    }
    for (std::size_t n = 0; n < n_out; ++n) {
      for (auto& byte : weights.row(n)) byte = static_cast<std::int8_t>(static_cast<int>(rng.next() % 255) - 127);
      weight_scales.push_back(0.01F + 0.001F * static_cast<float>(n % 7));
      bias.push_back(static_cast<float>(n % 5) - 2.0F);
      weight.set_row(n, weights.row(n), weight_scales[n]);
    }
    weight.set_bias(bias);
  }

  /// What the bytes stand for, multiplied exactly.
  [[nodiscard]] double product(std::size_t r, std::size_t n) const {
    std::int64_t sum = 0;
    for (std::size_t k = 0; k < weight.n_in(); ++k) sum += (rows[r * weight.n_in() + k] - zeros[r]) * weights(n, k);
    return static_cast<double>(sum) * static_cast<double>(scales[r]) * static_cast<double>(weight_scales[n]) + static_cast<double>(bias[n]);
  }

  [[nodiscard]] Rows view() const { return {rows.data(), scales.data(), zeros.data(), scales.size()}; }

  std::vector<std::uint8_t> rows;
  std::vector<float> scales, weight_scales, bias;
  std::vector<std::int32_t> zeros;
  Matrix<std::int8_t> weights;
  Weight weight;
};

TEST(ByteGemm, EqualsTheExactProductOnEveryTargetForEveryShape) {
  for_each_target([](std::string_view target) {
    for (const std::size_t n_rows : {1, 2, 7, 8, 9, 17}) {
      for (const std::size_t n_out : {1, 31, 32, 33, 70}) {
        for (const std::size_t n_in : {1, 3, 4, 5, 64, 101}) {
          const Bytes bytes(n_rows, n_out, n_in);
          Matrix<float> out(n_rows, n_out);
          multiply(bytes.view(), bytes.weight, 0, bytes.weight.n_panels(), Activation::none, out.view());
          for (std::size_t i = 0; i < out.size(); ++i) {
            const double want = bytes.product(i / n_out, i % n_out);
            // The sum is exact; scale, product and bias round once each.
            ASSERT_NEAR(static_cast<double>(out.data()[i]), want, 1e-6 * (2 + std::abs(want)))
                << target << ' ' << n_rows << 'x' << n_in << 'x' << n_out;
          }
        }
      }
    }
  });
}

TEST(ByteGemm, GivesAPartOfTheOutputsTheBitsOfTheWhole) {
  const Bytes bytes(19, 150, 68);
  Matrix<float> whole(19, 150), parts(19, 150);
  multiply(bytes.view(), bytes.weight, 0, 5, Activation::gelu, whole.view());
  multiply(bytes.view(), bytes.weight, 0, 2, Activation::gelu, parts.view().middle_cols(0, 64));
  multiply(bytes.view(), bytes.weight, 2, 5, Activation::gelu, parts.view().middle_cols(64, 86));
  EXPECT_EQ(std::memcmp(whole.data(), parts.data(), whole.size() * sizeof(float)), 0);
}

TEST(ByteGemm, ActivatesAsTheReferenceDoes) {
  for (const Activation activation : {Activation::gelu, Activation::gelu_tanh, Activation::silu, Activation::relu, Activation::tanh}) {
    Bytes bytes(5, 64, 16);
    for (float& scale : bytes.scales) scale *= 0.02F;  // into the curved part
    Matrix<float> out(5, 64);
    multiply(bytes.view(), bytes.weight, 0, 2, activation, out.view());
    for (std::size_t i = 0; i < out.size(); ++i) {
      // GELU's polynomial is within 1.2e-4, the others nearer.
      EXPECT_NEAR(static_cast<double>(out.data()[i]), reference::activate(activation, bytes.product(i / 64, i % 64)), 1.3e-4);
    }
  }
}

}  // namespace
}  // namespace akin::kernels::byte_gemm
