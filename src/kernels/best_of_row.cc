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

/// A lane keeps the largest and second largest of its own columns, and in which step the largest came first. Of the lanes' largest the one
/// of the first column wins, and the second is among its second and the others' largest.
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

  const auto lanes = hn::Iota(di, 0);
  const auto columns = hn::Add(hn::Mul(at, hn::Set(di, static_cast<std::int32_t>(n_lanes()))), lanes);
  const auto largest = hn::MaxOfLanes(d, best);
  const auto last = hn::Set(di, std::numeric_limits<std::int32_t>::max());
  const std::int32_t first = hn::GetLane(hn::MinOfLanes(di, hn::IfThenElse(hn::RebindMask(di, hn::Eq(best, largest)), columns, last)));
  const auto is_its = hn::RebindMask(d, hn::Eq(columns, hn::Set(di, first)));
  return {hn::GetLane(largest), largest_of(hn::IfThenElse(is_its, second, best)), static_cast<std::uint32_t>(first)};
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
