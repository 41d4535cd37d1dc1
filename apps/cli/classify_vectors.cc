#include "classify_vectors.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <numeric>
#include <span>

#include "akin/akin.h"
#include "akin/analysis/head.h"
#include "akin/base/atomic_file.h"
#include "csv_cell.h"
#include "terminal.h"

namespace akin::cli {
namespace {

/// Labels that are told of a row, the most probable first.
std::vector<std::size_t> told_labels(const Head& head, std::span<const float> probabilities, const HeadQuestion& question) {
  std::vector<std::size_t> order(probabilities.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return probabilities[a] > probabilities[b]; });
  const auto is_told = [&](std::size_t l) {
    const float least = head.kind == HeadKind::multilabel && question.threshold <= 0 ? head.thresholds[l] : question.threshold;
    return probabilities[l] >= least;
  };
  std::erase_if(order, [&](std::size_t l) { return !is_told(l); });
  const bool all = question.k == 0 || head.kind == HeadKind::multilabel;
  if (!all && order.size() > question.k) order.resize(question.k);
  return order;
}

nlohmann::json json_of(const AnalysisItems& items, std::size_t row, const Head& head, std::span<const float> probabilities,
                       const std::vector<std::size_t>& told) {
  nlohmann::json json = {{"name", items.names[row]}, {"label", nullptr}};
  if (!told.empty()) json["label"] = head.labels[told.front()];
  if (!items.texts.empty()) json["text"] = items.texts[row];
  json["scores"] = nlohmann::json::array();
  for (const std::size_t l : told) json["scores"].push_back({{"label", head.labels[l]}, {"probability", probabilities[l]}});
  return json;
}

std::string csv_line(const AnalysisItems& items, std::size_t row, const Head& head, std::span<const float> probabilities,
                     const std::vector<std::size_t>& told) {
  std::string labels;
  for (const std::size_t l : told) labels += (labels.empty() ? "" : ";") + head.labels[l];
  return csv_cell(items.names[row]) + "," + csv_cell(labels) + "," + (told.empty() ? "" : fixed(probabilities[told.front()], 6)) +
         (items.texts.empty() ? "" : "," + csv_cell(items.texts[row])) + "\n";
}

void add_rows(Table& table, const std::string& shown, const Head& head, std::span<const float> probabilities,
              const std::vector<std::size_t>& told) {
  if (told.empty()) table.rows.push_back({"", "", shown});
  for (std::size_t i = 0; i < told.size(); ++i)
    table.rows.push_back({fixed(probabilities[told[i]], 4), head.labels[told[i]], i == 0 ? shown : ""});
}

void check_out(const std::string& path) {
  const std::string ending = std::filesystem::path(path).extension().string();
  if (!path.empty() && ending != ".csv" && ending != ".jsonl")
    throw UsageError("--out: answers are written to .csv or .jsonl, not to '" + path + "'");
}

}  // namespace

AnalysisItems items_for(const Head& head, const std::string& head_path, const AnalysisSourceOptions& source, Common common,
                        Context& context) {
  if (common.model.empty()) common.model = head.model;
  AnalysisItems items = read_analysis_items(source, common, context);
  check_space(head, items.fingerprint, items.model, items.source);
  if (items.vectors.cols() != head.dim())
    throw Error(ErrorCode::mismatch, items.source + ": vectors of " + std::to_string(items.vectors.cols()) + " numbers; " + head_path +
                                         " was trained on " + std::to_string(head.dim()));
  return items;
}

int classify_vectors(const HeadQuestion& question, const AnalysisSourceOptions& source, const Common& common, Context& context) {
  check_out(question.out);
  const Head head = read_head(question.head);
  const AnalysisItems items = items_for(head, question.head, source, common, context);
  const Matrix<float> probabilities = head_probabilities(head, items.vectors.view(), context);
  Table table{{"probability", "label", "input"}, {}};
  std::string written = items.texts.empty() ? "name,label,probability\n" : "name,label,probability,text\n";
  const bool as_csv = question.out.ends_with(".csv");
  if (!as_csv) written.clear();
  const auto columns = static_cast<std::size_t>(std::max(20, terminal_columns() - 45));
  for (std::size_t r = 0; r < items.size(); ++r) {
    const std::vector<std::size_t> told = told_labels(head, probabilities.row(r), question);
    if (as_csv) {
      written += csv_line(items, r, head, probabilities.row(r), told);
    } else if (!question.out.empty()) {
      written += json_text(json_of(items, r, head, probabilities.row(r), told)) + "\n";
    } else if (common.json) {
      print_json_line(json_of(items, r, head, probabilities.row(r), told));
    } else {
      add_rows(table, shortened(items.shown(r), columns), head, probabilities.row(r), told);
    }
  }
  if (question.out.empty()) {
    if (!common.json) print(table.text());
    return 0;
  }
  AtomicFile file(question.out);
  file.write(written);
  file.commit();
  return 0;
}

}  // namespace akin::cli
