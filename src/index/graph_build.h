// Builds a graph by prefix-doubling batches (Dobson et al., ParlayANN, 2024): the nodes of a batch are placed in the graph as it was before
// the batch, each by itself, then the links back to them are added node by node. Threads share the work and change nothing of the result.
// Tested by graph_build_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/space/code_table.h"
#include "graph.h"

namespace akin {

struct GraphBuildOptions {
  std::size_t degree = 64;
  std::size_t build_beam = 96;
  float alpha = 1.2F;
};

/// Links that grow: of node i the first counts[i] places of row i.
struct GrowingLinks {
  Matrix<std::uint32_t> links;  ///< (n_nodes, degree and half as many places again), kNoLink behind the last
  std::vector<std::uint32_t> counts;

  GrowingLinks(std::size_t n_nodes, std::size_t degree);
  /// A node gets more links than it may keep before the best of them are chosen: choosing costs more than a longer list.
  static std::size_t places_of(std::size_t degree) noexcept { return degree + degree / 2; }
  [[nodiscard]] std::span<const std::uint32_t> of(std::uint32_t node) const noexcept { return links.row(node).first(counts[node]); }
  void set(std::uint32_t node, std::span<const std::uint32_t> nodes) noexcept;
};

/// What the graph is built by: codes of 8 bits choose links, `walk` (the same or 4 bits) finds candidates. Row i of both is node i.
struct BuildCodes {
  const CodeTable* exact = nullptr;
  const CodeTable* walk = nullptr;
};

/// How many nodes walks begin at.
std::size_t entries_of(std::size_t n_nodes) noexcept;

/// Adds nodes [first, counts.size()) to a graph of the nodes before them. Afterwards every node has at most options.degree links.
/// Throws Error{cancelled}.
void add_nodes(GrowingLinks& links, std::size_t first, const BuildCodes& codes, const GraphBuildOptions& options, Context& context);

/// An order of nodes in which neighbours stand together, entries first: order[i] is the node to be number i.
std::vector<std::uint32_t> local_order(const GrowingLinks& links, std::size_t n_entries);

}  // namespace akin
