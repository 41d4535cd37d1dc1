// `akin train head`.
#include <chrono>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "akin/akin.h"
#include "akin/analysis/class_labels.h"
#include "akin/analysis/head.h"
#include "akin/analysis/head_training.h"
#include "akin/analysis/multi_label.h"
#include "analysis_source.h"
#include "out_name.h"
#include "terminal.h"
#include "train.h"

namespace akin::cli {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

struct Options {
  AnalysisSourceOptions source;
  std::string out, kind = "softmax", calibrate = "auto", loss = "squared-hinge", metric = "cosine", vote = "uniform";
  char separator = ';';
  std::vector<double> c;
  HeadOptions training;
};

/// With --c 0: cross-validation chooses among these.
constexpr double kChoices[] = {0.1, 1, 10, 100};

HeadOptions training_of(const Options& options) {
  check_choice("--kind", options.kind, {"softmax", "svm", "centroid", "knn", "multilabel"});
  check_choice("--calibrate", options.calibrate, {"auto", "none", "temperature", "isotonic"});
  check_choice("--loss", options.loss, {"squared-hinge", "hinge"});
  check_choice("--vote", options.vote, {"uniform", "distance"});
  check_choice("--metric", options.metric, {"cosine", "euclidean", "manhattan"});
  HeadOptions training = options.training;
  training.kind = head_kind_from(options.kind);
  if (options.calibrate != "auto") training.calibration = calibration_from(options.calibrate);
  training.svm_loss = options.loss == "hinge" ? SvmLoss::hinge : SvmLoss::squared_hinge;
  if (training.kind == HeadKind::svm) training.c = {1};
  training.vote.vote = options.vote == "uniform" ? KnnVote::uniform : KnnVote::distance;
  training.vote.metric = metric_from(options.metric);
  if (!options.c.empty()) training.c = options.c;
  if (options.c == std::vector<double>{0}) training.c.assign(std::begin(kChoices), std::end(kChoices));
  return training;
}

/// Rows that have a label, and how many have none.
struct Examples {
  Matrix<float> rows;
  std::vector<std::string> labels;
  std::size_t n_left_out = 0;
};

/// `keeps_all`: a row without a label has none of them.
Examples examples_of(AnalysisItems& items, bool keeps_all) {
  Examples out;
  for (std::size_t r = 0; r < items.size(); ++r) {
    if (items.labels[r].empty() && !keeps_all) continue;
    std::ranges::copy(items.vectors.row(r), items.vectors.row(out.labels.size()).begin());
    out.labels.push_back(std::move(items.labels[r]));
  }
  out.n_left_out = items.size() - out.labels.size();
  out.rows = Matrix<float>::uninitialized(out.labels.size(), items.vectors.cols());
  for (std::size_t r = 0; r < out.labels.size(); ++r) std::ranges::copy(items.vectors.row(r), out.rows.row(r).begin());
  return out;
}

TrainedHead train_one(const Examples& examples, const HeadOptions& training, Context& context) {
  ClassLabels labels = class_labels(examples.labels);
  TrainedHead out = train_head({examples.rows.view(), labels.of_rows, labels.names.size()}, training, context);
  out.head.labels = std::move(labels.names);
  return out;
}

TrainedHead train_several(const Examples& examples, const HeadOptions& training, char separator, Context& context) {
  LabelSets sets = label_sets(examples.labels, separator);
  if (training.c.size() > 1 || training.calibration) throw UsageError("--kind multilabel takes one --c and no --calibrate");
  TrainedHead out = train_multi_label({examples.rows.view(), sets.truth.view()},
                                      {training.c.front(), training.max_iterations, training.tolerance, training.n_folds}, context);
  out.head.labels = std::move(sets.names);
  return out;
}

nlohmann::json json_of(const TrainedHead& trained, const Options& options, const Examples& examples, double seconds) {
  nlohmann::json json = {{"out", options.out},
                         {"kind", options.kind},
                         {"n", examples.rows.rows()},
                         {"n_without_label", examples.n_left_out},
                         {"dim", examples.rows.cols()},
                         {"n_labels", trained.head.labels.size()},
                         {"labels", trained.head.labels},
                         {"calibration", name_of(trained.head.calibration.kind)},
                         {"n_iterations", trained.n_iterations},
                         {"converged", trained.converged},
                         {"seconds", seconds}};
  if (trained.c > 0) json["c"] = trained.c;
  if (trained.held_out_accuracy) json["held_out_accuracy"] = *trained.held_out_accuracy;
  if (trained.head.calibration.kind == CalibrationKind::temperature) json["temperature"] = trained.head.calibration.temperature;
  for (const TriedC& tried : trained.tried) json["tried"].push_back({{"c", tried.c}, {"accuracy", tried.accuracy}});
  if (!trained.head.model.empty()) json["model"] = trained.head.model;
  if (!trained.head.fingerprint.empty()) json["fingerprint"] = trained.head.fingerprint;
  return json;
}

std::string short_number(double number) { return nlohmann::json(number).dump(); }

std::string text_of(const TrainedHead& trained, const Options& options, const Examples& examples, double seconds) {
  std::string text = bold(options.out) + "  " + options.kind + ", " + grouped(trained.head.labels.size()) + " labels, " +
                     grouped(examples.rows.rows()) + " vectors of " + grouped(examples.rows.cols()) + "; trained in " +
                     seconds_text(seconds);
  if (trained.c > 0) text += ", C " + short_number(trained.c);
  if (trained.held_out_accuracy) text += ", " + fixed(100 * *trained.held_out_accuracy, 2) + " % right of rows held out";
  for (const TriedC& tried : trained.tried) text += "\n  C " + short_number(tried.c) + ": " + fixed(100 * tried.accuracy, 2) + " %";
  return text + "\n";
}

int run(const Options& options, const Common& common, Context& context) {
  const HeadOptions training = training_of(options);
  const fs::path parent = fs::path(options.out).parent_path();
  if (!parent.empty() && !fs::is_directory(parent)) throw Error(ErrorCode::not_found, parent.string() + ": no such folder, for --out");
  AnalysisItems items = read_analysis_items(options.source, common, context);
  const Examples examples = examples_of(items, training.kind == HeadKind::multilabel);
  if (examples.n_left_out > 0) context.warn(grouped(examples.n_left_out) + " rows have no label and were left out");
  const Clock::time_point start = Clock::now();
  TrainedHead trained = training.kind == HeadKind::multilabel ? train_several(examples, training, options.separator, context)
                                                              : train_one(examples, training, context);
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  trained.head.model = items.model;
  trained.head.fingerprint = items.fingerprint;
  if (!trained.converged) context.warn("the head did not converge in " + grouped(trained.n_iterations) + " rounds");
  write_head(options.out, trained.head);
  common.json ? print_json(json_of(trained, options, examples, seconds)) : print(text_of(trained, options, examples, seconds));
  return 0;
}

}  // namespace

