// The sums of t-SNE's gradient (van der Maaten, 2014, equations 5 and 8), on a plane: the pull of a row's neighbours and the push of
// everything else. w(d) = 1 / (1 + d²). Tested by tsne_step_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace akin::kernels {

/// Points, or cells of a tree at their centres of mass.
struct PlanePoints {
  const float* x = nullptr;
  const float* y = nullptr;
  std::size_t n = 0;
};

/// Or where a point is.
struct PlaneForce {
  float x = 0, y = 0;
};

/// of[i] = Σ_j mass_j · w² · (point i − source j); returns Σ_i Σ_j mass_j · w. A source at the point itself adds its mass to that sum.
/// Sums of 16 at a time in float.
double tsne_push(const PlanePoints& points, const PlanePoints& sources, const float* masses, PlaneForce* of);

/// Σ_j p_j · w · (y − places[others[j]]).
PlaneForce tsne_pull(PlaneForce y, std::span<const std::uint32_t> others, std::span<const float> p, const PlaneForce* places);

}  // namespace akin::kernels
