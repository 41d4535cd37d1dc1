#include "eval_map.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "akin/akin.h"
#include "akin/analysis/label_agreement.h"
#include "akin/analysis/map_quality.h"
#include "akin/base/rng.h"
#include "label_file.h"
#include "terminal.h"

namespace akin::cli {
namespace {

/// At most `most` of n rows, by a seeded draw, rising.
std::vector<std::size_t> sample_of(std::size_t n, std::size_t most, std::uint64_t seed) {
  std::vector<std::size_t> rows(n);
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  if (most == 0 || n <= most) return rows;
  Rng rng(seed);
  for (std::size_t i = 0; i < most; ++i) std::swap(rows[i], rows[i + rng.below(n - i)]);
  rows.resize(most);
  std::ranges::sort(rows);
  return rows;
}

Matrix<float> picked(const Matrix<float>& from, const std::vector<std::size_t>& rows) {
  Matrix<float> out = Matrix<float>::uninitialized(rows.size(), from.cols());
  for (std::size_t i = 0; i < rows.size(); ++i) std::ranges::copy(from.row(rows[i]), out.row(i).begin());
  return out;
}

}  // namespace

void add_map_test_options(CLI::App& verb, MapTest& options) {
  verb.add_option("--labels", options.labels, "Of map: a label a row, for the share of rows that stand among their like")
      ->type_name("FILE");
  verb.add_option("--map-metric", options.metric, "Of map: who is near whom in truth: euclidean, cosine or dot")
      ->capture_default_str()
      ->type_name("NAME");
  verb.add_option("--map-neighbors", options.neighbors, "Of map: so many neighbours are looked at")->capture_default_str()->type_name("N");
  verb.add_option("--sample", options.sample, "Of map: so many rows are drawn, as all pairs are compared; 0: all")
      ->capture_default_str()
      ->type_name("N");
}

void run_map_test(const std::vector<std::string>& paths, const MapTest& options, const std::string& label_field, const Common& common,
                  Context& context) {
  if (paths.size() != 2) throw UsageError("map takes a file of vectors and one of their places (.npy, .fvecs, .safetensors)");
  const Matrix<float> rows = VectorFile(paths[0]).read(), places = VectorFile(paths[1]).read();
  if (rows.rows() != places.rows())
    throw Error(ErrorCode::mismatch,
                paths[0] + " has " + grouped(rows.rows()) + " rows, " + paths[1] + " has " + grouped(places.rows()) + " places");
  const std::vector<std::size_t> sample = sample_of(rows.rows(), options.sample, common.seed);
  const MapQuality quality =
      map_quality(picked(rows, sample).view(), picked(places, sample).view(), options.neighbors, metric_from(options.metric), context);
  nlohmann::json json = {{"n", rows.rows()},
                         {"sample", sample.size()},
                         {"neighbors", options.neighbors},
                         {"trustworthiness", quality.trustworthiness},
                         {"continuity", quality.continuity},
                         {"kept_neighbors", quality.kept_neighbors}};
  Table table{{"trustworthiness", "continuity", "kept neighbours", "rows", "compared"},
              {{fixed(quality.trustworthiness, 4), fixed(quality.continuity, 4), fixed(quality.kept_neighbors, 4), grouped(rows.rows()),
                grouped(sample.size())}}};
  if (!options.labels.empty()) {
    const std::vector<std::int32_t> labels = number_labels(read_label_file(options.labels, label_field));
    if (labels.size() != places.rows())
      throw Error(ErrorCode::mismatch, options.labels + " has " + grouped(labels.size()) + " labels, " + paths[1] + " has " +
                                           grouped(places.rows()) + " places");
    const double share = neighbor_accuracy(places.view(), labels, 10, context);
    json["neighbor_accuracy"] = share;
    table.header.emplace_back("among their like");
    table.rows[0].push_back(fixed(share, 4));
  }
  if (common.json) return print_json(json);
  print(table.text());
}

}  // namespace akin::cli
