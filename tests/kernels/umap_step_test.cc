// An epoch on every CPU target, against the same epoch in double precision.
#include "akin/kernels/umap_step.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "akin/base/matrix.h"
#include "akin/base/rng.h"
#include "akin/kernels/target.h"

namespace akin::kernels {
namespace {

struct World {
  explicit World(std::size_t n_vertices, std::size_t dim) : places(dim, n_vertices) {
    Rng rng(3);
    for (std::size_t i = 0; i < places.size(); ++i) places.data()[i] = 3 * rng.normal();
    begins.push_back(0);
    for (std::size_t v = 0; v < n_vertices; ++v) {
      for (std::size_t e = 0; e < (v * 7) % 40; ++e) {  // some have none, some more than a vector
        others.push_back(static_cast<std::uint32_t>(rng.below(n_vertices)));
        rates.push_back(0.05F + 0.95F * rng.uniform());
      }
      begins.push_back(others.size());
    }
    for (std::uint32_t& key : keys) key = static_cast<std::uint32_t>(rng.next());
  }
  [[nodiscard]] UmapEdges edges() const { return {begins, others.data(), rates.data()}; }
  [[nodiscard]] UmapStep step() const {
    UmapStep step;
    step.others = places.data();
    step.stride = places.cols();
    step.n_others = places.cols();
    step.dim = places.rows();
    step.epoch = 7;
    step.alpha = 0.3F;
    return step;
  }

  Matrix<float> places;  // (dim, vertices)
  std::vector<std::size_t> begins;
  std::vector<std::uint32_t> others;
  std::vector<float> rates;
  std::array<std::uint32_t, kUmapGroup> keys{};
};

std::uint32_t drawn(std::uint32_t key, std::size_t epoch, std::uint32_t draw, std::size_t n) {
  std::uint32_t h = key + static_cast<std::uint32_t>(epoch) * 0x9E3779B1U + draw * 0x85EBCA6BU;
  h = (h ^ (h >> 16)) * 0x7FEB352DU;
  h = (h ^ (h >> 15)) * 0x846CA68BU;
  h ^= h >> 16;
  return std::min(static_cast<std::uint32_t>(static_cast<float>(h >> 8) * (static_cast<float>(n) * 0x1p-24F)),
                  static_cast<std::uint32_t>(n - 1));
}

/// Moves `y` by the gradient of one pair.
void push(const World& world, const UmapStep& step, std::vector<double>& y, std::uint32_t other, bool is_neighbour) {
  std::vector<double> between(y.size());
  double square = 0;
  for (std::size_t c = 0; c < y.size(); ++c) {
    between[c] = y[c] - static_cast<double>(world.places(c, other));
    square += between[c] * between[c];
  }
  if (square <= 0) return;
  const auto a = static_cast<double>(step.a), b = static_cast<double>(step.b);
  const double below = 1 + a * std::pow(square, b);
  const double factor = is_neighbour ? -2 * a * b * std::pow(square, b - 1) / below
                                     : 2 * static_cast<double>(step.repulsion) * b / ((0.001 + square) * below);
  for (std::size_t c = 0; c < y.size(); ++c) y[c] += static_cast<double>(step.alpha) * std::clamp(factor * between[c], -4.0, 4.0);
}

std::vector<double> moved(const World& world, const UmapStep& step, std::size_t vertex, std::uint32_t key) {
  std::vector<double> y;
  for (std::size_t c = 0; c < step.dim; ++c) y.push_back(static_cast<double>(world.places(c, vertex)));
  std::vector<std::uint32_t> taken;
  for (std::size_t e = world.begins[vertex]; e < world.begins[vertex + 1]; ++e) {
    const float rate = world.rates[e], epoch = static_cast<float>(step.epoch);
    if (std::floor(rate * (epoch + 1)) > std::floor(rate * epoch)) taken.push_back(world.others[e]);
  }
  for (int visit = 1; visit < step.visits; ++visit)
    for (const std::uint32_t other : taken) push(world, step, y, other, true);
  std::uint32_t draw = 0;
  for (const std::uint32_t other : taken) {
    push(world, step, y, other, true);
    for (int i = 0; i < step.n_negatives; ++i) push(world, step, y, drawn(key, step.epoch, draw++, step.n_others), false);
  }
  return y;
}

TEST(UmapStep, MovesEveryVertexByItsEdgesAndRandomOnes) {
  for_each_target([](std::string_view target) {
    for (const std::size_t dim : {2, 3, 32}) {
      const World world(45, dim);  // the last group is not full
      for (const int visits : {1, 2}) {
        UmapStep step = world.step();
        step.visits = visits;
        std::vector<std::uint32_t> room;
        for (std::size_t group = 0; group < 3; ++group) {
          Matrix<float> places(dim, kUmapGroup);
          const std::size_t first = group * kUmapGroup, count = std::min(kUmapGroup, 45 - first);
          for (std::size_t c = 0; c < dim; ++c) std::copy_n(&world.places(c, first), count, places.row(c).data());
          umap_move(world.edges(), group, step, world.keys, places.data(), kUmapGroup, room);
          for (std::size_t i = 0; i < count; ++i) {
            const std::vector<double> wanted = moved(world, step, first + i, world.keys[i]);
            // Some hundred moves of float, each right to a few 1e-6, of which what is near to a vertex makes more: 2e-4 at most here.
            for (std::size_t c = 0; c < dim; ++c) EXPECT_NEAR(places(c, i), wanted[c], 1e-3) << target << ' ' << dim << ' ' << first + i;
          }
        }
      }
    }
  });
}

TEST(UmapStep, LeavesAVertexWithoutEdgesAndEqualPlacesWhereTheyAre) {
  World world(16, 2);
  world.begins.assign(17, 0);
  Matrix<float> places = world.places.clone();
  std::vector<std::uint32_t> room;
  umap_move(world.edges(), 0, world.step(), world.keys, places.data(), 16, room);
  EXPECT_TRUE(std::equal(places.data(), places.data() + places.size(), world.places.data()));

  World equal(16, 2);
  std::fill_n(equal.places.data(), equal.places.size(), 1.5F);
  places = equal.places.clone();
  umap_move(equal.edges(), 0, equal.step(), equal.keys, places.data(), 16, room);
  for (std::size_t i = 0; i < places.size(); ++i) EXPECT_EQ(places.data()[i], 1.5F);
}

}  // namespace
}  // namespace akin::kernels
