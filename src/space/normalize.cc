#include "akin/space/normalize.h"

#include <cmath>

namespace akin {
namespace {

double exact_norm(std::span<const float> v) noexcept {
  double sum = 0;
  for (const float x : v) sum += static_cast<double>(x) * static_cast<double>(x);
  return std::sqrt(sum);
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
