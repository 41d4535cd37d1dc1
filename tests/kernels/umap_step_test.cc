// An epoch on every CPU target, against the same epoch in double precision.
#include "akin/kernels/umap_step.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include "akin/base/matrix.h"
#include "akin/base/rng.h"
#include "akin/kernels/target.h"

namespace akin::kernels {
namespace {

struct World {
  explicit World(std::size_t n_vertices, std::size_t dim) : places(n_vertices, dim) {
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
  [[nodiscard]] UmapEdges edges(std::size_t first, std::size_t count) const {
    return {std::span(begins).subspan(first, count + 1), others.data(), rates.data()};
  }
  [[nodiscard]] UmapStep step() const {
    UmapStep step;
    step.others = places.data();
    step.n_others = places.rows();
    step.dim = places.cols();
    step.epoch = 7;
    step.alpha = 0.3F;
    return step;
  }

  Matrix<float> places;  // (vertices, dim)
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
    between[c] = y[c] - static_cast<double>(world.places(other, c));
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
  for (std::size_t c = 0; c < step.dim; ++c) y.push_back(static_cast<double>(world.places(vertex, c)));
  std::vector<std::uint32_t> taken;
  for (std::size_t e = world.begins[vertex]; e < world.begins[vertex + 1]; ++e) {
    const float rate = world.rates[e], epoch = static_cast<float>(step.epoch);
    if (std::floor(rate * (epoch + 1)) > std::floor(rate * epoch)) taken.push_back(world.others[e]);
  }
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
      const UmapStep step = world.step();
      std::vector<std::uint32_t> room;
      for (std::size_t group = 0; group < 3; ++group) {
        Matrix<float> places(dim, kUmapGroup);
        const std::size_t first = group * kUmapGroup, count = std::min(kUmapGroup, 45 - first);
        for (std::size_t c = 0; c < dim; ++c)
          for (std::size_t i = 0; i < count; ++i) places(c, i) = world.places(first + i, c);
        umap_move(world.edges(first, count), step, world.keys, places.data(), room);
        for (std::size_t i = 0; i < count; ++i) {
          const std::vector<double> wanted = moved(world, step, first + i, world.keys[i]);
          // Some hundred moves of float, each right to a few 1e-6, of which what is near to a vertex makes more: 2e-4 at most here.
          for (std::size_t c = 0; c < dim; ++c) EXPECT_NEAR(places(c, i), wanted[c], 1e-3) << target << ' ' << dim << ' ' << first + i;
        }
      }
    }
  });
}

/// Heads, tails and rates of edges between vertices 2k and 2k + 1, some the other way round.
struct Matching {
  explicit Matching(std::size_t n_pairs) {
    Rng rng(8);
    for (std::uint32_t e = 0; e < n_pairs; ++e) {
      heads.push_back(2 * e + (e % 3 == 0 ? 1 : 0));
      tails.push_back(2 * e + (e % 3 == 0 ? 0 : 1));
      rates.push_back(0.05F + 0.95F * rng.uniform());
    }
  }
  [[nodiscard]] UmapPairs pairs(std::size_t begin, std::size_t end, std::uint32_t first) const {
    return {heads.data() + begin, tails.data() + begin, rates.data() + begin, end - begin, first + static_cast<std::uint32_t>(begin)};
  }
  std::vector<std::uint32_t> heads, tails;
  std::vector<float> rates;
};

TEST(UmapStep, MovesBothEndsOfEveryPairAndItsHeadByRandomOnes) {
  for_each_target([](std::string_view target) {
    for (const auto& [dim, n_pairs] : {std::pair<std::size_t, std::size_t>{2, 41}, {2, 7}, {2, 200}, {3, 41}, {32, 41}}) {
      const std::size_t n = 2 * n_pairs, room_for = n + kUmapGroup;
      const World world(n, dim);
      const Matching matching(n_pairs);
      UmapStep step = world.step();
      Matrix<float> places(room_for, dim), before(room_for, dim);
      std::copy_n(world.places.data(), n * dim, places.data());
      std::copy_n(world.places.data(), n * dim, before.data());
      step.others = before.data();
      std::vector<std::uint32_t> room;
      umap_move_pairs(matching.pairs(0, n_pairs, 77), step, places.data(), room);
      for (std::uint32_t e = 0; e < n_pairs; ++e) {
        std::vector<double> head, tail;
        for (std::size_t c = 0; c < dim; ++c) {
          head.push_back(static_cast<double>(world.places(matching.heads[e], c)));
          tail.push_back(static_cast<double>(world.places(matching.tails[e], c)));
        }
        const float rate = matching.rates[e], epoch = static_cast<float>(step.epoch);
        if (std::floor(rate * (epoch + 1)) > std::floor(rate * epoch)) {
          const std::vector<double> from = head;
          push(world, step, head, matching.tails[e], true);
          for (std::size_t c = 0; c < dim; ++c) tail[c] -= head[c] - from[c];
          for (std::uint32_t i = 0; i < 5; ++i) push(world, step, head, drawn(77 + e, step.epoch, i, n), false);
        }
        for (std::size_t c = 0; c < dim; ++c) {
          // Six moves of float, as above: 1.2e-4 at most here, of a head that a near vertex pushes.
          EXPECT_NEAR(places(matching.heads[e], c), head[c], 1e-3) << target << ' ' << dim << ' ' << e;
          EXPECT_NEAR(places(matching.tails[e], c), tail[c], 1e-3) << target << ' ' << dim << ' ' << e;
        }
      }
      // The same bits in pieces.
      Matrix<float> again = before.clone();
      const std::size_t some = n_pairs / 2 + 1;
      umap_move_pairs(matching.pairs(0, some, 77), step, again.data(), room);
      umap_move_pairs(matching.pairs(some, n_pairs, 77), step, again.data(), room);
      EXPECT_TRUE(std::equal(again.data(), again.data() + n * dim, places.data())) << target << ' ' << dim << ' ' << n_pairs;
    }
  });
}

TEST(UmapStep, LeavesAVertexWithoutEdgesAndEqualPlacesWhereTheyAre) {
  World world(16, 2);
  world.begins.assign(17, 0);
  Matrix<float> places(2, kUmapGroup);
  for (std::size_t i = 0; i < places.size(); ++i) places.data()[i] = static_cast<float>(i);
  const Matrix<float> before = places.clone();
  std::vector<std::uint32_t> room;
  umap_move(world.edges(0, 16), world.step(), world.keys, places.data(), room);
  EXPECT_TRUE(std::equal(places.data(), places.data() + places.size(), before.data()));

  World equal(16, 2);
  std::fill_n(equal.places.data(), equal.places.size(), 1.5F);
  std::fill_n(places.data(), places.size(), 1.5F);
  umap_move(equal.edges(0, 16), equal.step(), equal.keys, places.data(), room);
  for (std::size_t i = 0; i < places.size(); ++i) EXPECT_EQ(places.data()[i], 1.5F);
}

}  // namespace
}  // namespace akin::kernels
