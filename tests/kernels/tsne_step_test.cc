// The sums on every CPU target, against the same sums in double precision.
#include "akin/kernels/tsne_step.h"

#include <gtest/gtest.h>

#include <vector>

#include "akin/base/rng.h"
#include "akin/kernels/target.h"

namespace akin::kernels {
namespace {

struct Plane {
  explicit Plane(std::size_t n) : x(n), y(n), mass(n), ids(n) {
    Rng rng(9);
    for (std::size_t i = 0; i < n; ++i) {
      x[i] = 4 * rng.normal();
      y[i] = 4 * rng.normal();
      mass[i] = 1 + 5 * rng.uniform();
      ids[i] = static_cast<std::uint32_t>(rng.below(n));
    }
  }
  std::vector<float> x, y, mass;
  std::vector<std::uint32_t> ids;
};

TEST(TsneStep, PushesEveryPointOffEverySource) {
  for_each_target([](std::string_view target) {
    for (const std::size_t n : {1, 2, 15, 16, 17, 31, 33, 100}) {
      const Plane plane(n);
      const std::size_t n_points = std::min<std::size_t>(n, 5);
      std::vector<PlaneForce> forces(n_points);
      const double total =
          tsne_push({plane.x.data(), plane.y.data(), n_points}, {plane.x.data(), plane.y.data(), n}, plane.mass.data(), forces.data());
      double wanted_total = 0;
      for (std::size_t i = 0; i < n_points; ++i) {
        double fx = 0, fy = 0;
        for (std::size_t j = 0; j < n; ++j) {
          const double dx = static_cast<double>(plane.x[i] - plane.x[j]), dy = static_cast<double>(plane.y[i] - plane.y[j]);
          const double w = 1 / (1 + dx * dx + dy * dy), m = static_cast<double>(plane.mass[j]);
          wanted_total += m * w;
          fx += m * w * w * dx;
          fy += m * w * w * dy;
        }
        // A hundred terms of float.
        EXPECT_NEAR(forces[i].x, fx, 1e-5) << target << ' ' << n;
        EXPECT_NEAR(forces[i].y, fy, 1e-5) << target << ' ' << n;
      }
      EXPECT_NEAR(total / wanted_total, 1, 1e-6) << target << ' ' << n;
    }
  });
}

TEST(TsneStep, PullsAPointToItsNeighbours) {
  for_each_target([](std::string_view target) {
    for (const std::size_t n : {0, 1, 7, 16, 40}) {
      const Plane plane(50);
      const std::span<const std::uint32_t> ids = std::span(plane.ids).first(n);
      std::vector<PlaneForce> places(plane.x.size());
      for (std::size_t v = 0; v < places.size(); ++v) places[v] = {plane.x[v], plane.y[v]};
      const PlaneForce found = tsne_pull({0.5F, -1}, ids, std::span(plane.mass).first(n), places.data());
      double fx = 0, fy = 0;
      for (std::size_t j = 0; j < n; ++j) {
        const double dx = 0.5 - static_cast<double>(plane.x[ids[j]]), dy = -1 - static_cast<double>(plane.y[ids[j]]);
        const double pw = static_cast<double>(plane.mass[j]) / (1 + dx * dx + dy * dy);
        fx += pw * dx;
        fy += pw * dy;
      }
      EXPECT_NEAR(found.x, fx, 2e-5) << target << ' ' << n;
      EXPECT_NEAR(found.y, fy, 2e-5) << target << ' ' << n;
    }
  });
}

}  // namespace
}  // namespace akin::kernels
