#include "akin/nn/alibi.h"

#include <bit>
#include <cmath>

#include "akin/base/error.h"

namespace akin::nn {
namespace {

/// 2^(−bias_max · i / n), i = 1 … n.
std::vector<float> of_power(std::size_t n, double bias_max) {
  std::vector<float> slopes(n);
  for (std::size_t i = 0; i < n; ++i) {
    slopes[i] = static_cast<float>(std::exp2(-bias_max * static_cast<double>(i + 1) / static_cast<double>(n)));
  }
  return slopes;
}

}  // namespace

std::vector<float> alibi_slopes(std::size_t n_heads) {
  require(n_heads > 0, "linear biases want at least one head");
  const std::size_t below = std::bit_floor(n_heads);
  std::vector<float> slopes = of_power(below, 8);
  const std::vector<float> above = of_power(2 * below, 8);
  for (std::size_t i = 0; slopes.size() < n_heads; i += 2) slopes.push_back(above[i]);
  return slopes;
}

std::vector<float> alibi_slopes_mpt(std::size_t n_heads, double bias_max) {
  require(n_heads > 0, "linear biases want at least one head");
  const std::size_t above = std::bit_ceil(n_heads);
  const std::vector<float> all = of_power(above, bias_max);
  if (above == n_heads) return all;
  std::vector<float> slopes;
  for (std::size_t i = 1; i < above && slopes.size() < n_heads; i += 2) slopes.push_back(all[i]);
  for (std::size_t i = 0; i < above && slopes.size() < n_heads; i += 2) slopes.push_back(all[i]);
  return slopes;
}

}  // namespace akin::nn
