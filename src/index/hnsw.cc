#include "akin/index/hnsw.h"

#include <algorithm>
#include <numeric>
#include <string>

#include "akin/base/error.h"
#include "akin/base/pages.h"
#include "akin/base/rng.h"
#include "graph_build.h"
#include "hnsw_impl.h"

namespace akin {
namespace {

// The order in which rows are placed: any but that of the set, whose neighbours may come in turn.
std::vector<std::uint32_t> shuffled(std::size_t n, std::uint64_t seed) {
  std::vector<std::uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0U);
  Rng rng(seed);
  for (std::size_t i = n; i > 1; --i) std::swap(order[i - 1], order[rng.below(i)]);
  return order;
}

void check(const VectorSet& vectors, const HnswOptions& options) {
  require(vectors.dim() > 0, "build_hnsw: the set of vectors has no dimensions");
  require(options.degree >= 8 && options.degree <= 256, "build_hnsw: degree must be 8 to 256");
  require(options.build_beam >= options.degree / 2 && options.build_beam <= 4096, "build_hnsw: build_beam must be degree / 2 to 4096");
  require(options.alpha >= 1 && options.alpha <= 2, "build_hnsw: alpha must be 1 to 2");
  require(options.code_bits == 4 || options.code_bits == 8, "build_hnsw: code_bits must be 4 or 8");
  if (vectors.size() > kMostNodes)
    throw Error(ErrorCode::limit, "build_hnsw: " + std::to_string(vectors.size()) + " rows are more than " + std::to_string(kMostNodes));
}

struct OwnedLinks {
  OwnedLinks(std::size_t n_nodes, std::size_t degree) : links(Matrix<std::uint32_t>::uninitialized(n_nodes, degree)), rows(n_nodes) {
    prefer_large_pages(std::as_writable_bytes(std::span(links.data(), links.size())));
  }
  Matrix<std::uint32_t> links;
  std::vector<std::uint32_t> rows;
};

// Nodes in the order `order` of the nodes of `grown`, whose rows are `rows`.
Graph laid_out(const GrowingLinks& grown, const CodeTable& codes, std::span<const std::uint32_t> rows, std::size_t degree,
               Context& context) {
  const std::size_t n = rows.size();
  const std::size_t n_entries = entries_of(n);
  const std::vector<std::uint32_t> order = local_order(grown, n_entries);
  std::vector<std::uint32_t> number(n);
  for (std::size_t i = 0; i < n; ++i) number[order[i]] = static_cast<std::uint32_t>(i);
  auto parts = std::make_shared<OwnedLinks>(n, degree);
  context.parallel_for(n, 4096, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      parts->rows[i] = rows[order[i]];
      const std::span<std::uint32_t> row = parts->links.row(i);
      const auto last = std::ranges::transform(grown.of(order[i]), row.begin(), [&](std::uint32_t node) { return number[node]; }).out;
      std::fill(last, row.end(), kNoLink);
    }
  });
  const MatrixView<const std::uint32_t> links = parts->links.view();
  const std::span<const std::uint32_t> node_rows = parts->rows;
  return {codes.reordered(order, context), links, node_rows, n_entries, std::move(parts)};
}

}  // namespace

std::size_t HnswIndex::size() const noexcept { return impl_->vectors.size(); }
std::size_t HnswIndex::dim() const noexcept { return impl_->vectors.dim(); }
Metric HnswIndex::metric() const noexcept { return impl_->options.metric; }
std::size_t HnswIndex::n_bytes() const noexcept {
  const Graph& graph = impl_->graph;
  return graph.size() * (graph.codes.codes().cols() + sizeof(CodeFactor) + (graph.links.cols() + 1) * sizeof(std::uint32_t));
}

HnswIndex build_hnsw(const VectorSet& vectors, const HnswOptions& options, Context& context) {
  check(vectors, options);
  const std::vector<std::uint32_t> rows = shuffled(vectors.size(), context.seed);
  const CodeFrame frame = CodeTable::frame_of(vectors, options.metric, context);
  const CodeTable exact = CodeTable::encode(vectors, frame, 8, rows, context);
  const CodeTable walk = options.code_bits == 8 ? exact : CodeTable::encode(vectors, frame, options.code_bits, rows, context);
  const auto degree = static_cast<std::size_t>(options.degree);
  GrowingLinks links(vectors.size(), degree);
  add_nodes(links, 0, {&exact, &walk}, {degree, static_cast<std::size_t>(options.build_beam), options.alpha}, context);
  return HnswIndex(std::make_shared<HnswIndex::Impl>(vectors, options, laid_out(links, walk, rows, degree, context), context));
}

}  // namespace akin
