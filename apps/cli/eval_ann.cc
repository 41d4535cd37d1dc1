#include "eval_ann.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "akin/akin.h"
#include "terminal.h"

namespace akin::cli {
namespace {

nlohmann::json json_of(const AnnScores& scores, const std::string& path, const AnnOptions& options) {
  nlohmann::json json = {{"file", path},
                         {"metric", options.metric},
                         {"k", options.k},
                         {"n_vectors", scores.n_vectors},
                         {"dim", scores.dim},
                         {"n_queries", scores.n_queries},
                         {"build_seconds", scores.build_seconds},
                         {"bytes_per_vector", scores.bytes_per_vector},
                         {"code_bits", scores.code_bits},
                         {"exact_queries_per_second", scores.exact_queries_per_second},
                         {"points", nlohmann::json::array()},
                         {"calibration", nlohmann::json::array()}};
  for (const AnnPoint& point : scores.points)
    json["points"].push_back({{"ef", point.ef}, {"recall", point.recall}, {"queries_per_second", point.queries_per_second}});
  for (const RecallAtEf& point : scores.calibration) json["calibration"].push_back({{"ef", point.ef}, {"recall", point.recall}});
  return json;
}

LineSeries series_of(const AnnScores& scores, const std::string& path) {
  LineSeries series{std::filesystem::path(path).filename().string(), {}, {}};
  for (const AnnPoint& point : scores.points) {
    series.x.push_back(point.recall);
    series.y.push_back(point.queries_per_second);
  }
  return series;
}

void print_scores(const AnnScores& scores, const std::string& path) {
  print(bold(path) + ": " + grouped(scores.n_vectors) + " × " + grouped(scores.dim) + ", " + grouped(scores.n_queries) +
        " queries, built in " + seconds_text(scores.build_seconds) + ", " + grouped(scores.bytes_per_vector) +
        " bytes a vector (codes of " + std::to_string(scores.code_bits) + " bits)\n");
  Table table{{"ef", "recall", "queries/s"}, {}};
  for (const AnnPoint& point : scores.points)
    table.rows.push_back({std::to_string(point.ef), fixed(point.recall, 4), grouped(static_cast<std::size_t>(point.queries_per_second))});
  table.rows.push_back({"exact", fixed(1, 4), grouped(static_cast<std::size_t>(scores.exact_queries_per_second))});
  print(table.text());
}

}  // namespace

void add_ann_options(CLI::App& verb, AnnOptions& options) {
  verb.add_option("--queries", options.queries, "Of ann: a file of queries; default: a part of the vectors, kept out of the graph")
      ->type_name("FILE");
  verb.add_option("--metric", options.metric, "Of ann: cosine, dot or euclidean")->capture_default_str()->type_name("METRIC");
  verb.add_option("-k", options.k, "Of ann: neighbours")->capture_default_str()->type_name("N")->check(CLI::Range(1, 1000));
  verb.add_option("--picture", options.picture, "Of ann: the curve as .svg or .png")->type_name("FILE");
}

void run_ann(const std::vector<std::string>& paths, const AnnOptions& options, const Common& common, Context& context) {
  check_choice("--metric", options.metric, {"cosine", "dot", "euclidean"});
  if (!options.picture.empty()) check_picture_name(options.picture);
  const Matrix<float> queries = options.queries.empty() ? Matrix<float>() : VectorFile(options.queries).read();
  LineChart chart{"Graph search", {"recall@" + std::to_string(options.k), {}}, {"queries a second, one thread", {}}, {}, {}};
  AnnEvalOptions evaluation;
  evaluation.graph.metric = metric_from(options.metric);
  evaluation.k = options.k;
  for (const std::string& path : paths) {
    const AnnScores scores = evaluate_ann(VectorFile(path).read().view(), queries.view(), evaluation, context);
    chart.series.push_back(series_of(scores, path));
    if (common.json) {
      print_json_line(json_of(scores, path, options));
    } else {
      print_scores(scores, path);
    }
  }
  if (options.picture.empty()) return;
  Figure figure{"", {}, 1};
  figure.panels.emplace_back(std::move(chart));
  save_figure(options.picture, figure);
}

}  // namespace akin::cli
