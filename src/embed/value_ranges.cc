#include "akin/embed/value_ranges.h"

#include <algorithm>
#include <cmath>

#include "akin/base/error.h"
#include "akin/formats/vector_file.h"

namespace akin {
namespace {

constexpr float kSteps = 255;

float step_of(float low, float high) noexcept {
  const float step = (high - low) / kSteps;
  return step == 0 ? 1 : step;
}

}  // namespace

ValueRanges::ValueRanges(MatrixView<const float> vectors) {
  require(vectors.rows() > 0 && vectors.cols() > 0, "ranges need at least one vector");
  extend(vectors);
}

void ValueRanges::extend(MatrixView<const float> vectors) {
  require(low_.empty() || low_.size() == vectors.cols(), "vectors of other dimensions than the ranges");
  for (std::size_t r = 0; r < vectors.rows(); ++r) {
    const std::span<const float> row = vectors.row(r);
    if (!std::ranges::all_of(row, [](float x) { return std::isfinite(x); }))
      throw Error(ErrorCode::invalid_argument, "row " + std::to_string(r) + " of the vectors for ranges holds a number that is not finite");
    if (low_.empty()) {
      low_.assign(row.begin(), row.end());
      high_ = low_;
    }
    for (std::size_t c = 0; c < row.size(); ++c) {
      low_[c] = std::min(low_[c], row[c]);
      high_[c] = std::max(high_[c], row[c]);
    }
  }
}

ValueRanges ValueRanges::of_file(const std::filesystem::path& path) {
  const VectorFile file(path);
  if (file.rows() == 0 || file.cols() == 0)
    throw Error(ErrorCode::invalid_argument, path.string() + ": holds no vectors to take ranges from");
  ValueRanges ranges;
  Matrix<float> row(1, file.cols());
  for (std::size_t r = 0; r < file.rows(); ++r) {
    file.row_to_float(r, row.row(0));
    try {
      ranges.extend(row.view());
    } catch (const Error&) {
      throw Error(ErrorCode::invalid_argument, path.string() + ": row " + std::to_string(r) + " holds a number that is not finite");
    }
  }
  return ranges;
}

std::size_t ValueRanges::quantize(std::span<const float> vector, std::span<std::uint8_t> out) const noexcept {
  AKIN_DCHECK(vector.size() == dim() && out.size() == dim());
  std::size_t n_outside = 0;
  for (std::size_t c = 0; c < vector.size(); ++c) {
    n_outside += vector[c] >= low_[c] && vector[c] <= high_[c] ? 0U : 1U;
    const float code = std::floor((vector[c] - low_[c]) / step_of(low_[c], high_[c]));
    out[c] = static_cast<std::uint8_t>(code > 0 ? std::min(code, kSteps) : 0);  // not a number: 0
  }
  return n_outside;
}

std::size_t ValueRanges::quantize(std::span<const float> vector, std::span<std::int8_t> out) const noexcept {
  std::vector<std::uint8_t> codes(vector.size());
  const std::size_t n_outside = quantize(vector, codes);
  for (std::size_t c = 0; c < codes.size(); ++c) out[c] = static_cast<std::int8_t>(static_cast<int>(codes[c]) - 128);
  return n_outside;
}

void ValueRanges::restore(std::span<const std::uint8_t> codes, std::span<float> out) const noexcept {
  AKIN_DCHECK(codes.size() == dim() && out.size() == dim());
  for (std::size_t c = 0; c < codes.size(); ++c) out[c] = low_[c] + static_cast<float>(codes[c]) * step_of(low_[c], high_[c]);
}

void ValueRanges::save(const std::filesystem::path& file) const {
  VectorWriter writer(file, TensorType::f32, dim());
  Matrix<float> rows(2, dim());
  std::ranges::copy(low_, rows.row(0).begin());
  std::ranges::copy(high_, rows.row(1).begin());
  writer.append(rows.view());
  writer.commit();
}

}  // namespace akin
