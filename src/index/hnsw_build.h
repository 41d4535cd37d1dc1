// What building and changing a graph share. Tested through hnsw_test.cc.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "akin/base/context.h"
#include "akin/index/hnsw.h"
#include "akin/space/code_table.h"
#include "graph.h"
#include "graph_build.h"

namespace akin {

/// Row i of each is node i.
struct NodeCodes {
  CodeTable exact;  ///< of 8 bits
  CodeTable walk;
};

/// Rows in a seeded order, in which they are placed: any but that of the set, whose neighbours may come in turn.
std::vector<std::uint32_t> shuffled(std::size_t n, std::uint64_t seed);

GraphBuildOptions build_options(const HnswOptions& options);

/// The graph with its nodes in an order that suits the memory. `rows` are the nodes' rows. What is not needed any more is let go as it is
/// laid out.
Graph laid_out(GrowingLinks grown, CodeTable codes, std::span<const std::uint32_t> rows, const HnswOptions& options, Context& context);

/// A graph whose links are made.
struct Linked {
  GrowingLinks links;
  CodeTable walk;
  std::span<const std::uint32_t> rows;  ///< of each node
};
/// The index of a graph, with its recall measured and the bits of its codes chosen.
HnswIndex finished(const VectorSet& vectors, const HnswOptions& options, Linked graph, Context& context);

}  // namespace akin
