#include "akin/nn/pooling.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "akin/base/error.h"

namespace akin::nn {
namespace {

Matrix<float> three_rows() {
  Matrix<float> hidden(3, 2);
  const float values[] = {1, -1, 2, 5, 6, 2};
  std::copy_n(values, 6, hidden.data());
  return hidden;
}

std::vector<float> pool(std::vector<PoolingMode> modes, std::size_t n_skip) {
  const Pooling pooling{std::move(modes)};
  std::vector<float> out(pooling.modes.size() * 2);
  const Matrix<float> hidden = three_rows();
  pooling.forward(hidden.view(), n_skip, out);
  return out;
}

TEST(Pooling, JoinsModesEndToEnd) {
  EXPECT_EQ(pool({PoolingMode::cls, PoolingMode::max}, 0), (std::vector<float>{1, -1, 6, 5}));
  EXPECT_EQ(pool({PoolingMode::mean, PoolingMode::lasttoken}, 0), (std::vector<float>{3, 2, 6, 2}));
}

TEST(Pooling, LeavesAnExcludedPromptOutOfAllButTheFirstToken) {
  EXPECT_EQ(pool({PoolingMode::mean, PoolingMode::cls}, 1), (std::vector<float>{4, 3.5, 1, -1}));
}

TEST(Pooling, WeighsByPositionAndByRootOfLength) {
  const auto weighted = pool({PoolingMode::weightedmean}, 0);
  EXPECT_FLOAT_EQ(weighted[0], (1.0F + 4.0F + 18.0F) / 6.0F);
  EXPECT_FLOAT_EQ(pool({PoolingMode::mean_sqrt_len_tokens}, 0)[0], 9.0F / std::sqrt(3.0F));
}

TEST(Pooling, KnowsTheReferencesNames) {
  EXPECT_EQ(pooling_mode_from("mean_sqrt_len_tokens"), PoolingMode::mean_sqrt_len_tokens);
  EXPECT_EQ(name_of(PoolingMode::weightedmean), "weightedmean");
  EXPECT_THROW(pooling_mode_from("median"), Error);
}

}  // namespace
}  // namespace akin::nn
