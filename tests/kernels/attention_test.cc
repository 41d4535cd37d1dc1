#include "akin/kernels/attention.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "akin/base/rng.h"
#include "akin/kernels/reference.h"
#include "akin/kernels/target.h"

namespace akin::kernels {
namespace {

Matrix<float> random(std::size_t rows, std::size_t cols, std::uint64_t seed) {
  Matrix<float> m(rows, cols);
  Rng rng(seed);
  for (std::size_t i = 0; i < m.size(); ++i) m.data()[i] = rng.normal();
  return m;
}

struct Inputs {
  Matrix<float> qkv;
  AttentionOptions options;
  MatrixView<const float> q, k, v;

  Inputs(std::size_t n, std::size_t heads, std::size_t kv_heads, std::size_t dim, std::uint64_t seed)
      : qkv(random(n, (heads + 2 * kv_heads) * dim, seed)) {
    options.n_heads = heads;
    options.n_kv_heads = kv_heads;
    options.head_dim = dim;
    options.scale = 1 / std::sqrt(static_cast<float>(dim));
    const MatrixView<const float> all = std::as_const(qkv).view();
    q = all.middle_cols(0, heads * dim);
    k = all.middle_cols(heads * dim, kv_heads * dim);
    v = all.middle_cols((heads + kv_heads) * dim, kv_heads * dim);
  }
};

Matrix<float> run(const Inputs& in) {
  AttentionScratch scratch;
  Matrix<float> out(in.q.rows(), in.q.cols());
  attention(in.q, in.k, in.v, in.options, scratch, out.view());
  return out;
}

double largest_difference(const Matrix<float>& got, const Matrix<double>& want) {
  double off = 0;
  for (std::size_t i = 0; i < got.size(); ++i) off = std::max(off, std::abs(static_cast<double>(got.data()[i]) - want.data()[i]));
  return off;
}

// Values are of size 1 and weights sum to 1: f32 exponents of scores up to about 6 are off by some 1e-6, sums of n products average out.
constexpr double kTolerance = 5e-6;
// bfloat16 rounds each factor by up to 2^-9; scores of size 1 move by about 2^-8.
constexpr double kToleranceBf16 = 3e-2;

TEST(Attention, EqualsTheReferenceOnEveryTargetForEveryLength) {
  for_each_target([](std::string_view target) {
    for (const std::size_t dim : {32, 64}) {
      for (std::size_t n = 1; n <= 70; n += n < 35 ? 1 : 5) {
        const Inputs in(n, 2, 2, dim, n);
        EXPECT_LT(largest_difference(run(in), reference::attention(in.q, in.k, in.v, in.options)), kTolerance) << target << " n=" << n;
      }
    }
  });
}

TEST(Attention, TakesAnyHeadDimensionAndGroupedHeads) {
  for_each_target([](std::string_view target) {
    for (const std::size_t dim : {1, 3, 8, 17, 20, 33, 40, 48, 80, 96, 128}) {
      const Inputs in(19, 6, 2, dim, dim);
      EXPECT_LT(largest_difference(run(in), reference::attention(in.q, in.k, in.v, in.options)), kTolerance) << target << " dim=" << dim;
    }
  });
}

TEST(Attention, GoesBlockByBlockThroughLongSequences) {
  for_each_target([](std::string_view target) {
    for (const std::size_t n : {511, 512, 513, 1100}) {
      const Inputs in(n, 1, 1, 16, n);
      EXPECT_LT(largest_difference(run(in), reference::attention(in.q, in.k, in.v, in.options)), kTolerance) << target << " n=" << n;
    }
  });
}

TEST(Attention, HidesWhatCausalAndWindowHide) {
  for_each_target([](std::string_view target) {
    for (const std::size_t n : {1, 2, 31, 40, 600}) {
      for (const bool causal : {false, true}) {
        for (const std::size_t window : {std::size_t{0}, std::size_t{3}, std::size_t{64}, kNoWindow}) {
          Inputs in(n, 1, 1, 16, n);
          in.options.causal = causal;
          in.options.window = window;
          EXPECT_LT(largest_difference(run(in), reference::attention(in.q, in.k, in.v, in.options)), kTolerance)
              << target << " n=" << n << " causal=" << causal << " window=" << window;
        }
      }
    }
  });
}

TEST(Attention, AddsEveryKindOfBias) {
  const std::size_t n = 45, heads = 3;
  const Matrix<float> bias = random(heads * n, n, 1), distance = random(heads, 2 * n - 1, 2);
  const std::vector<float> slopes = {0.5F, 0.25F, 0.125F};
  for_each_target([&](std::string_view target) {
    Inputs in(n, heads, heads, 32, 3);
    in.options.bias = {bias.data(), bias.size()};
    EXPECT_LT(largest_difference(run(in), reference::attention(in.q, in.k, in.v, in.options)), kTolerance) << target;
    in.options.alibi_slopes = slopes;
    in.options.distance_bias = {distance.data(), distance.size()};
    EXPECT_LT(largest_difference(run(in), reference::attention(in.q, in.k, in.v, in.options)), kTolerance) << target;
  });
}

TEST(Attention, StaysFiniteForHugeScores) {
  Inputs in(40, 1, 1, 32, 4);
  in.options.scale = 1e4F;
  for_each_target([&](std::string_view target) {
    const Matrix<float> out = run(in);
    // Only the nearest key counts: each output is one of the values.
    for (std::size_t i = 0; i < out.size(); ++i) ASSERT_TRUE(std::abs(out.data()[i]) < 10) << target;
  });
}

TEST(Attention, Bf16IsCloseOnEveryTarget) {
  for_each_target([](std::string_view target) {
    for (const std::size_t n : {1, 2, 7, 16, 33, 90, 530}) {
      for (const std::size_t dim : {32, 33, 64}) {
        Inputs in(n, 2, 1, dim, n);
        in.options.type = AttentionType::bf16;
        EXPECT_LT(largest_difference(run(in), reference::attention(in.q, in.k, in.v, in.options)), kToleranceBf16) << target << " n=" << n;
      }
    }
  });
}

TEST(Attention, GivesTheSameBitsTwiceAndInUsedScratch) {
  for (const AttentionType type : {AttentionType::f32, AttentionType::bf16}) {
    Inputs small(13, 2, 2, 32, 5), large(90, 2, 2, 64, 6);
    small.options.type = large.options.type = type;
    const Matrix<float> fresh = run(small);
    AttentionScratch scratch;
    Matrix<float> other(90, 128), again(13, 64);
    attention(large.q, large.k, large.v, large.options, scratch, other.view());
    attention(small.q, small.k, small.v, small.options, scratch, again.view());
    EXPECT_EQ(std::memcmp(fresh.data(), again.data(), fresh.size() * sizeof(float)), 0);
  }
}

TEST(Attention, RefusesShapesAndOptionsThatDisagree) {
  const Inputs good(5, 2, 2, 8, 7);
  AttentionScratch scratch;
  Matrix<float> out(5, 16);
  AttentionOptions wrong = good.options;
  wrong.n_kv_heads = 3;
  EXPECT_THROW(attention(good.q, good.k, good.v, wrong, scratch, out.view()), Error);
  wrong = good.options;
  wrong.head_dim = 9;
  EXPECT_THROW(attention(good.q, good.k, good.v, wrong, scratch, out.view()), Error);
  wrong = good.options;
  const std::vector<float> slopes = {1.0F};
  wrong.alibi_slopes = slopes;
  EXPECT_THROW(attention(good.q, good.k, good.v, wrong, scratch, out.view()), Error);
  EXPECT_THROW(attention(good.q, good.k.middle_rows(0, 4), good.v, good.options, scratch, out.view()), Error);
}

}  // namespace
}  // namespace akin::kernels
