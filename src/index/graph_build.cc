#include "graph_build.h"

#include <algorithm>
#include <cmath>

#include "akin/base/pages.h"
#include "akin/base/scratch_pool.h"
#include "graph_prune.h"
#include "graph_walk.h"

namespace akin {
namespace {

// Of all nodes, the share that a batch places at most: small enough that its nodes hardly miss each other.
constexpr std::size_t kBatchShare = 50;
// Nodes of a piece of work.
constexpr std::size_t kNodesAtOnce = 16;
// Of the nodes linked from a node, those that stand right behind it in memory.
constexpr std::size_t kChain = 8;

struct Scratch {
  GraphWalk walk;
  std::vector<std::uint32_t> candidates;
  Matrix<std::int8_t> room;
};

class Batches {
 public:
  Batches(GrowingLinks& links, const BuildCodes& codes, const GraphBuildOptions& options, Context& context)
      : links_(links), codes_(codes), options_(options), context_(context) {}

  // Nodes [first, first + n) into the graph of those before.
  void place(std::size_t first, std::size_t n) {
    Matrix<std::uint32_t> chosen(n, options_.degree);
    std::vector<std::size_t> n_chosen(n);
    const WalkGround ground{codes_.walk, links_.links.view(), std::min(entries_of(links_.counts.size()), first)};
    context_.parallel_for(n, kNodesAtOnce, [&](std::size_t begin, std::size_t end) {
      const ScratchPool<Scratch>::Lease lease(scratch_);
      Scratch& scratch = lease.get();
      GraphPrune prune(*codes_.exact, options_.alpha);
      for (std::size_t i = begin; i < end; ++i) {
        const std::span<const std::uint32_t> links = links_for(static_cast<std::uint32_t>(first + i), ground, scratch, prune);
        std::ranges::copy(links, chosen.row(i).begin());
        n_chosen[i] = links.size();
      }
    });
    for (std::size_t i = 0; i < n; ++i) links_.set(static_cast<std::uint32_t>(first + i), chosen.row(i).first(n_chosen[i]));
    link_back(first, n);
  }

  // What batches left over the degree goes.
  void trim() {
    context_.parallel_for(links_.counts.size(), kNodesAtOnce, [&](std::size_t begin, std::size_t end) {
      const ScratchPool<Scratch>::Lease lease(scratch_);
      GraphPrune prune(*codes_.exact, options_.alpha);
      for (std::size_t node = begin; node < end; ++node)
        if (links_.counts[node] > options_.degree) prune_node(static_cast<std::uint32_t>(node), {}, lease.get(), prune);
    });
  }

 private:
  std::span<const std::uint32_t> links_for(std::uint32_t node, const WalkGround& ground, Scratch& scratch, GraphPrune& prune) const {
    if (scratch.room.empty()) scratch.room = Matrix<std::int8_t>(1, codes_.exact->query_size());
    const CodeQuery query = codes_.exact->row_as_query(node, scratch.room.row(0));
    scratch.candidates.clear();
    for (const BeamEntry& entry : scratch.walk.find(ground, query, {.beam = options_.build_beam}))
      scratch.candidates.push_back(entry.node());
    return prune.choose(node, scratch.candidates, options_.degree);
  }

  void prune_node(std::uint32_t node, std::span<const std::uint64_t> more, Scratch& scratch, GraphPrune& prune) {
    const std::span<const std::uint32_t> links = links_.of(node);
    scratch.candidates.assign(links.begin(), links.end());
    for (const std::uint64_t pair : more) scratch.candidates.push_back(static_cast<std::uint32_t>(pair));
    links_.set(node, prune.choose(node, scratch.candidates, options_.degree));
  }

