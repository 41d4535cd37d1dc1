// One epoch of UMAP's descent (McInnes, Healy & Melville, 2018, section 4.2), for vertices in groups of sixteen that are moved side by
// side. Each vertex takes its own edges in turn and sees of the others where they were when the call began: so no vertex waits for another,
// and the result depends on no order among them. Tested by umap_step_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace akin::kernels {

inline constexpr std::size_t kUmapGroup = 16;  ///< vertices
inline constexpr std::size_t kUmapDims = 32;   ///< most numbers of a place

/// Edges of vertices, those of one after those of another.
struct UmapEdges {
  std::span<const std::size_t> begins;  ///< a vertex, and the end
  const std::uint32_t* others = nullptr;
  /// How many of an epoch an edge is taken in, up to 1: weight / largest weight. In epoch t it is taken if ⌊(t + 1) r⌋ > ⌊t r⌋.
  const float* rates = nullptr;
};

struct UmapStep {
  /// Where the others are: number c of vertex v at others[c · stride + v].
  const float* others = nullptr;
  std::size_t stride = 0;
  std::size_t n_others = 0;  ///< up to 2^24
  std::size_t dim = 2;       ///< up to kUmapDims
  float a = 1.577F, b = 0.895F;
  float repulsion = 1;
  float alpha = 1;  ///< the size of steps
  std::size_t epoch = 0;
  int visits = 2;       ///< of an edge in an epoch: 2 where it moves both its ends, each by itself; 1 where one end is fixed
  int n_negatives = 5;  ///< vertices at random that a vertex is pushed off, each time that one of its edges is taken
};

/// Moves the vertices kUmapGroup · group …: number c of the i-th is at places[c · places_stride + i], which is read and written, and may
/// not lie in `others`. `keys`: a number a vertex, from which its random vertices are drawn, with step.epoch. `room` is scratch.
/// If visits is 2, first for each edge that is taken, in turn, with z its other end and d = |y − z| > 0, the visit as the other's other
/// end:
///   y += alpha · clamp(−2ab d^(2(b−1)) / (1 + a d^2b) · (y − z), ±4)
/// Then for each the same again and, n_negatives times, with z a random vertex:
///   y += alpha · clamp(2 repulsion b / ((0.001 + d²)(1 + a d^2b)) · (y − z), ±4)
void umap_move(const UmapEdges& edges, std::size_t group, const UmapStep& step, std::span<const std::uint32_t, kUmapGroup> keys,
               float* places, std::size_t places_stride, std::vector<std::uint32_t>& room);

}  // namespace akin::kernels
