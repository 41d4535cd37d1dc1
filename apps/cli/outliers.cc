#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <span>

#include "akin/akin.h"
#include "akin/analysis/knn_graph.h"
#include "akin/base/atomic_file.h"
#include "akin/formats/npy.h"
#include "csv_cell.h"
#include "outlier_run.h"
#include "terminal.h"
#include "verbs.h"

namespace akin::cli {
namespace {

struct Options {
  OutlierRunOptions run;
  std::size_t top = 10, n_near = 3;
  double contamination = 0, p_value = 0;
  std::string out;
};

void check(const Options& options) {
  const std::string ending = std::filesystem::path(options.out).extension().string();
  if (!options.out.empty() && ending != ".csv" && ending != ".jsonl" && ending != ".npy")
    throw UsageError("--out: scores are written to .csv, .jsonl or .npy, not to '" + options.out + "'");
  if (options.contamination != 0 && options.p_value != 0) throw UsageError("--contamination and --p-value both say who is out: pass one");
  if (options.contamination < 0 || options.contamination >= 1) throw UsageError("--contamination: a share below 1 is wanted");
  if (options.p_value < 0 || options.p_value > 1) throw UsageError("--p-value: a number from 0 to 1 is wanted");
}

/// Which rows are said to be outliers; none are where nobody says how many there should be.
std::vector<bool> outliers_of(const OutlierRun& run, const Options& options) {
  std::vector<bool> out(run.scores.size());
  if (options.contamination > 0) {
    const double threshold = score_threshold(run.scores, options.contamination);
    for (std::size_t r = 0; r < out.size(); ++r) out[r] = run.scores[r] > threshold;
  } else if (options.p_value > 0) {
    for (std::size_t r = 0; r < out.size(); ++r) out[r] = run.p_values[r] <= options.p_value;
  }
  return out;
}

/// The oddest rows first.
std::vector<std::size_t> oddest(const OutlierRun& run, std::size_t n) {
  std::vector<std::size_t> order(run.scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return run.scores[a] > run.scores[b]; });
  order.resize(std::min(n, order.size()));
  return order;
}

struct Near {
  std::size_t row;
  float distance;
};

/// What the oddest rows are nearest to: what their scores are made of. Of a series nothing.
std::vector<std::vector<Near>> neighbours_of(const OutlierRun& run, std::span<const std::size_t> rows, const Options& options,
                                             Context& context) {
  std::vector<std::vector<Near>> out(rows.size());
  if (options.run.window > 0 || options.n_near == 0 || rows.empty()) return out;
  Matrix<float> asked = Matrix<float>::uninitialized(rows.size(), run.vectors.cols());
  for (std::size_t i = 0; i < rows.size(); ++i) std::ranges::copy(run.vectors.row(rows[i]), asked.row(i).begin());
  const std::size_t n_more = run.good ? 0 : 1;  // the row itself
  const KnnOptions how{.k = options.n_near + n_more, .metric = run.metric, .exact = true};
  const KnnGraph graph = knn_of(asked.view(), run.known(), how, context);
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::size_t n = 0; n < graph.k() && out[i].size() < options.n_near; ++n)
      if (run.good || graph.ids(i, n) != rows[i]) out[i].push_back({graph.ids(i, n), graph.distances(i, n)});
  return out;
}

nlohmann::json json_of(const OutlierRun& run, std::size_t row, bool is_outlier) {
  nlohmann::json json = {
      {"row", row}, {"name", run.items.names[row]}, {"score", run.scores[row]}, {"p_value", run.p_values[row]}, {"outlier", is_outlier}};
  if (!run.items.texts.empty()) json["text"] = run.items.texts[row];
  if (!run.items.labels.empty()) json["label"] = run.items.labels[row];
  return json;
}

std::string csv_line(const OutlierRun& run, std::size_t row, bool is_outlier) {
  std::string line = csv_cell(run.items.names[row]) + "," + json_text(nlohmann::json(run.scores[row])) + "," +
                     json_text(nlohmann::json(run.p_values[row])) + (is_outlier ? ",1" : ",0");
  if (!run.items.labels.empty()) line += "," + csv_cell(run.items.labels[row]);
  if (!run.items.texts.empty()) line += "," + csv_cell(run.items.texts[row]);
  return line + "\n";
}

