// The loop of glove_step.h, compiled once a CPU target.
#include "akin/kernels/glove_step.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "glove_step.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
// After foreach_target.
#include "vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

constexpr std::size_t kAhead = 4;     // pairs whose records are asked for before they are needed
constexpr float kMostGradient = 100;  // the reference's bound

HWY_INLINE void fetch(const float* record, std::size_t length) {
  for (std::size_t i = 0; i < 2 * length; i += 16) __builtin_prefetch(record + i, 1);
}

HWY_INLINE float dot(const float* a, const float* b, std::size_t length) {
  const FloatTag d;
  auto even = hn::Zero(d), odd = hn::Zero(d);
  std::size_t i = 0;
  for (; i + 2 * n_lanes() <= length; i += 2 * n_lanes()) {
    even = hn::MulAdd(hn::Load(d, a + i), hn::Load(d, b + i), even);
    odd = hn::MulAdd(hn::Load(d, a + i + n_lanes()), hn::Load(d, b + i + n_lanes()), odd);
  }
  for (; i < length; i += n_lanes()) even = hn::MulAdd(hn::Load(d, a + i), hn::Load(d, b + i), even);
  return sum_of(hn::Add(even, odd));
}

HWY_INLINE void move(float* row, float* column, std::size_t length, float gradient) {
  const FloatTag d;
  const auto g = hn::Set(d, gradient);
  for (std::size_t i = 0; i < length; i += n_lanes()) {
    const auto r = hn::Load(d, row + i), c = hn::Load(d, column + i);
    const auto row_squares = hn::Load(d, row + length + i), column_squares = hn::Load(d, column + length + i);
    const auto of_row = hn::Mul(g, c), of_column = hn::Mul(g, r);
    hn::Store(hn::Sub(r, hn::Div(of_row, hn::Sqrt(row_squares))), d, row + i);
    hn::Store(hn::Sub(c, hn::Div(of_column, hn::Sqrt(column_squares))), d, column + i);
    hn::Store(hn::MulAdd(of_row, of_row, row_squares), d, row + length + i);
    hn::Store(hn::MulAdd(of_column, of_column, column_squares), d, column + length + i);
  }
}

double learn_counts_rows(const GlovePair* pairs, std::size_t n, const GloveTables& tables) {
  const std::size_t length = tables.length;
  const auto row_of = [&](std::size_t i) { return tables.rows + std::size_t{pairs[i].row} * 2 * length; };
  const auto column_of = [&](std::size_t i) { return tables.columns + std::size_t{pairs[i].column} * 2 * length; };
  double loss = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (i + kAhead < n) {
      fetch(row_of(i + kAhead), length);
      fetch(column_of(i + kAhead), length);
    }
    float* row = row_of(i);
    float* column = column_of(i);
    const float error = dot(row, column, length) - pairs[i].log_count;
    const float weighted = pairs[i].weight * error;
    loss += 0.5 * static_cast<double>(weighted) * static_cast<double>(error);
    move(row, column, length, tables.rate * std::clamp(weighted, -kMostGradient, kMostGradient));
  }
  return loss;
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin::kernels {

HWY_EXPORT(learn_counts_rows);

double learn_counts(std::span<const GlovePair> pairs, const GloveTables& tables) {
  return HWY_DYNAMIC_DISPATCH(learn_counts_rows)(pairs.data(), pairs.size(), tables);
}

}  // namespace akin::kernels
#endif
