#include "eval_clustering.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "akin/akin.h"
#include "akin/analysis/cluster_scores.h"
#include "akin/analysis/label_agreement.h"
#include "label_file.h"
#include "terminal.h"

namespace akin::cli {
namespace {

constexpr std::size_t kSilhouetteRows = 5000;

/// Found clusters as numbers; "-1" is that of no cluster.
std::vector<std::int32_t> numbers_of(const std::vector<std::string>& found) {
  std::vector<std::int32_t> numbers = number_labels(found);
  for (std::size_t i = 0; i < found.size(); ++i)
    if (found[i] == "-1") numbers[i] = -1;
  return numbers;
}

nlohmann::json json_of(const LabelAgreement& agreement, std::size_t n) {
  return {{"n", n},
          {"adjusted_rand", agreement.adjusted_rand},
          {"v_measure", agreement.v_measure},
          {"homogeneity", agreement.homogeneity},
          {"completeness", agreement.completeness},
          {"n_true", agreement.n_true},
          {"n_found", agreement.n_found}};
}

std::vector<std::string> row_of(const std::string& rows, const LabelAgreement& agreement, std::size_t n) {
  return {fixed(agreement.adjusted_rand, 4),
          fixed(agreement.v_measure, 4),
          fixed(agreement.homogeneity, 4),
          fixed(agreement.completeness, 4),
          grouped(agreement.n_found),
          grouped(agreement.n_true),
          grouped(n),
          rows};
}

/// Of the rows that have a cluster.
struct Clustered {
  std::vector<std::int32_t> truth, found;
};

Clustered clustered_of(const std::vector<std::int32_t>& truth, const std::vector<std::int32_t>& found) {
  Clustered out;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i] < 0) continue;
    out.truth.push_back(truth[i]);
    out.found.push_back(found[i]);
  }
  return out;
}

}  // namespace

void add_clustering_test_options(CLI::App& verb, ClusteringTest& options) {
  verb.add_option("--found-field", options.found_field, "Of clustering: field or column of the found clusters")
      ->capture_default_str()
      ->type_name("NAME");
  verb.add_option("--truth-field", options.truth_field, "Of clustering: field or column of the true labels")
      ->capture_default_str()
      ->type_name("NAME");
  verb.add_option("--vectors", options.vectors, "Of clustering: the vectors, to tell how well the clusters lie apart")->type_name("FILE");
}

void run_clustering_test(const std::vector<std::string>& paths, const ClusteringTest& options, const Common& common, Context& context) {
  if (paths.size() > 2) throw UsageError("clustering takes a file with both, or one of clusters and one of true labels");
  const std::vector<std::int32_t> found = numbers_of(read_label_file(paths.front(), options.found_field));
  const std::vector<std::int32_t> truth = number_labels(read_label_file(paths.back(), options.truth_field));
  if (found.size() != truth.size())
    throw Error(ErrorCode::mismatch, paths.front() + " has " + grouped(found.size()) + " clusters, " + paths.back() + " has " +
                                         grouped(truth.size()) + " labels");
  const LabelAgreement all = compare_labels(truth, found);
  nlohmann::json json = json_of(all, found.size());
  Table table{{"ARI", "V-measure", "homogeneity", "completeness", "clusters", "classes", "rows", ""}, {row_of("all", all, found.size())}};
  const Clustered clustered = clustered_of(truth, found);
  if (clustered.found.size() < found.size() && !clustered.found.empty()) {
    const LabelAgreement inside = compare_labels(clustered.truth, clustered.found);
    json["clustered"] = json_of(inside, clustered.found.size());
    table.rows.push_back(row_of("in a cluster", inside, clustered.found.size()));
  }
  std::string apart;
  if (!options.vectors.empty()) {
    const Matrix<float> vectors = VectorFile(options.vectors).read();
    json["silhouette"] = silhouette(vectors.view(), found, {.sample = kSilhouetteRows}, context);
    json["davies_bouldin"] = davies_bouldin(vectors.view(), found, context);
    apart = "silhouette " + fixed(json["silhouette"].get<double>(), 4) + ", Davies–Bouldin " +
            fixed(json["davies_bouldin"].get<double>(), 4) + "\n";
  }
  if (common.json) return print_json(json);
  print(table.text() + apart);
}

}  // namespace akin::cli
