#include "akin/space/row_codes.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <numeric>

#include "code_vector.h"

namespace akin {
namespace {

using kernels::kPanelRows;

constexpr float kLongest = 1e18F;

float rounded_up(double x) { return std::nextafter(static_cast<float>(x), std::numeric_limits<float>::infinity()); }

}  // namespace

QueryCodes encode_queries(MatrixView<const float> queries) {
  QueryCodes result;
  result.codes = Matrix<std::int8_t>(queries.rows(), kernels::padded_dim(queries.cols()));
  for (std::size_t q = 0; q < queries.rows(); ++q) {
    const std::span<std::int8_t> codes = result.codes.row(q);
    const CodedVector coded = encode_vector(queries.row(q), [&](std::size_t i, int code) { codes[i] = static_cast<std::int8_t>(code); });
    result.sums.push_back(std::accumulate(codes.begin(), codes.end(), std::int32_t{0}));
    result.scales.push_back(coded.scale);
    result.norms.push_back(rounded_up(std::sqrt(coded.norm2)));
    result.code_norms.push_back(rounded_up(coded.scale * std::sqrt(coded.code_norm2)));
    result.errors.push_back(rounded_up(std::sqrt(coded.error_norm2)));
  }
  return result;
}

std::optional<RowCodes> RowCodes::encode(const VectorSet& vectors, std::span<const float> factors, Context& context) {
  RowCodes result;
  result.n_rows_ = vectors.size();
  result.dim_ = kernels::padded_dim(vectors.dim());
  const std::size_t n_panels = (vectors.size() + kPanelRows - 1) / kPanelRows;
  result.codes_ = Matrix<std::uint8_t>::uninitialized(n_panels, kPanelRows * result.dim_);
  result.scales_.assign(n_panels * kPanelRows, 0);
  result.squared_norms_.resize(vectors.size());
  result.bounds_.resize((vectors.size() + kBlockRows - 1) / kBlockRows);
  std::atomic<bool> bounded{true};
  context.parallel_for(result.bounds_.size(), 8, [&](std::size_t begin, std::size_t end) {
    for (std::size_t b = begin; b < end; ++b) {
      const std::size_t first = b * kBlockRows, last = std::min(first + kBlockRows, vectors.size());
      const std::size_t last_panel = (last + kPanelRows - 1) / kPanelRows;
      for (std::size_t p = first / kPanelRows; p < last_panel; ++p) std::ranges::fill(result.codes_.row(p), std::uint8_t{128});
      Bound bound;
      for (std::size_t id = first; id < last; ++id) {
        std::uint8_t* panel = result.codes_.view().row_data(id / kPanelRows);
        const CodedVector coded = encode_vector(vectors.row(id), [&](std::size_t i, int code) {
          panel[kernels::panel_offset(id % kPanelRows, i)] = static_cast<std::uint8_t>(code + 128);
        });
        const double factor = factors.empty() ? 1 : factors[id];
        const double norm = factor * std::sqrt(coded.norm2);
        // Also false for NaN.
        if (!(norm <= kLongest)) bounded.store(false, std::memory_order_relaxed);
        result.scales_[id] = coded.scale * static_cast<float>(factor);
        result.squared_norms_[id] = static_cast<float>(norm * norm);
        bound.norm = std::max(bound.norm, rounded_up(norm));
        bound.error = std::max(bound.error, rounded_up(factor * std::sqrt(coded.error_norm2)));
      }
      result.bounds_[b] = bound;
    }
  });
  if (!bounded.load()) return std::nullopt;
  return result;
}

RowCodes::Block RowCodes::block(std::size_t i) const noexcept {
  const std::size_t first = i * kBlockRows, n = std::min(kBlockRows, n_rows_ - first);
  const std::size_t panel = first / kPanelRows;
  return {{codes_.view().row_data(panel), scales_.data() + first, (n + kPanelRows - 1) / kPanelRows, dim_},
          first,
          n,
          bounds_[i].norm,
          bounds_[i].error};
}

std::size_t RowCodes::n_bytes() const noexcept {
  return codes_.size() + (scales_.size() + squared_norms_.size()) * sizeof(float) + bounds_.size() * sizeof(Bound);
}

float product_error(const QueryCodes& queries, std::size_t q, const RowCodes::Block& block) noexcept {
  // Beside the codes' error: the float kernel's sum (distance.h, with the fewest lanes, 4, and a factor's rounding), the product of codes
  // (its conversion and two scales) and this function's own arithmetic. Each is a few units in the last place of ‖q‖‖x‖.
  const float ulps = static_cast<float>(block.panels.dim) / 4 + 16;
  const float rounding = ulps * 0x1p-24F * queries.norms[q] * block.norm;
  return (queries.code_norms[q] * block.error + queries.errors[q] * block.norm + rounding) * (1 + 0x1p-20F);
}

}  // namespace akin