Run add_train_head(CLI::App& kind, Common& common) {
  auto options = std::make_shared<Options>();
  options->source.label_field = "label";
  add_analysis_source(kind, options->source, common);
  kind.add_option("-o,--out", options->out, "The file that is written, for classify --head (.safetensors)")
      ->type_name("FILE")
      ->required()
      ->check(not_stdout);
  kind.add_option(
          "--kind", options->kind,
          "softmax (logistic regression), svm (linear), centroid (the nearest mean), knn (the nearest rows, which the file then holds) or "
          "multilabel (any number of labels a row)")
      ->capture_default_str()
      ->type_name("KIND");
  kind.add_option("--c", options->c,
                  "How much the rows count against small weights; several with commas between, or 0 for 0.1, 1, 10, 100: the best on rows "
                  "held out (default: 10; of svm 1)")
      ->delimiter(',')
      ->type_name("X");
  kind.add_option("--loss", options->loss, "Of svm: squared-hinge or hinge")->capture_default_str()->type_name("NAME");
  kind.add_option("--separator", options->separator, "Of multilabel: what stands between a row's labels")
      ->capture_default_str()
      ->type_name("CHAR");
  kind.add_flag("--balanced", options->training.balanced, "Every label counts alike, however many rows it has");
  kind.add_option("--calibrate", options->calibrate,
                  "Probabilities that keep their word, by rows held out: none, temperature or isotonic; auto: temperature where scores are "
                  "no probabilities")
      ->capture_default_str()
      ->type_name("HOW");
  kind.add_option("--folds", options->training.n_folds, "Parts that are held out in turn")->capture_default_str()->type_name("N");
  kind.add_option("--max-iterations", options->training.max_iterations, "Rounds of learning at most")
      ->capture_default_str()
      ->type_name("N");
  kind.add_option("-k,--neighbours", options->training.vote.k, "Of knn: how many vote")->capture_default_str()->type_name("N");
  kind.add_option("--vote", options->vote, "Of knn: uniform, or by distance")->capture_default_str()->type_name("HOW");
  kind.add_option("--metric", options->metric, "Of knn: cosine, euclidean or manhattan")->capture_default_str()->type_name("NAME");
  return [options, &common](Context& context) { return run(*options, common, context); };
}

}  // namespace akin::cli
