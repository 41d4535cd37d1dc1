#include "akin/nn/pooling.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>

#include "akin/base/error.h"
#include "akin/kernels/pooling.h"

namespace akin::nn {
namespace {

constexpr std::array<std::pair<std::string_view, PoolingMode>, 6> kModes = {{
    {"cls", PoolingMode::cls},
    {"max", PoolingMode::max},
    {"mean", PoolingMode::mean},
    {"mean_sqrt_len_tokens", PoolingMode::mean_sqrt_len_tokens},
    {"weightedmean", PoolingMode::weightedmean},
    {"lasttoken", PoolingMode::lasttoken},
}};

void weighted_mean(MatrixView<const float> rows, std::size_t n_skip, std::span<float> out) {
  std::vector<float> weights(rows.rows());
  for (std::size_t r = 0; r < weights.size(); ++r) weights[r] = static_cast<float>(n_skip + r + 1);
  kernels::weighted_mean_pool(rows, weights, out);
}

}  // namespace

PoolingMode pooling_mode_from(std::string_view name) {
  for (const auto& [known, mode] : kModes) {
    if (known == name) return mode;
  }
  throw Error(ErrorCode::unsupported,
              "unknown pooling mode '" + std::string(name) + "'; known are cls, max, mean, mean_sqrt_len_tokens, weightedmean, lasttoken");
}

std::string_view name_of(PoolingMode mode) noexcept {
  for (const auto& [name, known] : kModes) {
    if (known == mode) return name;
  }
  return "unknown";
}

void Pooling::forward(MatrixView<const float> hidden, std::size_t n_skip, std::span<float> out) const {
  AKIN_DCHECK(n_skip < hidden.rows() && out.size() == modes.size() * hidden.cols());
  const MatrixView<const float> kept = hidden.middle_rows(n_skip, hidden.rows() - n_skip);
  for (std::size_t m = 0; m < modes.size(); ++m) {
    const std::span<float> part = out.subspan(m * hidden.cols(), hidden.cols());
    switch (modes[m]) {
      case PoolingMode::cls:
        std::ranges::copy(hidden.row(0), part.begin());
        break;
      case PoolingMode::max:
        kernels::max_pool(kept, part);
        break;
      case PoolingMode::mean:
        kernels::mean_pool(kept, part);
        break;
      case PoolingMode::mean_sqrt_len_tokens: {
        kernels::mean_pool(kept, part);
        const float factor = std::sqrt(static_cast<float>(kept.rows()));
        for (float& x : part) x *= factor;
        break;
      }
      case PoolingMode::weightedmean:
        weighted_mean(kept, n_skip, part);
        break;
      case PoolingMode::lasttoken:
        std::ranges::copy(hidden.row(hidden.rows() - 1), part.begin());
        break;
    }
  }
}

}  // namespace akin::nn
