// Steps of learning word vectors from counts of words that stand together (GloVe: Pennington et al., 2014), by AdaGrad (Duchi et al.,
// 2011). Tested by glove_step_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace akin::kernels {

/// Two words that stand together: x times, weighted.
struct GlovePair {
  std::uint32_t row = 0, column = 0;
  float log_count = 0;  ///< log x
  float weight = 0;     ///< f(x) = min(1, (x / x_max)^alpha)
};

/// Tables of records of 2 · length numbers, each beginning at a multiple of 64 bytes: a vector, then for each of its numbers the sum of
/// squares of what it was moved by, which divides the next move. A square of infinity holds a number where it is.
struct GloveTables {
  float* rows = nullptr;
  float* columns = nullptr;
  std::size_t length = 0;  ///< a multiple of kRowGrain (word_step.h)
  float rate = 0;
};

/// Each pair in turn: e = row · column − log x; with g = rate · clamp(weight · e, ±100) both vectors go by −g · other / √squares, then the
/// squares grow by (g · other)². Of the vectors before it moved. Returns Σ ½ · weight · e².
double learn_counts(std::span<const GlovePair> pairs, const GloveTables& tables);

}  // namespace akin::kernels
