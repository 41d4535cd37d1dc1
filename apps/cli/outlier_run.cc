#include "outlier_run.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <utility>

#include "akin/akin.h"
#include "akin/analysis/rows.h"
#include "akin/analysis/series_windows.h"
#include "text_source.h"

namespace akin::cli {
namespace {

using Clock = std::chrono::steady_clock;

float value_of(const std::string& cell, const std::string& where) {
  float value = 0;
  const auto [end, code] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (code != std::errc() || end != cell.data() + cell.size() || !std::isfinite(value))
    throw Error(ErrorCode::corrupt, where + ": '" + cell.substr(0, 40) + "' is no finite number");
  return value;
}

/// Values of one column; other columns name and label them.
AnalysisItems read_series(const OutlierRunOptions& options) {
  if (options.source.inputs.size() != 1) throw UsageError("--window is for one file with a series (.csv, .tsv, .jsonl)");
  const std::string& path = options.source.inputs.front();
  const auto source = open_records(path);
  const std::vector<std::string> names = source->names();
  const auto column = static_cast<std::size_t>(std::ranges::find(names, options.value_field) - names.begin());
  if (column == names.size())
    throw Error(ErrorCode::not_found, path + ": no field '" + options.value_field + "'; name the values' with --value-field");
  AnalysisItems items;
  items.source = path;
  std::vector<float> values;
  for (std::vector<std::string> cells; source->next(cells);) {
    if (cells.size() < names.size()) throw Error(ErrorCode::corrupt, source->where() + ": the record has too few cells");
    values.push_back(value_of(cells[column], source->where()));
    items.names.push_back(column == 0 ? source->where() : cells[0]);
    items.texts.push_back(items.names.back() + "  " + cells[column]);
    items.fields.emplace_back();
    for (std::size_t c = 0; c < names.size(); ++c)
      if (c != column) items.fields.back().emplace_back(names[c], std::move(cells[c]));
    if (!options.source.label_field.empty()) items.labels.emplace_back(items.field(items.names.size() - 1, options.source.label_field));
  }
  items.vectors = Matrix<float>::uninitialized(values.size(), 1);
  std::ranges::copy(values, items.vectors.data());
  return items;
}

AnalysisItems read_items(const OutlierRunOptions& options, const Common& common, Context& context) {
  return options.window > 0 ? read_series(options) : read_analysis_items(options.source, common, context);
}

/// Whether the records of a table have a field of that name, which then is no number of their vectors.
bool has_field(const std::string& path, const std::string& field) {
  const std::string ending = std::filesystem::path(path).extension().string();
  if (field.empty() || (ending != ".csv" && ending != ".tsv" && ending != ".jsonl" && ending != ".ndjson")) return false;
  const auto source = open_records(path);
  return std::ranges::find(source->names(), field) != source->names().end();
}

/// The good rows that new ones are judged by, from a source of the same kind.
AnalysisItems read_good(const OutlierRunOptions& options, const AnalysisItems& items, const Common& common, Context& context) {
  OutlierRunOptions other = options;
  other.source.inputs = {options.good};
  other.source.collection.clear();
  other.source.label_file.clear();
  if (!has_field(options.good, other.source.label_field)) other.source.label_field.clear();
  AnalysisItems good = read_items(other, common, context);
  if (!good.fingerprint.empty() && !items.fingerprint.empty() && good.fingerprint != items.fingerprint)
    throw Error(ErrorCode::mismatch, options.good + ": its vectors are of another space than those of " + items.source);
  if (good.vectors.cols() != items.vectors.cols())
    throw Error(ErrorCode::mismatch, options.good + ": vectors of " + std::to_string(good.vectors.cols()) + " numbers; " + items.source +
                                         " has " + std::to_string(items.vectors.cols()));
  return good;
}

Matrix<float> vectors_of(AnalysisItems& items, std::size_t window) {
  if (window == 0) return std::move(items.vectors);
  return series_windows({items.vectors.data(), items.vectors.rows()}, window);
}

OutlierOptions detector_of(const OutlierRunOptions& options, const AnalysisItems& items) {
  check_choice("--method", options.method, {"knn", "lof", "iforest", "mahalanobis", "ecod"});
  check_choice("--metric", options.metric, {"auto", "cosine", "euclidean", "manhattan"});
  OutlierOptions out = options.detector;
  out.method = outlier_method_from(options.method);
  const bool by_angle = options.metric == "auto" && items.metric == "cosine" && !options.standardize;
  out.metric = options.metric != "auto" ? metric_from(options.metric) : by_angle ? Metric::cosine : Metric::euclidean;
  return out;
}

void score(const OutlierOptions& options, std::size_t window, OutlierRun& run, Context& context) {
  const Clock::time_point start = Clock::now();
  const OutlierDetector detector(run.known(), options, context);
  std::vector<double> calm = detector.known();
  run.scores = run.good ? detector.scores(run.vectors.view(), context) : calm;
  run.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  if (window > 0) {
    run.scores = scores_of_values(run.scores, window);
    calm = scores_of_values(calm, window);
  }
  run.p_values = p_values(run.scores, calm, !run.good);
}

}  // namespace

OutlierRun run_outliers(const OutlierRunOptions& options, const Common& common, Context& context) {
  OutlierRun run;
  run.items = read_items(options, common, context);
  const OutlierOptions detector = detector_of(options, run.items);
  run.metric = detector.metric;
  if (!options.good.empty()) run.good = read_good(options, run.items, common, context);
  run.vectors = vectors_of(run.items, options.window);
  if (run.good) run.good_vectors = vectors_of(*run.good, options.window);
  if (options.standardize) {
    check_rows(run.known(), "outliers", context);
    const ColumnScale scale = column_scale(run.known());
    run.vectors = scaled(run.vectors.view(), scale);
    if (run.good) run.good_vectors = scaled(run.good_vectors.view(), scale);
  }
  score(detector, options.window, run, context);
  return run;
}

void add_outlier_options(CLI::App& verb, OutlierRunOptions& options, Common& common) {
  add_analysis_source(verb, options.source, common);
  verb.add_option("--method", options.method,
                  "knn (distance to the k-th neighbour), lof (local outlier factor), iforest (isolation forest), mahalanobis or ecod")
      ->capture_default_str()
      ->type_name("NAME");
  verb.add_option("-k,--neighbours", options.detector.k, "Of knn and lof: how many neighbours")->capture_default_str()->type_name("N");
  verb.add_option("--metric", options.metric, "Of knn and lof: cosine, euclidean or manhattan; auto: the space's, else euclidean")
      ->capture_default_str()
      ->type_name("NAME");
  verb.add_option("--trees", options.detector.forest.n_trees, "Of iforest: how many trees")->capture_default_str()->type_name("N");
  verb.add_option("--sample", options.detector.forest.sample, "Of iforest: rows that a tree is made of")
      ->capture_default_str()
      ->type_name("N");
  verb.add_flag("--standardize", options.standardize, "Columns of different units are brought to mean 0 and deviation 1 first");
  verb.add_option("--good", options.good, "Judge the inputs by these rows, which are known to be good, instead of by each other")
      ->type_name("FILE");
  verb.add_option("--window", options.window, "The input is a series: look at runs of so many values")->type_name("N");
  verb.add_option("--value-field", options.value_field, "Of a series: field or column of the value")
      ->capture_default_str()
      ->type_name("NAME");
}

}  // namespace akin::cli
