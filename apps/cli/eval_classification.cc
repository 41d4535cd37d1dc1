#include "eval_classification.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "akin/akin.h"
#include "akin/analysis/class_labels.h"
#include "akin/analysis/head.h"
#include "akin/analysis/multi_label.h"
#include "akin/eval/class_scores.h"
#include "classify_vectors.h"
#include "terminal.h"

namespace akin::cli {
namespace {

struct Answers {
  std::vector<std::string> labels;
  std::vector<std::int32_t> truth, given;  ///< of rows that have a label
  Matrix<float> probabilities;
};

AnalysisItems items_of(const Head& head, const std::vector<std::string>& paths, const ClassificationTest& options, const Common& common,
                       Context& context) {
  AnalysisSourceOptions source;
  source.inputs = paths;
  source.texts.field = options.field;
  source.label_field = options.label_field;
  source.label_file = options.label_file;
  return items_for(head, options.head, source, common, context);
}

Answers ask(Head head, const AnalysisItems& items, Context& context) {
  const Matrix<float> all = head_probabilities(head, items.vectors.view(), context);
  Answers out{std::move(head.labels), {}, {}, {}};
  const std::vector<std::int32_t> truth = places_among(out.labels, items.labels), best = best_columns(all.view());
  std::vector<std::size_t> chosen;
  for (std::size_t r = 0; r < items.size(); ++r)
    if (!items.labels[r].empty()) chosen.push_back(r);
  out.probabilities = Matrix<float>::uninitialized(chosen.size(), all.cols());
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    std::ranges::copy(all.row(chosen[i]), out.probabilities.row(i).begin());
    out.truth.push_back(truth[chosen[i]]);
    out.given.push_back(best[chosen[i]]);
  }
  const auto n_unknown = static_cast<std::size_t>(std::ranges::count(out.truth, -1));
  if (n_unknown > 0)
    context.warn(grouped(n_unknown) + " of " + grouped(chosen.size()) +
                 " rows have a label that the head does not know: none is right, and the log loss leaves them out");
  return out;
}

nlohmann::json json_of(const ClassScore& score) {
  return {{"precision", score.precision()}, {"recall", score.recall()}, {"f1", score.f1()},
          {"n_true", score.n_true},         {"n_given", score.n_given}, {"n_right", score.n_right}};
}

nlohmann::json json_of(const Reliability& reliability) {
  nlohmann::json bins = nlohmann::json::array();
  for (const ReliabilityBin& bin : reliability.bins)
    bins.push_back(
        {{"from", bin.from}, {"to", bin.to}, {"n", bin.n_rows}, {"mean_probability", bin.mean_probability}, {"accuracy", bin.accuracy}});
  return bins;
}

/// What was most often taken for something else.
struct Confusion {
  std::size_t truth, given;
  std::uint32_t n;
};
std::vector<Confusion> worst_confusions(const Matrix<std::uint32_t>& matrix, std::size_t n) {
  std::vector<Confusion> all;
  for (std::size_t r = 0; r < matrix.rows(); ++r)
    for (std::size_t c = 0; c < matrix.cols(); ++c)
      if (r != c && matrix(r, c) > 0) all.push_back({r, c, matrix(r, c)});
  std::ranges::stable_sort(all, std::greater(), &Confusion::n);
  all.resize(std::min(all.size(), n));
  return all;
}

void print_all_json(const Answers& answers, const ClassScores& scores, const Reliability& reliable, const ClassificationTest& options) {
  nlohmann::json json = {{"head", options.head},
                         {"n", scores.n_rows},
                         {"accuracy", scores.accuracy()},
                         {"macro_f1", scores.macro_f1()},
                         {"micro_f1", scores.micro_f1()},
                         {"weighted_f1", scores.weighted_f1()},
                         {"calibration_error", reliable.calibration_error},
                         {"log_loss", reliable.log_loss},
                         {"brier", reliable.brier},
                         {"n_unknown_label", std::ranges::count(answers.truth, -1)},
                         {"reliability", json_of(reliable)}};
  for (std::size_t c = 0; c < answers.labels.size(); ++c) json["labels"][answers.labels[c]] = json_of(scores.each[c]);
  if (options.confusions) {
    const Matrix<std::uint32_t> matrix = confusion_matrix(answers.truth, answers.given, answers.labels.size());
    json["confusion_labels"] = answers.labels;
    for (std::size_t r = 0; r < matrix.rows(); ++r)
      json["confusion"].push_back(std::vector<std::uint32_t>(matrix.row(r).begin(), matrix.row(r).end()));
  }
  print_json(json);
}

std::string percent(double part) { return fixed(100 * part, 2); }

Table label_table(const std::vector<std::string>& labels, const ClassScores& scores) {
  Table table{{"precision", "recall", "F1", "rows", "label"}, {}};
  for (std::size_t c = 0; c < labels.size(); ++c)
    table.rows.push_back({percent(scores.each[c].precision()), percent(scores.each[c].recall()), percent(scores.each[c].f1()),
                          grouped(scores.each[c].n_true), labels[c]});
  return table;
}

void print_tables(const Answers& answers, const ClassScores& scores, const Reliability& reliable, const ClassificationTest& options,
                  bool per_label) {
  print(Table{{"accuracy", "macro F1", "weighted F1", "calibration error", "log loss", "rows"},
              {{percent(scores.accuracy()), percent(scores.macro_f1()), percent(scores.weighted_f1()), percent(reliable.calibration_error),
                fixed(reliable.log_loss, 4), grouped(scores.n_rows)}}}
            .text());
  if (per_label) print("\n" + label_table(answers.labels, scores).text());
  if (!options.confusions) return;
  Table table{{"rows", "of", "taken for"}, {}};
  for (const Confusion& confusion : worst_confusions(confusion_matrix(answers.truth, answers.given, answers.labels.size()), 20))
    table.rows.push_back({grouped(confusion.n), answers.labels[confusion.truth], answers.labels[confusion.given]});
  print("\n" + table.text());
}

/// How often answers are right against how probable they were said to be.
void draw(const Reliability& reliable, const std::string& path) {
  LineChart chart{"Reliability", {"probability said"}, {"share that was right"}, {}};
  LineSeries found{"the head", {}, {}}, exact{"what was said is so", {0, 1}, {0, 1}};
  for (const ReliabilityBin& bin : reliable.bins) {
    if (bin.n_rows == 0) continue;
    found.x.push_back(bin.mean_probability);
    found.y.push_back(bin.accuracy);
  }
  chart.series.push_back(std::move(found));
  chart.series.push_back(std::move(exact));
  Figure figure;
  figure.panels.emplace_back(std::move(chart));
  save_figure(path, figure);
}

/// Of a head that gives any number of labels.
void run_several(const Head& head, const AnalysisItems& items, const ClassificationTest& options, bool per_label, const Common& common,
                 Context& context) {
  const LabelSets sets = label_sets(items.labels, options.separator, head.labels);
  const Matrix<float> probabilities = head_probabilities(head, items.vectors.view(), context);
  Matrix<std::uint8_t> given(probabilities.rows(), probabilities.cols());
  for (std::size_t r = 0; r < given.rows(); ++r)
    for (std::size_t c = 0; c < given.cols(); ++c) given(r, c) = probabilities(r, c) >= head.thresholds[c] ? 1 : 0;
  const ClassScores scores = multi_label_scores(sets.truth.view(), given.view());
  if (common.json) {
    nlohmann::json json = {{"head", options.head},           {"n", scores.n_rows},
                           {"all_right", scores.accuracy()}, {"macro_f1", scores.macro_f1()},
                           {"micro_f1", scores.micro_f1()},  {"weighted_f1", scores.weighted_f1()}};
    for (std::size_t c = 0; c < head.labels.size(); ++c) json["labels"][head.labels[c]] = json_of(scores.each[c]);
    return print_json(json);
  }
  print(Table{{"all right", "micro F1", "macro F1", "weighted F1", "rows"},
              {{percent(scores.accuracy()), percent(scores.micro_f1()), percent(scores.macro_f1()), percent(scores.weighted_f1()),
                grouped(scores.n_rows)}}}
            .text());
  if (per_label) print("\n" + label_table(head.labels, scores).text());
}

}  // namespace

