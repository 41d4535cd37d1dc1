#include "akin/kernels/softmax.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace akin::kernels {

void softmax(std::span<float> row) noexcept {
  float largest = -std::numeric_limits<float>::infinity();
  for (const float x : row) largest = std::max(largest, x);
  if (largest == -std::numeric_limits<float>::infinity()) {
    std::fill(row.begin(), row.end(), 0.0F);
    return;
  }
  float sum = 0;
  for (float& x : row) sum += x = std::exp(x - largest);
  for (float& x : row) x /= sum;
}

}  // namespace akin::kernels
