#include "eval_classifier.h"

#include <nlohmann/json.hpp>

#include "akin/akin.h"
#include "terminal.h"

namespace akin::cli {
namespace {

nlohmann::json json_of(const LabelCounts& counts) {
  return {{"precision", counts.precision()}, {"recall", counts.recall()},     {"f1", counts.f1()},
          {"n_named", counts.n_named},       {"n_guessed", counts.n_guessed}, {"n_right", counts.n_right}};
}

std::vector<std::string> row_of(const LabelCounts& counts, const std::string& name) {
  return {fixed(100 * counts.precision(), 2), fixed(100 * counts.recall(), 2), fixed(100 * counts.f1(), 2), grouped(counts.n_named), name};
}

}  // namespace

void add_classifier_test_options(CLI::App& verb, ClassifierTest& options) {
  verb.add_option("--best", options.question.k, "Of classifier: guesses a text, at most; 0: all labels")
      ->capture_default_str()
      ->type_name("K");
  verb.add_option("--threshold", options.question.threshold, "Of classifier: only guesses at least as probable")
      ->capture_default_str()
      ->type_name("X");
  verb.add_option("--label-prefix", options.label_prefix, "Of classifier: a word that begins so is a label")
      ->capture_default_str()
      ->type_name("TEXT");
  verb.add_flag("--per-label", options.per_label, "Of classifier and classification: the scores of each label too");
}

void run_classifier_test(const std::vector<std::string>& paths, const ClassifierTest& options, const Common& common, Context& context) {
  const TextClassifier classifier(common.model, options.label_prefix);
  Table table{{"precision", "recall", "F1", "labels", "file"}, {}};
  for (const std::string& path : paths) {
    const LabelScores scores = evaluate_classifier(classifier, path, options.question, context);
    nlohmann::json json = json_of(scores.all);
    json.update({{"file", path},
                 {"model", common.model},
                 {"k", options.question.k},
                 {"threshold", options.question.threshold},
                 {"n_lines", scores.n_lines},
                 {"n_lines_left_out", scores.n_left_out}});
    table.rows.push_back(row_of(scores.all, path));
    for (std::size_t l = 0; options.per_label && l < scores.each.size(); ++l) {
      json["labels"][classifier.labels()[l]] = json_of(scores.each[l]);
      table.rows.push_back(row_of(scores.each[l], "  " + classifier.labels()[l]));
    }
    if (common.json) print_json_line(json);
  }
  if (!common.json) print(table.text());
}

}  // namespace akin::cli
