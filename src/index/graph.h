// A graph over rows: nodes numbered so that neighbours lie near each other in memory, a fixed number of places for links a node, and what a
// walk compares by. Nodes 0 … n_entries − 1 are a sample of the rows: a walk begins at the nearest of them. Tested through hnsw_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>

#include "akin/base/matrix.h"
#include "akin/space/code_table.h"
#include "graph_proof.h"

namespace akin {

/// Fills the places behind a node's last link.
inline constexpr std::uint32_t kNoLink = std::numeric_limits<std::uint32_t>::max();
/// Of a node whose row is not there any more.
inline constexpr std::uint32_t kNoRow = kNoLink;
/// A walk keeps a mark beside a node's number in 32 bits.
inline constexpr std::size_t kMostNodes = (std::size_t{1} << 31) - 1;

struct Graph {
  CodeTable codes;                        ///< a row a node
  MatrixView<const std::uint32_t> links;  ///< (n_nodes, degree): of each node, nearest first, then kNoLink
  std::span<const std::uint32_t> rows;    ///< of each node: its row in the set of vectors, or kNoRow
  std::size_t n_entries = 0;
  std::shared_ptr<const void> owner;                  ///< of links and rows
  std::shared_ptr<const GraphProof> proof = nullptr;  ///< of a mapped graph: to be asked before codes and links are read

  [[nodiscard]] std::size_t size() const noexcept { return links.rows(); }
};

}  // namespace akin
