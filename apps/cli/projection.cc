#include "projection.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "akin/akin.h"
#include "command.h"
#include "terminal.h"

namespace akin::cli {
namespace {

// Fewer rows have no neighbourhoods to keep.
constexpr std::size_t kFewestRows = 8;

/// Vectors of which angles or products count are compared by angle.
Metric metric_of(const ProjectionOptions& options, const ProjectedRows& given) {
  if (!options.metric.empty()) return metric_from(options.metric);
  return given.metric.empty() || given.metric == "euclidean" ? Metric::euclidean : Metric::cosine;
}

Projection by_pca(const ProjectionOptions&, const ProjectedRows& given, Context& context) {
  const MatrixView<const float> rows = given.rows;
  const Pca found = pca(rows, {std::min<std::size_t>({2, rows.rows(), rows.cols()}), PcaSolver::automatic, true}, context);
  Projection out;
  out.points = found.plane(rows, context);
  double part = 0;
  for (const double ratio : found.explained_variance_ratio) part += ratio;
  out.about = {{"method", "pca"}, {"explained_variance_ratio", found.explained_variance_ratio}};
  out.made.kind = MapKind::pca;
  out.made.pca.mean = found.mean;
  out.made.pca.components = found.components.clone();
  out.made_by = "principal components, " + fixed(100 * part, 1) + " % of the variance";
  return out;
}

Projection by_umap(const ProjectionOptions& options, const ProjectedRows& given, Context& context) {
  const MatrixView<const float> rows = given.rows;
  UmapOptions own = options.umap;
  own.metric = metric_of(options, given);
  own.n_neighbors = std::min(own.n_neighbors, rows.rows());
  own.labels = given.labels;
  Projection out;
  Umap found = umap(rows, own, context);
  out.points = std::move(found.places);
  out.made.kind = MapKind::umap;
  out.made.umap = found.options;
  out.made.curve = {found.a, found.b};
  out.about = {{"method", "umap"}, {"n_neighbors", own.n_neighbors}, {"min_dist", own.min_dist}, {"supervised", !given.labels.empty()}};
  out.made_by = std::string(given.labels.empty() ? "UMAP" : "supervised UMAP") + ", " + std::to_string(own.n_neighbors) + " neighbours";
  return out;
}

Projection by_tsne(const ProjectionOptions& options, const ProjectedRows& given, Context& context) {
  const MatrixView<const float> rows = given.rows;
  TsneOptions own = options.tsne;
  own.metric = metric_of(options, given);
  own.repulsion = tsne_repulsion_from(options.repulsion);
  own.perplexity = std::min(own.perplexity, static_cast<double>(rows.rows() - 1) / 3);
  Tsne found = tsne(rows, own, context);
  Projection out;
  out.points = std::move(found.places);
  out.made.kind = MapKind::tsne;
  out.made.tsne = found.options;
  out.about = {{"method", "tsne"}, {"perplexity", own.perplexity}, {"repulsion", options.repulsion}, {"divergence", found.divergence}};
  out.made_by = "t-SNE, perplexity " + fixed(own.perplexity, 0);
  return out;
}

using Method = Projection (*)(const ProjectionOptions&, const ProjectedRows&, Context&);
const std::vector<std::pair<std::string, Method>>& methods() {
  static const std::vector<std::pair<std::string, Method>> table = {{"umap", by_umap}, {"tsne", by_tsne}, {"pca", by_pca}};
  return table;
}

}  // namespace

void add_projection_options(CLI::App& verb, ProjectionOptions& options, CLI::Option* onto) {
  verb.add_option("--method", options.method, "How rows become places: umap, tsne or pca")->capture_default_str()->type_name("NAME");
  verb.add_option("--metric", options.metric,
                  "Of umap and tsne: cosine or euclidean; default: that of the vectors' space, or else euclidean")
      ->type_name("METRIC");
  verb.add_option("--neighbors", options.umap.n_neighbors, "Of umap: neighbours of a row; more show the larger shape")
      ->capture_default_str()
      ->check(CLI::Range(2, 1000))
      ->type_name("N");
  verb.add_option("--min-dist", options.umap.min_dist, "Of umap: how near places may come")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0))
      ->type_name("X");
  verb.add_option("--perplexity", options.tsne.perplexity, "Of tsne: about how many neighbours a row feels")
      ->capture_default_str()
      ->check(CLI::Range(1.0, 1000.0))
      ->type_name("X");
  verb.add_option("--repulsion", options.repulsion,
                  "Of tsne: how the push of all rows is summed: over a tree, over a grid, or automatic, which is what is quicker")
      ->capture_default_str()
      ->type_name("NAME");
  verb.add_flag("--supervised", options.supervised, "Of umap: rows of one label are drawn together (--label-field)");
  for (const char* name : {"--method", "--metric", "--neighbors", "--min-dist", "--perplexity", "--repulsion", "--supervised"})
    onto->excludes(verb.get_option(name));
}

void check_projection_options(const ProjectionOptions& options) {
  check_choice("--method", options.method, {"umap", "tsne", "pca"});
  if (!options.metric.empty()) check_choice("--metric", options.metric, {"cosine", "euclidean"});
  check_choice("--repulsion", options.repulsion, {"automatic", "tree", "grid"});
  if (options.supervised && options.method != "umap") throw UsageError("--supervised belongs to --method umap");
}

Projection project(const ProjectionOptions& options, const ProjectedRows& rows, Context& context) {
  const auto start = std::chrono::steady_clock::now();
  const bool is_few = rows.rows.rows() < kFewestRows;
  const auto method = std::ranges::find(methods(), is_few ? "pca" : options.method, &std::pair<std::string, Method>::first);
  Projection out = method->second(options, rows, context);
  out.about["seconds"] = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return out;
}

Projection project_onto(const SavedMap& map, MatrixView<const float> rows, Context& context) {
  const auto start = std::chrono::steady_clock::now();
  PlacedRows placed = place_on_map(map, rows, context);
  Projection out;
  const std::size_t n_new = rows.rows() - placed.n_known;
  out.points = std::move(placed.places);
  out.about = {{"method", name_of(map.kind)}, {"n_known", placed.n_known}, {"n_new", n_new}};
  out.about["seconds"] = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  out.made_by = grouped(n_new) + " of them placed on a map of " + grouped(map.rows.rows());
  out.made = map.without_rows();
  return out;
}

}  // namespace akin::cli
