#include "cluster_methods.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <span>
#include <utility>

#include "akin/analysis/choose_k.h"
#include "akin/analysis/join_outliers.h"
#include "akin/analysis/minibatch_kmeans.h"
#include "akin/formats/npy.h"
#include "terminal.h"

namespace akin::cli {
namespace {

/// The number that --clusters gives; 0 where it says how to choose.
std::size_t number_of_clusters(const std::string& k) {
  std::size_t number = 0;
  const auto [end, code] = std::from_chars(k.data(), k.data() + k.size(), number);
  if (code == std::errc() && end == k.data() + k.size() && number > 0) return number;
  check_choice("--clusters", k, {"a number", "silhouette", "elbow"});
  return 0;
}

bool by_angle(const ClusterOptions& options) { return options.metric == "cosine"; }

std::string count_text(std::size_t n_clusters) { return grouped(n_clusters) + (n_clusters == 1 ? " cluster" : " clusters"); }

Clustering from_kmeans(KMeansResult result, nlohmann::json about, const char* steps) {
  Clustering out;
  const std::size_t k = result.centres.rows();
  const auto n_filled = static_cast<std::size_t>(std::ranges::count_if(result.sizes, [](std::size_t size) { return size > 0; }));
  out.labels = std::move(result.labels);
  out.about = std::move(about);
  out.about.update({{"k", k},
                    {"n_clusters", n_filled},
                    {"inertia", result.inertia},
                    {"n_iterations", result.n_iterations},
                    {"converged", result.converged}});
  out.summary = count_text(n_filled) + (n_filled < k ? " (of " + grouped(k) + "; the others have no rows)" : "") + ", inertia " +
                fixed(result.inertia, 3) + ", " + grouped(result.n_iterations) + " " + steps;
  return out;
}

Clustering by_kmeans(const ClusterOptions& options, const AnalysisItems& items, Context& context) {
  KMeansOptions own = options.kmeans;
  own.k = number_of_clusters(options.k);
  own.spherical = by_angle(options);
  Matrix<float> start;
  if (!options.start_file.empty()) {
    start = VectorFile(options.start_file).read();
    own.start = start.view();
    own.k = start.rows();
  }
  if (own.k > 0) return from_kmeans(kmeans(items.vectors.view(), own, context), {}, "rounds");
  const ChooseKOptions choice{.by = options.k == "elbow" ? KChoice::elbow : KChoice::silhouette};
  ChosenK chosen = choose_k(items.vectors.view(), choice, own, context);
  nlohmann::json trials = nlohmann::json::array();
  for (const KTrial& trial : chosen.trials) {
    trials.push_back({{"k", trial.k}, {"inertia", trial.inertia}});
    if (choice.by == KChoice::silhouette) trials.back()["silhouette"] = trial.silhouette;
  }
  Clustering out = from_kmeans(std::move(chosen.result), {{"chosen_by", options.k}, {"trials", std::move(trials)}}, "rounds");
  out.summary += ", their number chosen by " + options.k;
  return out;
}

Clustering by_minibatch(const ClusterOptions& options, const AnalysisItems& items, Context& context) {
  MinibatchKMeansOptions own;
  own.k = number_of_clusters(options.k);
  if (own.k == 0) throw UsageError("--method minibatch wants a number of --clusters");
  own.batch = options.batch;
  own.spherical = by_angle(options);
  return from_kmeans(minibatch_kmeans(items.vectors.view(), own, context), {{"batch", own.batch}}, "steps");
}

void write_matrix(const std::string& path, MatrixView<const float> rows) {
  VectorWriter writer(path, TensorType::f32, rows.cols());
  writer.append(rows);
  writer.commit();
}

Clustering by_hdbscan(const ClusterOptions& options, const AnalysisItems& items, Context& context) {
  HdbscanOptions own = options.hdbscan;
  own.min_samples = options.min_samples;
  own.metric = metric_from(options.metric);
  own.select.selection = options.selection == "leaf" ? ClusterSelection::leaf : ClusterSelection::eom;
  HdbscanResult result = hdbscan(items.vectors.view(), own, context);
  if (!options.membership_file.empty() && result.n_clusters() == 0)
    context.warn(options.membership_file + " is not written: there is no cluster to belong to");
  if (!options.membership_file.empty() && result.n_clusters() > 0)
    write_matrix(options.membership_file, hdbscan_membership(items.vectors.view(), result, own, context).view());
  Clustering out;
  out.summary = count_text(result.n_clusters()) + " by density";
  out.about = {{"min_cluster_size", own.min_cluster_size},
               {"min_samples", own.min_samples > 0 ? own.min_samples : own.min_cluster_size},
               {"selection", options.selection},
               {"epsilon", own.select.epsilon},
               {"n_clusters", result.n_clusters()}};
  out.labels = std::move(result.labels);
  out.probabilities = std::move(result.probabilities);
  return out;
}

/// Four numbers a merge, as scipy.cluster.hierarchy reads them.
void write_tree(const std::string& path, const Linkage& linkage) {
  NpyWriter writer(path, TensorType::f64, {4});
  for (const Merge& merge : linkage.merges) {
    const double row[] = {static_cast<double>(merge.a), static_cast<double>(merge.b), merge.distance, static_cast<double>(merge.size)};
    writer.append(std::as_bytes(std::span(row)));
  }
  writer.commit();
}

Clustering by_agglomeration(const ClusterOptions& options, const AnalysisItems& items, Context& context) {
  AgglomerativeOptions own;
  own.method = linkage_method_from(options.linkage);
  own.metric = metric_from(options.metric);
  const std::size_t k = options.distance > 0 ? 0 : number_of_clusters(options.k);
  if (options.distance <= 0 && k == 0) throw UsageError("--method agglomerative wants a number of --clusters, or --distance");
  const Linkage linkage = agglomerative(items.vectors.view(), own, context);
  if (!options.tree_file.empty()) write_tree(options.tree_file, linkage);
  Clustering out;
  out.labels = options.distance > 0 ? cut_at_distance(linkage, options.distance) : cut_to_clusters(linkage, k);
  const std::size_t n_clusters = n_clusters_of(out.labels);
  out.about = {{"linkage", options.linkage}, {"n_clusters", n_clusters}};
  if (options.distance > 0) out.about["distance"] = options.distance;
  out.summary = count_text(n_clusters) + " of a tree by " + options.linkage + " linkage";
  return out;
}

Clustering by_dbscan(const ClusterOptions& options, const AnalysisItems& items, Context& context) {
  if (options.distance <= 0) throw UsageError("--method dbscan wants --distance: how near neighbours are");
  DbscanOptions own;
  own.epsilon = options.distance;
  if (options.min_samples > 0) own.min_samples = options.min_samples;
  own.metric = metric_from(options.metric);
  DbscanResult result = dbscan(items.vectors.view(), own, context);
  Clustering out;
  out.labels = std::move(result.labels);
  const std::size_t n_clusters = n_clusters_of(out.labels);
  out.about = {{"distance", own.epsilon}, {"min_samples", own.min_samples}, {"n_clusters", n_clusters}};
  out.summary = count_text(n_clusters) + " by density";
  return out;
}

using Method = Clustering (*)(const ClusterOptions&, const AnalysisItems&, Context&);
const std::vector<std::pair<std::string, Method>>& methods() {
  static const std::vector<std::pair<std::string, Method>> table = {{"kmeans", by_kmeans},
                                                                    {"minibatch", by_minibatch},
                                                                    {"hdbscan", by_hdbscan},
                                                                    {"agglomerative", by_agglomeration},
                                                                    {"dbscan", by_dbscan}};
  return table;
}

}  // namespace

void add_cluster_options(CLI::App& verb, ClusterOptions& options) {
  const auto number = [&](const char* name, auto& value, const char* what) {
    verb.add_option(name, value, what)->capture_default_str()->type_name("N");
  };
  verb.add_option("--method", options.method, "kmeans; minibatch (k-means of very many rows); hdbscan; agglomerative; dbscan")
      ->capture_default_str()
      ->type_name("NAME");
  verb.add_option("-k,--clusters", options.k, "How many; of kmeans also 'silhouette' or 'elbow': how their number is chosen")
      ->capture_default_str()
      ->type_name("N");
  verb.add_option("--metric", options.metric, "euclidean, or cosine: by angle alone")->capture_default_str()->type_name("NAME");
  number("--starts", options.kmeans.n_starts, "Of kmeans: runs from different starts, of which the best is kept");
  number("--max-iterations", options.kmeans.max_iterations, "Of kmeans: rounds of a run at most");
  verb.add_option("--tolerance", options.kmeans.tolerance,
                  "Of kmeans: a run ends when the centres move less; 0: when no row changes its cluster")
      ->capture_default_str()
      ->type_name("X");
  verb.add_option("--start", options.start_file, "Of kmeans: the centres to begin from, a file of vectors; their number is --clusters")
      ->type_name("FILE");
  number("--batch", options.batch, "Of minibatch: rows of a step");
  number("--min-cluster-size", options.hdbscan.min_cluster_size, "Of hdbscan: smaller groups are none");
  number("--min-samples", options.min_samples,
         "Of hdbscan: neighbours that tell how dense a row lies (0: --min-cluster-size); of dbscan: rows near it, itself counted (0: 5)");
  verb.add_option("--select", options.selection, "Of hdbscan: eom (the most stable clusters) or leaf (the smallest)")
      ->capture_default_str()
      ->type_name("NAME");
  verb.add_option("--epsilon", options.hdbscan.select.epsilon, "Of hdbscan: clusters nearer to each other than this are one")
      ->capture_default_str()
      ->type_name("X");
  verb.add_flag("--allow-single-cluster", options.hdbscan.select.allow_single_cluster, "Of hdbscan: all may be one cluster");
  verb.add_option("--membership", options.membership_file, "Of hdbscan: how much each row belongs to each cluster, to .npy or .safetensors")
      ->type_name("FILE");
  verb.add_option("--linkage", options.linkage, "Of agglomerative: ward, average, complete or single")
      ->capture_default_str()
      ->type_name("NAME");
  verb.add_option("--distance", options.distance,
                  "Of agglomerative: the tree is cut here instead of by --clusters; of dbscan: of neighbours")
      ->type_name("X");
  verb.add_option("--tree", options.tree_file, "Of agglomerative: the tree as scipy's linkage matrix, to .npy")->type_name("FILE");
  verb.add_flag("--join-outliers", options.join_outliers, "Rows of no cluster go to that of their nearest clustered row");
}

void check_cluster_options(const ClusterOptions& options) {
  std::vector<std::string> names;
  for (const auto& [name, run] : methods()) names.push_back(name);
  check_choice("--method", options.method, names);
  check_choice("--metric", options.metric, {"euclidean", "cosine"});
  check_choice("--select", options.selection, {"eom", "leaf"});
  check_choice("--linkage", options.linkage, {"ward", "average", "complete", "single"});
  number_of_clusters(options.k);
  if (!options.tree_file.empty() && !options.tree_file.ends_with(".npy")) throw UsageError("--tree: the tree is written to a .npy file");
  if (!options.start_file.empty() && options.method != "kmeans") throw UsageError("--start belongs to --method kmeans");
  if (!options.tree_file.empty() && options.method != "agglomerative") throw UsageError("--tree belongs to --method agglomerative");
  if (!options.membership_file.empty() && options.method != "hdbscan") throw UsageError("--membership belongs to --method hdbscan");
}

Clustering cluster_by(const ClusterOptions& options, const AnalysisItems& items, Context& context) {
  const auto start = std::chrono::steady_clock::now();
  const auto method = std::ranges::find(methods(), options.method, &std::pair<std::string, Method>::first);
  Clustering out = method->second(options, items, context);
  if (options.join_outliers) {
    const auto n_outside = static_cast<std::size_t>(std::ranges::count(out.labels, -1));
    out.labels = join_outliers(items.vectors.view(), out.labels, metric_from(options.metric), context);
    out.about["n_joined"] = n_outside - static_cast<std::size_t>(std::ranges::count(out.labels, -1));
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  out.about.update({{"method", options.method}, {"metric", options.metric}, {"seed", context.seed}, {"seconds", seconds}});
  out.summary += ", " + seconds_text(seconds);
  return out;
}

}  // namespace akin::cli
