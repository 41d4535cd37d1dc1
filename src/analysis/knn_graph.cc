#include "akin/analysis/knn_graph.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "akin/analysis/equal_items.h"
#include "akin/analysis/kd_tree.h"
#include "akin/analysis/rows.h"
#include "akin/base/error.h"
#include "akin/index/flat.h"
#include "akin/index/hnsw.h"

namespace akin {
namespace {

// Queries of one look at an index: their hits are a few megabytes.
constexpr std::size_t kQueriesAtOnce = 4096;
// Of a tree, a piece of work.
constexpr std::size_t kTreeQueriesAtOnce = 256;

KnnMethod method_for(MatrixView<const float> rows, const KnnOptions& options) {
  if (options.method != KnnMethod::automatic) return options.method;
  if (options.metric == Metric::euclidean && rows.cols() <= kTreeDims) return KnnMethod::tree;
  const bool may_miss = !options.exact && options.metric != Metric::manhattan;
  return may_miss && rows.rows() >= kGraphRows ? KnnMethod::graph : KnnMethod::scan;
}

/// Where hits go. `is_self`: query q is row q, which is no neighbour of its own.
struct Sink {
  KnnGraph& graph;
  bool is_self;

  /// At least k hits but for the row itself, in order.
  template <class Hits, class Distance>
  void take(std::size_t query, const Hits& hits, const Distance& distance) {
    std::size_t n = 0;
    for (const auto& hit : hits) {
      if (n == graph.k()) break;
      if (is_self && hit.id == query) continue;
      graph.ids(query, n) = static_cast<std::uint32_t>(hit.id);
      graph.distances(query, n++) = distance(hit.distance);
    }
    AKIN_DCHECK(n == graph.k());
  }
};

void by_tree(MatrixView<const float> queries, MatrixView<const float> rows, Sink sink, Context& context) {
  const KdTree tree(rows, context);
  context.parallel_for(queries.rows(), kTreeQueriesAtOnce, [&](std::size_t begin, std::size_t end) {
    std::vector<kernels::Scored> found;
    for (std::size_t i = begin; i < end; ++i) {
      const std::uint32_t query = sink.is_self ? tree.order()[i] : static_cast<std::uint32_t>(i);
      tree.nearest(queries.row(query), sink.graph.k(), sink.is_self ? query : KdTree::kNone, found);
      sink.take(query, found, [](float square) { return std::sqrt(square); });
    }
    context.progress.advance(end - begin);
  });
}

void by_index(const Index& index, MatrixView<const float> queries, const KnnOptions& options, Sink sink, Context& context) {
  SearchParameters parameters;
  parameters.k = sink.graph.k() + (sink.is_self ? 1 : 0);
  parameters.recall = options.recall;
  const std::unique_ptr<Searcher> searcher = index.searcher();
  for (std::size_t first = 0; first < queries.rows(); first += kQueriesAtOnce) {
    const std::size_t count = std::min(kQueriesAtOnce, queries.rows() - first);
    const auto hits = searcher->search_batch(queries.middle_rows(first, count), parameters, context);
    for (std::size_t i = 0; i < count; ++i) sink.take(first + i, hits[i], [](float distance) { return distance; });
    context.progress.advance(count);
  }
}

KnnGraph find(MatrixView<const float> queries, MatrixView<const float> rows, bool is_self, const KnnOptions& options, Context& context) {
  require(options.k > 0, "k-nearest neighbours: k must be at least 1");
  check_rows(rows, "k-nearest neighbours", context);
  require(rows.rows() < 0x8000'0000U, "k-nearest neighbours: 2^31 rows or more");
  const std::size_t k = std::min(options.k, rows.rows() - (is_self ? 1 : 0));
  KnnGraph graph{Matrix<std::uint32_t>(queries.rows(), k), Matrix<float>(queries.rows(), k), method_for(rows, options)};
  if (k == 0 || queries.rows() == 0) return graph;
  context.progress.begin("nearest neighbours", queries.rows(), "vectors");
  const Sink sink{graph, is_self};
  const VectorSet set(rows);
  if (graph.method == KnnMethod::tree) {
    if (options.metric != Metric::euclidean)
      throw Error(ErrorCode::invalid_argument,
                  "k-nearest neighbours: a tree knows Euclidean distances, not " + std::string(name_of(options.metric)));
    by_tree(queries, rows, sink, context);
  } else if (graph.method == KnnMethod::graph) {
    HnswOptions how;
    how.metric = options.metric;
    by_index(build_hnsw(set, how, context), queries, options, sink, context);
  } else {
    const FlatOptions how{options.metric, options.metric != Metric::manhattan};
    by_index(build_flat(set, how, context), queries, options, sink, context);
  }
  context.progress.end();
  return graph;
}

/// See KnnOptions::spread_equals.
void spread(KnnGraph& graph, MatrixView<const float> rows, Context& context) {
  std::vector<std::uint32_t> crowded;  // rows that even their last neighbour equals: by cosine its distance may be a rounding
  std::vector<std::string_view> bytes;
  for (std::uint32_t r = 0; r < graph.size(); ++r) {
    if (row_bytes(rows, r) != row_bytes(rows, graph.ids(r, graph.k() - 1))) continue;
    crowded.push_back(r);
    bytes.push_back(row_bytes(rows, r));
  }
  const std::vector<std::uint32_t> first = first_equals(bytes, {}, context);
  std::vector<std::uint32_t> order(crowded.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, {}, [&](std::uint32_t i) { return first[i]; });
  for (auto from = order.begin(); from != order.end();) {
    const auto to = std::find_if(from, order.end(), [&](std::uint32_t i) { return first[i] != first[*from]; });
    const auto size = static_cast<std::size_t>(to - from);
    for (std::size_t i = 0; size > graph.k() && i < size; ++i) {
      const auto ids = graph.ids.row(crowded[from[static_cast<std::ptrdiff_t>(i)]]);
      for (std::size_t j = 0; j < ids.size(); ++j) ids[j] = crowded[from[static_cast<std::ptrdiff_t>((i + 1 + j) % size)]];
      std::ranges::sort(ids);
    }
    from = to;
  }
}

}  // namespace

std::string_view name_of(KnnMethod method) noexcept {
  switch (method) {
    case KnnMethod::automatic:
      return "automatic";
    case KnnMethod::tree:
      return "tree";
    case KnnMethod::scan:
      return "scan";
    case KnnMethod::graph:
      return "graph";
  }
  return "";
}

KnnGraph knn_graph(MatrixView<const float> rows, const KnnOptions& options, Context& context) {
  KnnGraph graph = find(rows, rows, true, options, context);
  if (options.spread_equals && graph.k() > 0) spread(graph, rows, context);
  return graph;
}

KnnGraph knn_of(MatrixView<const float> queries, MatrixView<const float> rows, const KnnOptions& options, Context& context) {
  if (queries.cols() != rows.cols())
    throw Error(ErrorCode::mismatch,
                "k-nearest neighbours: queries of " + std::to_string(queries.cols()) + " numbers, rows of " + std::to_string(rows.cols()));
  if (queries.rows() > 0) check_rows(queries, "k-nearest neighbours: the queries", context);
  return find(queries, rows, false, options, context);
}

}  // namespace akin
