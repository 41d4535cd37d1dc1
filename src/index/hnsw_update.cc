// Lays a finished graph out, and makes the graph of other rows from one that is there. Tested by hnsw_test.cc.
#include <algorithm>
#include <numeric>
#include <string>

#include "akin/base/error.h"
#include "akin/base/pages.h"
#include "akin/base/rng.h"
#include "graph_prune.h"
#include "hnsw_build.h"
#include "hnsw_impl.h"

namespace akin {
namespace {

constexpr std::size_t kNodesAtOnce = 64;
constexpr std::uint32_t kGone = kNoLink;
// For the neighbours that a node lost, about so many times `degree` stand-ins are considered, and of each at least so many. With all of
// them (64 times 64 at most) mending takes twice as long and finds nothing more: after deleting 30 % of 100,000 sentence vectors recall is
// 0.998 with ef 128 either way.
constexpr std::size_t kStandIns = 2, kFewestStandIns = 8;

struct OwnedLinks {
  OwnedLinks(std::size_t n_nodes, std::size_t degree) : links(Matrix<std::uint32_t>::uninitialized(n_nodes, degree)), rows(n_nodes) {
    prefer_large_pages(std::as_writable_bytes(std::span(links.data(), links.size())));
  }
  Matrix<std::uint32_t> links;
  std::vector<std::uint32_t> rows;
};

/// Which nodes of the old graph stay, and what their numbers are before the graph is laid out anew.
struct Kept {
  std::vector<std::uint32_t> old_nodes;  // of each new node that is an old one
  std::vector<std::uint32_t> number;     // of each old node, or kGone
  std::vector<std::uint32_t> rows;       // of each node, new ones behind the old
};

void check(const HnswIndex::Impl& old, const VectorSet& vectors, std::span<const std::uint64_t> old_rows) {
  if (vectors.dim() != old.vectors.dim()) {
    throw Error(ErrorCode::mismatch, "update_hnsw: the vectors have " + std::to_string(vectors.dim()) + " dimensions, the graph's have " +
                                         std::to_string(old.vectors.dim()));
  }
  require(old_rows.size() == vectors.size(), "update_hnsw: there must be an old row for each vector");
  require(vectors.size() <= kMostNodes, "update_hnsw: too many rows");
  std::vector<bool> named(old.vectors.size());
  for (const std::uint64_t row : old_rows) {
    if (row == kNewRow) continue;
    require(row < named.size() && !named[row], "update_hnsw: an old row is not there or named twice");
    named[row] = true;
  }
}

// Entries first: those that stay, and others drawn in their place.
std::vector<std::uint32_t> with_entries_first(std::vector<std::uint32_t> nodes, std::size_t n_old_entries, std::size_t n_entries,
                                              std::uint64_t seed) {
  const auto middle = std::stable_partition(nodes.begin(), nodes.end(), [&](std::uint32_t node) { return node < n_old_entries; });
  Rng rng(seed);
  for (auto place = static_cast<std::size_t>(middle - nodes.begin()); place < std::min(n_entries, nodes.size()); ++place)
    std::swap(nodes[place], nodes[place + rng.below(nodes.size() - place)]);
  return nodes;
}

Kept keep(const HnswIndex::Impl& index, std::span<const std::uint64_t> old_rows, std::uint64_t seed) {
  const Graph& old = index.graph;
  std::vector<std::uint32_t> row_now(index.vectors.size(), kGone), added;
  for (std::size_t row = 0; row < old_rows.size(); ++row)
    if (old_rows[row] != kNewRow) row_now[old_rows[row]] = static_cast<std::uint32_t>(row);
  Kept kept;
  std::vector<bool> has_node(old_rows.size());
  for (std::uint32_t node = 0; node < old.size(); ++node) {
    if (old.rows[node] == kNoRow || row_now[old.rows[node]] == kGone) continue;
    kept.old_nodes.push_back(node);
    has_node[row_now[old.rows[node]]] = true;
  }
  for (std::size_t row = 0; row < old_rows.size(); ++row)
    if (!has_node[row]) added.push_back(static_cast<std::uint32_t>(row));
  kept.old_nodes = with_entries_first(std::move(kept.old_nodes), old.n_entries, entries_of(old_rows.size()), seed);
  kept.number.assign(old.size(), kGone);
  for (std::size_t i = 0; i < kept.old_nodes.size(); ++i) {
    kept.number[kept.old_nodes[i]] = static_cast<std::uint32_t>(i);
    kept.rows.push_back(row_now[old.rows[kept.old_nodes[i]]]);
  }
  for (const std::uint32_t i : shuffled(added.size(), seed)) kept.rows.push_back(added[i]);
  return kept;
}

// The neighbours of a node that stay, and for each that has gone the nearest of its own that stay; false if none has gone.
bool gather(const Graph& old, const Kept& kept, std::uint32_t old_node, std::vector<std::uint32_t>& candidates) {
  const auto has_gone = [&](std::uint32_t link) { return kept.number[link] == kGone; };
  const std::span<const std::uint32_t> places = old.links.row(old_node);
  const auto links = places.first(static_cast<std::size_t>(std::ranges::find(places, kNoLink) - places.begin()));
  const auto n_gone = static_cast<std::size_t>(std::ranges::count_if(links, has_gone));
  const std::size_t most = n_gone == 0 ? 0 : std::max(kFewestStandIns, kStandIns * places.size() / n_gone);
  candidates.clear();
  for (const std::uint32_t link : links) {
    if (!has_gone(link)) {
      candidates.push_back(kept.number[link]);
      continue;
    }
    std::size_t n = 0;
    for (const std::uint32_t beyond : old.links.row(link)) {
      if (beyond == kNoLink || n == most) break;
      if (has_gone(beyond)) continue;
      candidates.push_back(kept.number[beyond]);
      ++n;
    }
  }
  return n_gone != 0;
}

// The links of the old nodes that stay. A link to one that has gone is mended by links to its neighbours, of which the best are chosen.
void mend(const Graph& old, const Kept& kept, const CodeTable& exact, const GraphBuildOptions& options, GrowingLinks& links,
          Context& context) {
  context.parallel_for(kept.old_nodes.size(), kNodesAtOnce, [&](std::size_t begin, std::size_t end) {
    GraphPrune prune(exact, options.alpha);
    std::vector<std::uint32_t> candidates;
    for (std::size_t i = begin; i < end; ++i) {
      const auto node = static_cast<std::uint32_t>(i);
      const bool broken = gather(old, kept, kept.old_nodes[i], candidates);
      links.set(node, broken ? prune.choose(node, candidates, options.degree) : std::span<const std::uint32_t>(candidates));
    }
  });
}

}  // namespace

GraphBuildOptions build_options(const HnswOptions& options) {
  return {static_cast<std::size_t>(options.degree), static_cast<std::size_t>(options.build_beam), options.alpha};
}

Graph laid_out(GrowingLinks grown, CodeTable codes, std::span<const std::uint32_t> rows, const HnswOptions& options, Context& context) {
  const std::size_t n = rows.size();
  const std::size_t n_entries = entries_of(n);
  const std::vector<std::uint32_t> order = local_order(grown, n_entries);
  std::vector<std::uint32_t> number(n);
  for (std::size_t i = 0; i < n; ++i) number[order[i]] = static_cast<std::uint32_t>(i);
  auto parts = std::make_shared<OwnedLinks>(n, static_cast<std::size_t>(options.degree));
  context.parallel_for(n, 4096, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      parts->rows[i] = rows[order[i]];
      const std::span<std::uint32_t> row = parts->links.row(i);
      const auto last = std::ranges::transform(grown.of(order[i]), row.begin(), [&](std::uint32_t node) { return number[node]; }).out;
      std::fill(last, row.end(), kNoLink);
    }
  });
  grown = GrowingLinks(0, 0);
  const MatrixView<const std::uint32_t> links = parts->links.view();
  const std::span<const std::uint32_t> node_rows = parts->rows;
  return {codes.reordered(order, context), links, node_rows, n_entries, std::move(parts)};
}

