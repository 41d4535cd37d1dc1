#include "akin/kernels/best_of_row.h"

#include <limits>

#include "akin/base/error.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "best_of_row.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
// After foreach_target.
#include "vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

/// A lane keeps the largest and second largest of its own columns, and in which step the largest came first; the lanes are then folded in
/// order, so that of equal numbers the first column wins.
BestTwo best_two(const float* row, std::size_t n) {
  const FloatTag d;
  const hn::RebindToSigned<FloatTag> di;
  constexpr float kLow = -std::numeric_limits<float>::infinity();
  auto best = hn::Set(d, kLow), second = best;
  auto step = hn::Zero(di), at = step;
  const auto one = hn::Set(di, 1);
  const auto look = [&](FloatVec x) HWY_ATTR {
    const auto is_better = hn::Gt(x, best);
    second = hn::Max(second, hn::Min(x, best));
    best = hn::Max(x, best);
    at = hn::IfThenElse(hn::RebindMask(di, is_better), step, at);
    step = hn::Add(step, one);
  };
  std::size_t c = 0;
  for (; c + n_lanes() <= n; c += n_lanes()) look(hn::LoadU(d, row + c));
  if (c < n) look(load_tail(row + c, n - c, kLow));

  HWY_ALIGN float bests[hn::MaxLanes(FloatTag())], seconds[hn::MaxLanes(FloatTag())];
  HWY_ALIGN std::int32_t steps[hn::MaxLanes(FloatTag())];
  hn::Store(best, d, bests);
  hn::Store(second, d, seconds);
  hn::Store(at, di, steps);
  BestTwo out{bests[0], seconds[0], static_cast<std::uint32_t>(steps[0]) * static_cast<std::uint32_t>(n_lanes())};
  for (std::uint32_t lane = 1; lane < n_lanes() && lane < n; ++lane) {
    const BestTwo other{bests[lane], seconds[lane], static_cast<std::uint32_t>(steps[lane]) * static_cast<std::uint32_t>(n_lanes()) + lane};
    const bool is_first = other.best == out.best && other.column < out.column;
    out = is_first ? merged(other, out) : merged(out, other);
  }
  return out;
}

void best_two_loop(MatrixView<const float> x, std::uint32_t first_column, BestTwo* out) {
  for (std::size_t r = 0; r < x.rows(); ++r) {
    out[r] = best_two(x.row_data(r), x.cols());
    out[r].column += first_column;
  }
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin::kernels {

HWY_EXPORT(best_two_loop);

void best_two_of_rows(MatrixView<const float> x, std::uint32_t first_column, std::span<BestTwo> out) noexcept {
  AKIN_DCHECK(x.cols() > 0 && out.size() == x.rows());
  HWY_DYNAMIC_DISPATCH(best_two_loop)(x, first_column, out.data());
}

}  // namespace akin::kernels
#endif
