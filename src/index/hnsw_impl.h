// What a graph index is made of. Tested through hnsw_test.cc.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "akin/base/context.h"
#include "akin/index/flat.h"
#include "akin/index/hnsw.h"
#include "akin/kernels/top_k.h"
#include "graph.h"
#include "graph_walk.h"
#include "prepared_rows.h"

namespace akin {

/// Working memory of one thread's searches.
struct HnswScratch {
  GraphWalk walk;
  Matrix<std::int8_t> room;
  std::vector<std::uint64_t> ids;
  std::vector<kernels::Scored> measured;
};

struct HnswIndex::Impl {
  Impl(const VectorSet& rows, const HnswOptions& chosen, Graph built);

  /// A walk for a prepared query and the beam measured by floats: scratch.measured, in order. `check` may be null.
  void walk(std::span<const float> query, const WalkOptions& walk_options, const RowCheck* check, HnswScratch& scratch) const;
  /// Appends the raw distances of the rows `ids`, rising.
  void measure(std::span<const float> query, std::span<const std::uint64_t> ids, const RowCheck* check,
               std::vector<kernels::Scored>& out) const;
  /// Damage has been met in the graph's file.
  [[nodiscard]] bool damaged() const noexcept { return graph.proof && graph.proof->damaged(); }
  /// Made when it is first asked for: it takes a pass over all rows.
  const FlatIndex& exact(Context& context) const;

  VectorSet vectors;
  HnswOptions options;
  Graph graph;
  RowNorms norms;
  std::vector<RecallAtEf> recall;
  std::vector<std::uint64_t> loose_rows;  ///< that no node has: searched exactly
  bool has_gone = false;                  ///< some nodes have no row

 private:
  mutable std::mutex mutex_;
  mutable std::optional<FlatIndex> exact_;
};

/// Recall at rising ef, of rows of the graph taken in order of a seeded draw.
std::vector<RecallAtEf> measure_recall(const HnswIndex::Impl& impl, Context& context);

}  // namespace akin