void add_classification_options(CLI::App& verb, ClassificationTest& options) {
  verb.add_option("--head", options.head, "Of classification: the head, as `akin train head` writes it")->type_name("FILE");
  verb.add_option("--field", options.field, "Of classification: field or column of the text")->capture_default_str()->type_name("NAME");
  verb.add_option("--label-field", options.label_field, "Of classification and anomaly: field or column of the label")
      ->capture_default_str()
      ->type_name("NAME");
  verb.add_option("--label-file", options.label_file, "Of classification: a file with a label a row")->type_name("FILE");
  verb.add_option("--separator", options.separator, "Of classification: what stands between a row's labels, where it has several")
      ->capture_default_str()
      ->type_name("CHAR");
  verb.add_flag("--confusions", options.confusions, "Of classification: what was taken for what");
  verb.add_option("--figure", options.figure, "Of classification: draws the reliability curve, to .svg or .png")->type_name("FILE");
}

void run_classification(const std::vector<std::string>& paths, const ClassificationTest& options, bool per_label, const Common& common,
                        Context& context) {
  if (options.head.empty()) throw UsageError("classification judges a head: --head FILE");
  if (!options.figure.empty()) check_picture_name(options.figure);
  Head head = read_head(options.head);
  const AnalysisItems items = items_of(head, paths, options, common, context);
  if (head.kind == HeadKind::multilabel) return run_several(head, items, options, per_label, common, context);
  const Answers answers = ask(std::move(head), items, context);
  const ClassScores scores = class_scores(answers.truth, answers.given, answers.labels.size());
  const Reliability reliable = reliability(answers.probabilities.view(), answers.truth);
  if (!options.figure.empty()) draw(reliable, options.figure);
  common.json ? print_all_json(answers, scores, reliable, options) : print_tables(answers, scores, reliable, options, per_label);
}

}  // namespace akin::cli
