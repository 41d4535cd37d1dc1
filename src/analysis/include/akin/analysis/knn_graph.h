// The nearest neighbours of every row among the others: what density, manifolds and outliers are read from. By a tree where rows have few
// numbers, by a scan of all rows that looks at 8-bit codes first (flat.h), or by graph search (hnsw.h) where there are many rows and a few
// missed neighbours do no harm. Tested by knn_graph_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/space/metric.h"

namespace akin {

enum class KnnMethod {
  automatic,  ///< tree: Euclidean and at most kTreeDims numbers a row; else scan, or graph from kGraphRows rows on
  tree,       ///< exact; Euclidean only
  scan,       ///< exact; O(n²)
  graph,      ///< approximate: misses about a hundredth of the neighbours; not Manhattan
};
inline constexpr std::size_t kTreeDims = 12;
inline constexpr std::size_t kGraphRows = 200'000;  ///< where both take as long (MiniLM vectors, two threads)

/// "automatic", "tree", "scan", "graph".
std::string_view name_of(KnnMethod method) noexcept;

struct KnnOptions {
  std::size_t k = 15;  ///< neighbours of a row, itself not counted; all others if there are fewer
  Metric metric = Metric::euclidean;
  KnnMethod method = KnnMethod::automatic;
  bool exact = false;  ///< automatic: never by graph
  float recall = 0;    ///< of graph: SearchParameters::recall; 0: 0.99
  /// Of rows that more than k others equal bit by bit, each has the k that come after it, around the end: no few are everybody's neighbours.
  bool spread_equals = false;
};

/// Row r's neighbours, the nearest first, equally near ones by their number (see spread_equals).
struct KnnGraph {
  Matrix<std::uint32_t> ids;           ///< (n, min(k, n − 1))
  Matrix<float> distances;             ///< the same, of the metric: not squared
  KnnMethod method = KnnMethod::scan;  ///< that was taken
  [[nodiscard]] std::size_t size() const noexcept { return ids.rows(); }
  [[nodiscard]] std::size_t k() const noexcept { return ids.cols(); }
};

/// O(n log n) by tree and graph, O(n² · dim) by scan: 20,000 × 384 in about half a second on two threads. Takes 8 · k bytes a row and what
/// the index needs. The result depends on rows, options and context.seed only. Throws Error{invalid_argument} for k = 0, rows that are not
/// finite, and a method that does not know the metric, Error{cancelled}.
KnnGraph knn_graph(MatrixView<const float> rows, const KnnOptions& options, Context& context);

/// The k nearest of `rows` to each of `queries`, which are other vectors. Throws Error{mismatch} if they are not equally wide.
KnnGraph knn_of(MatrixView<const float> queries, MatrixView<const float> rows, const KnnOptions& options, Context& context);

}  // namespace akin
