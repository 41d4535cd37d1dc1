// What a graph index is made of. Tested through hnsw_test.cc.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "akin/base/context.h"
#include "akin/index/flat.h"
#include "akin/index/hnsw.h"
#include "akin/kernels/top_k.h"
#include "graph.h"
#include "graph_walk.h"

namespace akin {

/// Working memory of one thread's searches.
struct HnswScratch {
  GraphWalk walk;
  Matrix<std::int8_t> room;
  std::vector<std::uint64_t> ids;
  std::vector<kernels::Scored> measured;
};

struct HnswIndex::Impl {
  Impl(const VectorSet& rows, const HnswOptions& chosen, Graph built, Context& context);

  /// A walk for a prepared query and the beam measured by floats: scratch.measured, in order.
  void walk(std::span<const float> query, const WalkOptions& walk_options, HnswScratch& scratch) const;

  VectorSet vectors;
  HnswOptions options;
  Graph graph;
  std::vector<float> inverse_norms;
  FlatIndex exact;
  std::vector<RecallAtEf> recall;
  std::vector<std::uint64_t> loose_rows;  ///< that no node has: searched exactly
  bool has_gone = false;                  ///< some nodes have no row
};

/// Recall at rising ef, of rows of the graph taken in order of a seeded draw.
std::vector<RecallAtEf> measure_recall(const HnswIndex::Impl& impl, Context& context);

}  // namespace akin
