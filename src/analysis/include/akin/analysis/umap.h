// UMAP: a map on which rows that are near each other in many dimensions are so in few (McInnes, Healy & Melville, 2018; the reference
// implementation is umap-learn). The descent draws edges and pushes off random rows as the reference does, but takes edges in rounds that
// have no row twice, so that the map does not depend on the number of threads: docs/adr/0015. Tested by umap_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/space/metric.h"

namespace akin {

enum class MapStart {
  spectral,  ///< the slowest modes of the graph
  pca,       ///< the first principal components, the largest coordinate 10
  random,    ///< uniform in [−10, 10)
};

struct UmapOptions {
  std::size_t n_components = 2;  ///< numbers of a place, 1–32
  std::size_t n_neighbors = 15;  ///< a row itself counted, as umap-learn does: 2 – n. More: the larger shape, less of the small
  float min_dist = 0.1F;         ///< how near places may come, 0 – spread
  float spread = 1;              ///< the scale of the places
  Metric metric = Metric::euclidean;
  std::size_t n_epochs = 0;  ///< 0: 500, or 200 for more than 10,000 rows
  float learning_rate = 1;
  float repulsion = 1;  ///< strength of what pushes rows apart
  int n_negatives = 5;  ///< random rows that push, for each edge that pulls
  MapStart start = MapStart::spectral;
  /// Supervised: a label a row, −1 where it is not known; empty: none.
  std::span<const std::int32_t> labels = {};
  float target_weight = 0.5F;  ///< 0: labels do not matter, towards 1: they alone
};

/// The map of some rows, and what new ones are placed by.
struct Umap {
  Matrix<float> places;  ///< (n, n_components)
  UmapOptions options;   ///< without labels
  float a = 0, b = 0;    ///< of the curve 1 / (1 + a d^2b) that fits min_dist and spread
};

/// Rows (n, dim) → places. The result depends on rows, options and context.seed only. O(n log n) from 200,000 rows on (graph search finds
/// the neighbours), O(n² · dim) below. Throws Error{invalid_argument} for options out of range, rows that are not finite, and labels that
/// are not as many as rows; Error{limit} for more than 2^24 rows; Error{cancelled}.
Umap umap(MatrixView<const float> rows, const UmapOptions& options, Context& context);

/// Places for `queries` on the map of `rows`, the ones it was made of, which do not move. Where a query lands depends on it alone, not on
/// what comes with it. (queries, n_components). Throws Error{mismatch}, Error{invalid_argument}, Error{cancelled}.
Matrix<float> place_on_umap(const Umap& map, MatrixView<const float> rows, MatrixView<const float> queries, Context& context);

/// a and b of the curve 1 / (1 + a d^2b) nearest to 1 below min_dist and exp(−(d − min_dist) / spread) beyond, at 300 places up to
/// 3 · spread (least squares, as umap-learn).
struct UmapCurve {
  float a = 0, b = 0;
};
UmapCurve umap_curve(float min_dist, float spread);

}  // namespace akin
