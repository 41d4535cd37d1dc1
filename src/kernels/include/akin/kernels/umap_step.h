// One epoch of UMAP's descent (McInnes, Healy & Melville, 2018, section 4.2): of edges that have no end in common, each of which moves both
// its ends; or of vertices in groups of sixteen that are moved side by side among others that stand. Random vertices push from where they
// were when the epoch began: so nothing depends on an order. Tested by umap_step_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace akin::kernels {

inline constexpr std::size_t kUmapGroup = 16;  ///< vertices that are moved side by side
inline constexpr std::size_t kUmapDims = 32;   ///< most numbers of a place

/// Edges of vertices, those of one after those of another.
struct UmapEdges {
  std::span<const std::size_t> begins;  ///< a vertex, and the end: up to kUmapGroup + 1
  const std::uint32_t* others = nullptr;
  /// How many of an epoch an edge is taken in, up to 1: weight / largest weight. In epoch t it is taken if ⌊(t + 1) r⌋ > ⌊t r⌋.
  const float* rates = nullptr;
};

struct UmapStep {
  /// Where the others are: number c of vertex v at others[v · dim + c].
  const float* others = nullptr;
  std::size_t n_others = 0;  ///< up to 2^24
  std::size_t dim = 2;       ///< up to kUmapDims
  float a = 1.577F, b = 0.895F;
  float repulsion = 1;
  float alpha = 1;  ///< the size of steps
  std::size_t epoch = 0;
  int n_negatives = 5;  ///< vertices at random that a vertex is pushed off, each time that one of its edges is taken
};

/// Moves up to kUmapGroup vertices: number c of the i-th is at places[c · kUmapGroup + i], which is read and written, and may
/// not lie in `others`. `keys`: a number a vertex, from which its random vertices are drawn, with step.epoch. `room` is scratch.
/// For each edge that is taken, in turn, with z its other end and then, n_negatives times, a random vertex, where d = |y − z| > 0:
///   y += alpha · clamp(−2ab d^(2(b−1)) / (1 + a d^2b) · (y − z), ±4)
///   y += alpha · clamp(2 repulsion b / ((0.001 + d²)(1 + a d^2b)) · (y − z), ±4)
void umap_move(const UmapEdges& edges, const UmapStep& step, std::span<const std::uint32_t, kUmapGroup> keys, float* places,
               std::vector<std::uint32_t>& room);

/// Edges no two of which have an end in common.
struct UmapPairs {
  const std::uint32_t* heads = nullptr;
  const std::uint32_t* tails = nullptr;
  const float* rates = nullptr;  ///< as those of UmapEdges
  std::size_t n = 0;
  std::uint32_t first = 0;  ///< the number of the first of them, by which random vertices are drawn
};

/// For each pair that is taken, as above: the pull moves y, the head, and its tail as far the other way; then the random vertices push the
/// head. Number c of vertex v is at places[v · dim + c], with room for kUmapGroup more behind the last vertex, which is read; `places` may
/// not overlap step.others. `room` is scratch.
void umap_move_pairs(const UmapPairs& pairs, const UmapStep& step, float* places, std::vector<std::uint32_t>& room);

}  // namespace akin::kernels
