#include "akin/analysis/series_windows.h"

#include <algorithm>
#include <string>

#include "akin/base/error.h"

namespace akin {

Matrix<float> series_windows(std::span<const float> values, std::size_t width) {
  require(width > 0, "series: a window has one value at least");
  if (values.size() < width)
    throw Error(ErrorCode::invalid_argument,
                "series: " + std::to_string(values.size()) + " values, fewer than a window's " + std::to_string(width));
  Matrix<float> out = Matrix<float>::uninitialized(values.size() - width + 1, width);
  for (std::size_t r = 0; r < out.rows(); ++r) std::ranges::copy(values.subspan(r, width), out.row(r).begin());
  return out;
}

std::vector<double> scores_of_values(std::span<const double> scores, std::size_t width) {
  require(width > 0 && !scores.empty(), "series: there are no windows");
  std::vector<double> out(scores.size() + width - 1);
  for (std::size_t v = 0; v < out.size(); ++v) {
    const std::size_t first = v + 1 >= width ? v + 1 - width : 0, last = std::min(v, scores.size() - 1);
    for (std::size_t w = first; w <= last; ++w) out[v] += scores[w];
    out[v] /= static_cast<double>(last - first + 1);
  }
  return out;
}

}  // namespace akin