void write_scores(const std::string& path, const OutlierRun& run, const std::vector<bool>& is_outlier) {
  if (path.ends_with(".npy")) {
    const std::vector<float> scores(run.scores.begin(), run.scores.end());
    NpyWriter writer(path, TensorType::f32, {});
    writer.append(std::as_bytes(std::span(scores)));
    return writer.commit();
  }
  AtomicFile file(path);
  if (path.ends_with(".csv"))
    file.write(std::string("name,score,p_value,outlier") + (run.items.labels.empty() ? "" : ",label") +
               (run.items.texts.empty() ? "" : ",text") + "\n");
  for (std::size_t r = 0; r < run.scores.size(); ++r)
    file.write(path.ends_with(".csv") ? csv_line(run, r, is_outlier[r]) : json_text(json_of(run, r, is_outlier[r])) + "\n");
  file.commit();
}

void print_as_json(const OutlierRun& run, const Options& options, const std::vector<bool>& is_outlier, Context& context) {
  const std::vector<std::size_t> rows = oddest(run, options.top);
  const std::vector<std::vector<Near>> near = neighbours_of(run, rows, options, context);
  nlohmann::json json = {{"source", run.items.source},
                         {"n", run.scores.size()},
                         {"method", options.run.method},
                         {"metric", name_of(run.metric)},
                         {"n_outliers", std::ranges::count(is_outlier, true)},
                         {"seconds", run.seconds},
                         {"oddest", nlohmann::json::array()}};
  if (!run.items.model.empty()) json["model"] = run.items.model;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    nlohmann::json row = json_of(run, rows[i], is_outlier[rows[i]]);
    for (const Near& n : near[i])
      row["neighbours"].push_back({{"row", n.row}, {"distance", n.distance}, {"text", run.known_items().shown(n.row)}});
    json["oddest"].push_back(std::move(row));
  }
  print_json(json);
}

void print_as_table(const OutlierRun& run, const Options& options, const std::vector<bool>& is_outlier, Context& context) {
  const std::vector<std::size_t> rows = oddest(run, options.top);
  const std::vector<std::vector<Near>> near = neighbours_of(run, rows, options, context);
  const auto columns = static_cast<std::size_t>(std::max(30, terminal_columns() - 30));
  Table table{{"score", "p", "", "row, and what it is nearest to"}, {}};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    table.rows.push_back({fixed(run.scores[rows[i]], 4), fixed(run.p_values[rows[i]], 4), is_outlier[rows[i]] ? "out" : "",
                          shortened(run.items.shown(rows[i]), columns)});
    for (const Near& n : near[i])
      table.rows.push_back({"", "", "",
                            "  " + fixed(static_cast<double>(n.distance), 4) + "  " +
                                shortened(run.known_items().shown(n.row), columns - std::min<std::size_t>(columns, 10))});
  }
  print(table.text());
  std::string summary = grouped(run.scores.size()) + (options.run.window > 0 ? " values" : " rows") + " in " + seconds_text(run.seconds);
  if (options.contamination > 0 || options.p_value > 0) summary += ", " + grouped(std::ranges::count(is_outlier, true)) + " outliers";
  print(summary + "\n");
}

int run(const Options& options, const Common& common, Context& context) {
  check(options);
  const OutlierRun found = run_outliers(options.run, common, context);
  const std::vector<bool> is_outlier = outliers_of(found, options);
  if (!options.out.empty()) write_scores(options.out, found, is_outlier);
  common.json ? print_as_json(found, options, is_outlier, context) : print_as_table(found, options, is_outlier, context);
  return 0;
}

}  // namespace

Run add_outliers(CLI::App& verb, Common& common) {
  auto options = std::make_shared<Options>();
  add_outlier_options(verb, options->run, common);
  verb.add_option("--contamination", options->contamination, "The share of rows that are outliers: 0.05 for the oddest twentieth")
      ->type_name("X");
  verb.add_option("--p-value", options->p_value, "Rows are outliers if no larger share than this is as odd")->type_name("P");
  verb.add_option("--top", options->top, "So many of the oddest rows are shown")->capture_default_str()->type_name("N");
  verb.add_option("--near", options->n_near, "With so many of the rows that they are nearest to")->capture_default_str()->type_name("N");
  verb.add_option("-o,--out", options->out, "Every row's score, to .csv, .jsonl or .npy")->type_name("FILE");
  return [options, &common](Context& context) { return run(*options, common, context); };
}

}  // namespace akin::cli
