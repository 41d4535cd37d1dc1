#include "eval_anomaly.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "akin/akin.h"
#include "akin/eval/ranking_scores.h"
#include "label_file.h"
#include "terminal.h"

namespace akin::cli {
namespace {

std::vector<double> numbers_of(const std::vector<std::string>& cells, const std::string& path) {
  std::vector<double> out;
  out.reserve(cells.size());
  for (const std::string& cell : cells) {
    double number = 0;
    const auto [end, code] = std::from_chars(cell.data(), cell.data() + cell.size(), number);
    if (code != std::errc() || end != cell.data() + cell.size())
      throw Error(ErrorCode::corrupt, path + ": score " + std::to_string(out.size()) + " is no number: '" + cell.substr(0, 40) + "'");
    out.push_back(number);
  }
  return out;
}

}  // namespace

void add_anomaly_options(CLI::App& verb, AnomalyTest& options) {
  verb.add_option("--score-field", options.score_field, "Of anomaly: field or column of the score")
      ->capture_default_str()
      ->type_name("NAME");
  verb.add_option("--odd-label", options.odd_label, "Of anomaly: the label of rows that are truly odd")
      ->capture_default_str()
      ->type_name("TEXT");
}

void run_anomaly(const std::vector<std::string>& paths, const AnomalyTest& options, const std::string& label_field, const Common& common) {
  Table table{{"ROC-AUC", "average precision", "odd", "rows", "file"}, {}};
  for (const std::string& path : paths) {
    const std::vector<double> scores = numbers_of(read_label_file(path, options.score_field), path);
    std::vector<std::uint8_t> truth;
    std::size_t n_odd = 0;
    for (const std::string& label : read_label_file(path, label_field))
      truth.push_back(label == options.odd_label ? 1 : 0), n_odd += truth.back();
    if (n_odd == 0 || n_odd == truth.size())
      throw Error(ErrorCode::invalid_argument, path + ": " + (n_odd == 0 ? "no" : "every") + " row has the label '" + options.odd_label +
                                                   "' in '" + label_field + "': see --odd-label");
    const double auc = roc_auc(scores, truth), precision = average_precision(scores, truth);
    if (common.json)
      print_json_line({{"file", path}, {"n", scores.size()}, {"n_odd", n_odd}, {"roc_auc", auc}, {"average_precision", precision}});
    table.rows.push_back({fixed(100 * auc, 2), fixed(100 * precision, 2), grouped(n_odd), grouped(scores.size()), path});
  }
  if (!common.json) print(table.text());
}

}  // namespace akin::cli
