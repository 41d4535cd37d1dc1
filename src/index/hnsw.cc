#include "akin/index/hnsw.h"

#include <algorithm>
#include <numeric>
#include <string>

#include "akin/base/error.h"
#include "akin/base/rng.h"
#include "graph_build.h"
#include "hnsw_build.h"
#include "hnsw_impl.h"

namespace akin {
namespace {

// 4 bits are too few where the walk of so wide a beam still misses more than this.
constexpr std::size_t kWideEf = 256;
constexpr float kEnough = 0.97F;

void check(const VectorSet& vectors, const HnswOptions& options) {
  require(vectors.dim() > 0, "build_hnsw: the set of vectors has no dimensions");
  require(options.degree >= 8 && options.degree <= 256, "build_hnsw: degree must be 8 to 256");
  require(options.build_beam >= options.degree / 2 && options.build_beam <= 4096, "build_hnsw: build_beam must be degree / 2 to 4096");
  require(options.alpha >= 1 && options.alpha <= 2, "build_hnsw: alpha must be 1 to 2");
  require(options.code_bits == 0 || options.code_bits == 4 || options.code_bits == 8, "build_hnsw: code_bits must be 0, 4 or 8");
  if (vectors.size() > kMostNodes)
    throw Error(ErrorCode::limit, "build_hnsw: " + std::to_string(vectors.size()) + " rows are more than " + std::to_string(kMostNodes));
}

bool tells_apart(const std::vector<RecallAtEf>& curve) {
  return std::ranges::all_of(curve, [](const RecallAtEf& point) { return point.ef < kWideEf || point.recall >= kEnough; });
}

}  // namespace

std::vector<std::uint32_t> shuffled(std::size_t n, std::uint64_t seed) {
  std::vector<std::uint32_t> order(n);
  std::iota(order.begin(), order.end(), 0U);
  Rng rng(seed);
  for (std::size_t i = n; i > 1; --i) std::swap(order[i - 1], order[rng.below(i)]);
  return order;
}

std::size_t HnswIndex::size() const noexcept { return impl_->vectors.size(); }
std::size_t HnswIndex::dim() const noexcept { return impl_->vectors.dim(); }
Metric HnswIndex::metric() const noexcept { return impl_->options.metric; }
int HnswIndex::code_bits() const noexcept { return impl_->graph.codes.bits(); }
std::size_t HnswIndex::n_bytes() const noexcept {
  const Graph& graph = impl_->graph;
  return graph.size() * (graph.codes.codes().cols() + sizeof(CodeFactor) + (graph.links.cols() + 1) * sizeof(std::uint32_t));
}

HnswIndex finished(const VectorSet& vectors, const HnswOptions& options, Linked graph, Context& context) {
  const auto made = [&](Graph built) {
    auto impl = std::make_shared<HnswIndex::Impl>(vectors, options, std::move(built));
    impl->recall = measure_recall(*impl, context);
    return impl;
  };
  std::shared_ptr<HnswIndex::Impl> impl = made(laid_out(std::move(graph.links), std::move(graph.walk), graph.rows, options, context));
  if (options.code_bits != 0 || impl->graph.codes.bits() == 8 || tells_apart(impl->recall)) return HnswIndex(std::move(impl));
  // The finer codes were let go with the links that were chosen by them: rare enough to make them twice.
  Graph finer = std::move(impl->graph);
  impl.reset();
  finer.codes = CodeTable::encode(vectors, CodeFrame(finer.codes.frame()), 8, finer.rows, context);
  return HnswIndex(made(std::move(finer)));
}

std::size_t hnsw_build_bytes(std::size_t n_vectors, std::size_t dim, const HnswOptions& options) {
  const std::size_t growing = GrowingLinks::places_of(static_cast<std::size_t>(options.degree)) * sizeof(std::uint32_t);
  const std::size_t codes = kernels::code_row_bytes(dim, 8) + kernels::code_row_bytes(dim, 4) + 2 * sizeof(CodeFactor);
  // Of each node: its number of links, its row, and its place in the order.
  return n_vectors * (growing + codes + 3 * sizeof(std::uint32_t));
}

HnswIndex build_hnsw(const VectorSet& vectors, const HnswOptions& options, Context& context) {
  check(vectors, options);
  const std::vector<std::uint32_t> rows = shuffled(vectors.size(), context.seed);
  const CodeFrame frame = CodeTable::frame_of(vectors, options.metric, context);
  NodeCodes codes{CodeTable::encode(vectors, frame, 8, rows, context), {}};
  codes.walk = options.code_bits == 8 ? codes.exact : CodeTable::encode(vectors, frame, 4, rows, context);
  GrowingLinks links(vectors.size(), static_cast<std::size_t>(options.degree));
  add_nodes(links, 0, {&codes.exact, &codes.walk}, build_options(options), context);
  codes.exact = {};
  return finished(vectors, options, {std::move(links), std::move(codes.walk), rows}, context);
}

}  // namespace akin
