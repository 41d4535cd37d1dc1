// The loops of tsne_step.h, compiled once a CPU target.
#include "akin/kernels/tsne_step.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tsne_step.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
// After foreach_target.
#include "plane_pairs-inl.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

/// 1 / (1 + square), by a division: an approximate reciprocal is another number on every CPU.
HWY_INLINE FloatVec kernel_of(FloatVec square) {
  const FloatTag d;
  const auto one = hn::Set(d, 1.0F);
  return hn::Div(one, hn::Add(one, square));
}

/// Of one point: sums in lanes.
struct Sums {
  FloatVec z, x, y;

  HWY_INLINE void add(FloatVec dx, FloatVec dy, FloatVec mass) {
    const auto w = kernel_of(hn::MulAdd(dx, dx, hn::Mul(dy, dy)));
    const auto mw = hn::Mul(mass, w);
    const auto mww = hn::Mul(mw, w);
    z = hn::Add(z, mw);
    x = hn::MulAdd(mww, dx, x);
    y = hn::MulAdd(mww, dy, y);
  }
};

double tsne_push_points(const PlanePoints& points, const PlanePoints& sources, const float* masses, PlaneForce* of) {
  const FloatTag d;
  double total = 0;
  for (std::size_t i = 0; i < points.n; ++i) {
    const auto px = hn::Set(d, points.x[i]), py = hn::Set(d, points.y[i]);
    Sums even{hn::Zero(d), hn::Zero(d), hn::Zero(d)}, odd = even;
    std::size_t j = 0;
    for (; j + 2 * n_lanes() <= sources.n; j += 2 * n_lanes()) {
      even.add(hn::Sub(px, hn::LoadU(d, sources.x + j)), hn::Sub(py, hn::LoadU(d, sources.y + j)), hn::LoadU(d, masses + j));
      const std::size_t k = j + n_lanes();
      odd.add(hn::Sub(px, hn::LoadU(d, sources.x + k)), hn::Sub(py, hn::LoadU(d, sources.y + k)), hn::LoadU(d, masses + k));
    }
    for (; j < sources.n; j += n_lanes()) {
      const std::size_t count = std::min(n_lanes(), sources.n - j);
      if (count == n_lanes()) {
        even.add(hn::Sub(px, hn::LoadU(d, sources.x + j)), hn::Sub(py, hn::LoadU(d, sources.y + j)), hn::LoadU(d, masses + j));
      } else {
        even.add(hn::Sub(px, load_tail(sources.x + j, count)), hn::Sub(py, load_tail(sources.y + j, count)), load_tail(masses + j, count));
      }
    }
    of[i] = {sum_of(hn::Add(even.x, odd.x)), sum_of(hn::Add(even.y, odd.y))};
    total += static_cast<double>(sum_of(hn::Add(even.z, odd.z)));
  }
  return total;
}

PlaneForce tsne_pull_point(PlaneForce at, const std::uint32_t* others, const float* p, std::size_t n, const PlaneForce* places) {
  const FloatTag d;
  const BitsTag du;
  const auto* pairs = reinterpret_cast<const float*>(places);
  const auto px = hn::Set(d, at.x), py = hn::Set(d, at.y);
  auto sum_x = hn::Zero(d), sum_y = hn::Zero(d);
  const auto add = [&](BitsVec which, FloatVec weights) HWY_ATTR {
    FloatVec place[2];
    gather_plane(pairs, which, place);
    const auto dx = hn::Sub(px, place[0]), dy = hn::Sub(py, place[1]);
    const auto pw = hn::Mul(weights, kernel_of(hn::MulAdd(dx, dx, hn::Mul(dy, dy))));
    sum_x = hn::MulAdd(pw, dx, sum_x);
    sum_y = hn::MulAdd(pw, dy, sum_y);
  };
  std::size_t j = 0;
  for (; j + n_lanes() <= n; j += n_lanes()) add(hn::LoadU(du, others + j), hn::LoadU(d, p + j));
  if (j < n) {
    HWY_ALIGN std::uint32_t rest[hn::MaxLanes(FloatTag())] = {};
    std::copy(others + j, others + n, rest);
    add(hn::Load(du, rest), load_tail(p + j, n - j));
  }
  return {sum_of(sum_x), sum_of(sum_y)};
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin::kernels {

HWY_EXPORT(tsne_push_points);
HWY_EXPORT(tsne_pull_point);

double tsne_push(const PlanePoints& points, const PlanePoints& sources, const float* masses, PlaneForce* of) {
  return HWY_DYNAMIC_DISPATCH(tsne_push_points)(points, sources, masses, of);
}

PlaneForce tsne_pull(PlaneForce y, std::span<const std::uint32_t> others, std::span<const float> p, const PlaneForce* places) {
  return HWY_DYNAMIC_DISPATCH(tsne_pull_point)(y, others.data(), p.data(), others.size(), places);
}

}  // namespace akin::kernels
#endif