HnswIndex update_hnsw(const HnswIndex& index, const VectorSet& vectors, std::span<const std::uint64_t> old_rows, Context& context) {
  const HnswIndex::Impl& old = *index.impl_;
  check(old, vectors, old_rows);
  index.prove(context);
  const Kept kept = keep(old, old_rows, context.seed);
  const std::size_t n_kept = kept.old_nodes.size();
  // With most rows new a graph of all of them costs little more, and its codes are made around their own mean.
  if (2 * n_kept <= vectors.size()) return build_hnsw(vectors, old.options, context);
  // The walk's codes of what stays are there; links are chosen by 8 bits, which a graph of 4 does not keep.
  NodeCodes codes{{}, old.graph.codes.extended(kept.old_nodes, vectors, std::span(kept.rows).subspan(n_kept), context)};
  codes.exact = codes.walk.bits() == 8 ? codes.walk : CodeTable::encode(vectors, codes.walk.frame(), 8, kept.rows, context);
  const GraphBuildOptions options = build_options(old.options);
  GrowingLinks links(vectors.size(), options.degree);
  mend(old.graph, kept, codes.exact, options, links, context);
  add_nodes(links, n_kept, {&codes.exact, &codes.walk}, options, context);
  codes.exact = {};
  return finished(vectors, old.options, {std::move(links), std::move(codes.walk), kept.rows}, context);
}

}  // namespace akin
