#include "akin/space/normalize.h"

#include <cmath>

namespace akin {
namespace {

// Sums side by side, so that no addition waits for the one before; their number is fixed, and so are the bits.
double exact_norm(std::span<const float> v) noexcept {
  constexpr std::size_t kSums = 8;
  double sums[kSums] = {};
  const auto add = [&](std::size_t j, float number) {
    const auto x = static_cast<double>(number);
    sums[j] += x * x;
  };
  std::size_t i = 0;
  for (; i + kSums <= v.size(); i += kSums)
    for (std::size_t j = 0; j < kSums; ++j) add(j, v[i + j]);
  for (std::size_t j = 0; i + j < v.size(); ++j) add(j, v[i + j]);
  for (std::size_t half = kSums / 2; half > 0; half /= 2)
    for (std::size_t j = 0; j < half; ++j) sums[j] += sums[j + half];
  return std::sqrt(sums[0]);
}

constexpr std::size_t kRowsAtOnce = 256;

}  // namespace

float norm_of(std::span<const float> v) noexcept { return static_cast<float>(exact_norm(v)); }

float normalize(std::span<float> v) noexcept {
  const double norm = exact_norm(v);
  if (norm > 0 && std::isfinite(norm))
    for (float& x : v) x = static_cast<float>(static_cast<double>(x) / norm);
  return static_cast<float>(norm);
}

void normalize_rows(MatrixView<float> rows, Context& context) {
  context.parallel_for(rows.rows(), kRowsAtOnce, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) normalize(rows.row(r));
  });
}

bool has_unit_rows(MatrixView<const float> rows, float tolerance) noexcept {
  for (std::size_t r = 0; r < rows.rows(); ++r)
    if (!(std::abs(norm_of(rows.row(r)) - 1) <= tolerance)) return false;
  return true;
}

}  // namespace akin