  // Links back to nodes [first, first + n): pairs (linked node, new node), in order, so that each linked node is changed by one thread.
  void link_back(std::size_t first, std::size_t n) {
    std::vector<std::uint64_t> pairs;
    for (std::size_t node = first; node < first + n; ++node)
      for (const std::uint32_t link : links_.of(static_cast<std::uint32_t>(node))) pairs.push_back(std::uint64_t{link} << 32 | node);
    std::ranges::sort(pairs);
    std::vector<std::size_t> starts;
    for (std::size_t i = 0; i < pairs.size(); ++i)
      if (i == 0 || pairs[i] >> 32 != pairs[i - 1] >> 32) starts.push_back(i);
    if (starts.empty()) return;
    starts.push_back(pairs.size());
    context_.parallel_for(starts.size() - 1, kNodesAtOnce, [&](std::size_t begin, std::size_t end) {
      const ScratchPool<Scratch>::Lease lease(scratch_);
      GraphPrune prune(*codes_.exact, options_.alpha);
      for (std::size_t i = begin; i < end; ++i) {
        const std::span<const std::uint64_t> more = std::span(pairs).subspan(starts[i], starts[i + 1] - starts[i]);
        const auto node = static_cast<std::uint32_t>(more.front() >> 32);
        if (links_.counts[node] + more.size() > links_.links.cols()) {
          prune_node(node, more, lease.get(), prune);
        } else {
          for (const std::uint64_t pair : more) links_.links(node, links_.counts[node]++) = static_cast<std::uint32_t>(pair);
        }
      }
    });
  }

  GrowingLinks& links_;
  const BuildCodes& codes_;
  const GraphBuildOptions& options_;
  Context& context_;
  ScratchPool<Scratch> scratch_;
};

}  // namespace

GrowingLinks::GrowingLinks(std::size_t n_nodes, std::size_t degree)
    : links(Matrix<std::uint32_t>::uninitialized(n_nodes, places_of(degree))), counts(n_nodes) {
  prefer_large_pages(std::as_writable_bytes(std::span(links.data(), links.size())));
  std::fill_n(links.data(), links.size(), kNoLink);
}

void GrowingLinks::set(std::uint32_t node, std::span<const std::uint32_t> nodes) noexcept {
  const std::span<std::uint32_t> row = links.row(node);
  std::ranges::fill(std::ranges::copy(nodes, row.begin()).out, row.end(), kNoLink);
  counts[node] = static_cast<std::uint32_t>(nodes.size());
}

std::size_t entries_of(std::size_t n_nodes) noexcept {
  return std::min(n_nodes, std::max<std::size_t>(16, static_cast<std::size_t>(std::sqrt(static_cast<double>(n_nodes)))));
}

void add_nodes(GrowingLinks& links, std::size_t first, const BuildCodes& codes, const GraphBuildOptions& options, Context& context) {
  Batches batches(links, codes, options, context);
  const std::size_t n = links.counts.size();
  context.progress.begin("building the graph", n - std::min(n, first), "vectors");
  std::size_t done = std::max<std::size_t>(first, 1);
  while (done < n) {
    const std::size_t count = std::min({done, std::max<std::size_t>(1, n / kBatchShare), n - done});
    batches.place(done, count);
    done += count;
    context.progress.advance(count);
  }
  batches.trim();
  context.progress.end();
}

std::vector<std::uint32_t> local_order(const GrowingLinks& links, std::size_t n_entries) {
  const std::size_t n = links.counts.size();
  std::vector<std::uint32_t> order, open;
  std::vector<bool> placed(n);
  order.reserve(n);
  const auto place = [&](std::uint32_t node) {
    placed[node] = true;
    order.push_back(node);
    open.push_back(node);
  };
  for (std::size_t node = 0; node < n; ++node) {
    if (!placed[node]) place(static_cast<std::uint32_t>(node));
    if (node + 1 < n_entries) continue;
    while (!open.empty()) {
      const std::uint32_t from = open.back();
      open.pop_back();
      std::size_t n_placed = 0;
      for (const std::uint32_t to : links.of(from)) {
        if (placed[to]) continue;
        place(to);
        if (++n_placed == kChain) break;
      }
    }
  }
  return order;
}

}  // namespace akin
