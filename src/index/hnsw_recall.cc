// How much a graph finds, measured on its own rows: each of a sample is searched for while its node is hidden, as a query that is not in
// the graph would be, and compared with the exact neighbours. Tested by hnsw_test.cc.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>
#include <vector>

#include "akin/base/rng.h"
#include "akin/base/scratch_pool.h"
#include "hnsw_impl.h"
#include "measure.h"
#include "prepared_rows.h"

namespace akin {
namespace {

constexpr std::size_t kNeighbours = 10;
// 300 × 10 neighbours: at a recall of 0.95 a standard deviation of 0.004, at 0.99 of 0.002.
constexpr std::size_t kSample = 300;
// With fewer rows an exact search is as fast.
constexpr std::size_t kFewRows = 2000;
constexpr std::size_t kEfs[] = {10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512};

std::vector<std::uint32_t> sample_of(std::size_t n, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<std::uint32_t> nodes(kSample);
  for (std::uint32_t& node : nodes) node = static_cast<std::uint32_t>(rng.below(n));
  return nodes;
}

// The raw distance of the last of the exact neighbours of each query, which is itself a row and does not count.
std::vector<float> last_distances(const HnswIndex::Impl& impl, const Matrix<float>& queries, std::span<const std::uint32_t> rows,
                                  Context& context) {
  const auto found = impl.exact(context).searcher()->search_batch(queries.view(), {kNeighbours + 1, {}}, context);
  std::vector<float> last;
  for (std::size_t q = 0; q < rows.size(); ++q) {
    std::vector<Neighbor> others = found[q];
    std::erase_if(others, [&](const Neighbor& hit) { return hit.id == rows[q]; });
    last.push_back(others[kNeighbours - 1].distance);
  }
  return last;
}

}  // namespace

std::vector<RecallAtEf> measure_recall(const HnswIndex::Impl& impl, Context& context) {
  const Graph& graph = impl.graph;
  if (graph.size() < kFewRows) return {};
  const std::vector<std::uint32_t> nodes = sample_of(graph.size(), context.seed);
  std::vector<std::uint32_t> rows;
  Matrix<float> queries(nodes.size(), impl.vectors.dim());
  for (std::size_t q = 0; q < nodes.size(); ++q) {
    rows.push_back(graph.rows[nodes[q]]);
    const std::span<const float> row = impl.vectors.row(rows.back());
    // A row that is not finite is no query; it counts as found.
    if (graph.codes.factors()[nodes[q]].scale != 0) std::ranges::copy(row, queries.row(q).begin());
  }
  const Matrix<float> prepared = prepared_queries(impl.options.metric, queries.view());
  const std::vector<float> last = last_distances(impl, prepared, rows, context);
  const Measure measure(impl.options.metric, impl.norms.all());
  std::vector<RecallAtEf> curve;
  ScratchPool<HnswScratch> pool;
  for (const std::size_t ef : kEfs) {
    std::vector<std::size_t> found(nodes.size());
    context.parallel_for(nodes.size(), 4, [&](std::size_t begin, std::size_t end) {
      const ScratchPool<HnswScratch>::Lease lease(pool);
      for (std::size_t q = begin; q < end; ++q) {
        impl.walk(prepared.row(q), {.beam = ef, .hidden = nodes[q]}, nullptr, lease.get());
        std::size_t n = 0;
        for (const kernels::Scored& hit : lease.get().measured) n += measure.distance(hit.distance) <= last[q] ? 1 : 0;
        found[q] = std::min(n, kNeighbours);
      }
    });
    const std::size_t total = std::accumulate(found.begin(), found.end(), std::size_t{0});
    const float recall = static_cast<float>(total) / static_cast<float>(kNeighbours * nodes.size());
    // More candidates never find less but by chance.
    curve.push_back({ef, curve.empty() ? recall : std::max(recall, curve.back().recall)});
  }
  return curve;
}

const std::vector<RecallAtEf>& HnswIndex::recall() const noexcept { return impl_->recall; }

std::size_t HnswIndex::ef_for(float target, std::size_t k) const noexcept {
  const std::vector<RecallAtEf>& curve = impl_->recall;
  const auto above = std::ranges::find_if(curve, [&](const RecallAtEf& point) { return point.recall >= target; });
  if (above == curve.end()) return 0;
  double ef = static_cast<double>(above->ef);
  if (above != curve.begin() && above->recall > (above - 1)->recall) {
    const RecallAtEf& below = *(above - 1);
    ef = static_cast<double>(below.ef) + static_cast<double>(above->ef - below.ef) * static_cast<double>(target - below.recall) /
                                             static_cast<double>(above->recall - below.recall);
  }
  // Measured for ten neighbours. Of more, each further one takes fewer candidates: at recalls of 0.95 to 0.999 three kinds of vectors
  // (sentences, clusters, noise in 24 dimensions) asked for 2.4 to 3.9 times as many for 100, and for 20 to 25 times as many for 1000.
  if (k <= kNeighbours) return std::max(k, static_cast<std::size_t>(ef) + 1);
  constexpr double kGrowth = 0.6;  // 4 times for 100
  const double further = ef * std::pow(static_cast<double>(k) / static_cast<double>(kNeighbours), kGrowth);
  return std::max(k + k / 4, static_cast<std::size_t>(further) + 1);
}

}  // namespace akin
