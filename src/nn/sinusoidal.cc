#include "akin/nn/sinusoidal.h"

#include <cmath>

#include "akin/base/error.h"

namespace akin::nn {

Matrix<float> sinusoidal_positions(std::size_t n_positions, std::size_t dim, SinusoidalLayout layout, double theta) {
  const bool halves = layout == SinusoidalLayout::halves;
  require(n_positions > 0, "sinusoidal positions: at least one position is wanted");
  require(dim >= (halves ? 4U : 2U), "sinusoidal positions: at least 2 dimensions are wanted, 4 where sines and cosines stand in halves");
  require(theta > 0 && std::isfinite(theta), "the base of sinusoidal positions must be above 0");
  const std::size_t half = halves ? dim / 2 : (dim + 1) / 2;
  Matrix<float> table(n_positions, dim);
  for (std::size_t i = 0; i < half; ++i) {
    const double exponent =
        halves ? static_cast<double>(i) / static_cast<double>(half - 1) : static_cast<double>(2 * i) / static_cast<double>(dim);
    const double frequency = std::pow(theta, -exponent);
    const std::size_t sine = halves ? i : 2 * i, cosine = halves ? half + i : 2 * i + 1;
    for (std::size_t p = 0; p < n_positions; ++p) {
      const double angle = static_cast<double>(p) * frequency;
      table(p, sine) = static_cast<float>(std::sin(angle));
      if (cosine < dim) table(p, cosine) = static_cast<float>(std::cos(angle));
    }
  }
  return table;
}

}  // namespace akin::nn
