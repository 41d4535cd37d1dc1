// t-SNE: a map that keeps the near neighbours of rows (van der Maaten & Hinton, 2008), its repulsion summed over cells of a tree
// (Barnes–Hut: van der Maaten, 2014), or over the nodes of a grid (Linderman et al., 2019). Points that lie together walk the tree
// together, and are pushed by its cells side by side. Tested by tsne_test.cc.
#pragma once

#include <cstddef>
#include <string_view>

#include "akin/analysis/umap.h"
#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/space/metric.h"

namespace akin {

/// How the push of all rows is summed.
enum class TsneRepulsion {
  automatic,  ///< in each epoch what is quicker for so many rows on a map so large: grid at first, later where rows are many
  tree,       ///< cells of a tree that are far are one source each (Barnes–Hut)
  grid,  ///< rows shared among nodes, and a convolution over these (FIt-SNE); tree while the map is smaller than 0.02 or wider than 1,300
};
/// "automatic", "tree", "grid".
std::string_view name_of(TsneRepulsion repulsion) noexcept;
/// Throws Error{invalid_argument} listing the names.
TsneRepulsion tsne_repulsion_from(std::string_view name);

struct TsneOptions {
  double perplexity = 30;  ///< about how many neighbours a row feels, 1 – (n − 1) / 3; more rows, more of the larger shape
  Metric metric = Metric::euclidean;
  std::size_t n_early = 250;   ///< epochs with attraction made early_exaggeration times as strong, in which groups gather
  std::size_t n_epochs = 750;  ///< epochs after them
  double early_exaggeration = 12;
  double exaggeration = 1;  ///< in the epochs after: up to 4 draws groups tighter together, more like UMAP
  /// 0: n / (4 exaggeration), at least 50: for this gradient, without its factor 4, what Belkina et al. (2019) advise for the early epochs.
  double learning_rate = 0;
  TsneRepulsion repulsion = TsneRepulsion::automatic;
  double theta = 0.5;              ///< of tree: a cell is taken as one if it is smaller than that part of its distance; 0: exact, O(n²)
  MapStart start = MapStart::pca;  ///< scaled to a deviation of 1e-4; spectral is taken as pca
};

struct Tsne {
  Matrix<float> places;   ///< (n, 2)
  double divergence = 0;  ///< Kullback–Leibler, of the places from the rows' neighbourhoods, as far as those reach
  TsneOptions options;
};

/// Rows (n, dim) → places on a plane. The result depends on rows, options and context.seed only. O(n log n) an epoch, besides finding
/// 3 · perplexity neighbours (knn_graph.h, exact below 200,000 rows). Throws Error{invalid_argument} for options out of range and rows that
/// are not finite, Error{cancelled}.
Tsne tsne(MatrixView<const float> rows, const TsneOptions& options, Context& context);

/// Places for `queries` on the map of `rows`, the ones it was made of, which do not move: among the neighbours' places, then moved by their
/// pull and the push of all. Where a query lands depends on it alone. Throws Error{mismatch}, Error{invalid_argument}, Error{cancelled}.
Matrix<float> place_on_tsne(const Tsne& map, MatrixView<const float> rows, MatrixView<const float> queries, Context& context);

}  // namespace akin
