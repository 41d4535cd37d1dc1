// akin train pairs: a model that makes vectors of texts, tuned on pairs.
#include <chrono>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>

#include "akin/akin.h"
#include "out_name.h"
#include "pair_source.h"
#include "terminal.h"
#include "train.h"

namespace akin::cli {
namespace {

struct Options {
  std::vector<std::string> files, fields;
  std::string model, out, loss, sts, knn;
  double epochs = 1, max_score = 1, held_out = 0, warmup_share = 0.1;
  std::size_t max_tokens = 0, memory_mb = 512, log_every = 10, k = 10, mine_depth = 50;
  bool mine = false;
  PairTrainOptions train;
};

/// The best of what is looked at: the mean of the scores that are asked for.
class Evaluation {
 public:
  explicit Evaluation(const Options& options) : options_(options) {
    if (!options.knn.empty()) labelled_ = read_labelled({options.knn}, {});
  }
  [[nodiscard]] PairEvaluation function() const {
    if (options_.sts.empty() && options_.knn.empty()) return {};
    return [this](const Embedder& embedder, Context& context) { return score(embedder, context); };
  }

 private:
  [[nodiscard]] double score(const Embedder& embedder, Context& context) const {
    double sum = 0;
    if (!options_.sts.empty()) sum += evaluate_sts(embedder, options_.sts, context).spearman;
    if (!options_.knn.empty()) {
      const Matrix<float> vectors = embedder.embed(labelled_.texts, TextRole::plain, context).vectors;
      sum += knn_accuracy({vectors.view(), labelled_.labels}, options_.k, context);
    }
    return sum / (options_.sts.empty() || options_.knn.empty() ? 1 : 2);
  }

  const Options& options_;
  LabelledTexts labelled_;
};

nlohmann::json json_of(const PairPoint& point) {
  nlohmann::json json = {{"step", point.step}};
  if (point.step > 0) json.update({{"loss", point.loss}, {"rate", point.rate}, {"gradient_length", point.gradient_length}});
  if (point.held_out_loss) json["held_out_loss"] = *point.held_out_loss;
  if (point.score) json["score"] = *point.score;
  return json;
}

std::string line_of(const PairPoint& point, std::size_t steps) {
  std::string line = "step " + grouped(point.step) + "/" + grouped(steps);
  if (point.step > 0) line += "  loss " + fixed(point.loss, 4);
  if (point.held_out_loss) line += "  held-out loss " + fixed(*point.held_out_loss, 4);
  if (point.score) line += "  score " + fixed(*point.score, 4);
  return line;
}

PairObserver observer_of(const Options& options, const Common& common, Context& context) {
  return [&options, &common, &context](const PairPoint& point) {
    if (point.step > 0) context.progress.advance(1);
    const bool is_due = point.step == 1 || (options.log_every > 0 && point.step % options.log_every == 0);
    if (!is_due && point.step != options.train.schedule.steps && !point.held_out_loss && !point.score) return;
    if (common.json) return print_json_line(json_of(point));
    print(line_of(point, options.train.schedule.steps) + "\n");
  };
}

TextPairs read(const Options& options, PairKind kind, const Common& common) {
  if (kind != PairKind::labels) return read_pairs(options.files, {options.fields}, options.max_score);
  const LabelledTexts labelled = read_labelled(options.files, {options.fields});
  return pairs_of_labels(labelled.texts, labelled.labels, common.seed);
}

/// The loss and the steps that go with the pairs, where they were not named.
void complete(Options& options, PairKind kind, std::size_t n_pairs, const Common& common) {
  PairTrainOptions& t = options.train;
  t.loss.loss = !options.loss.empty() ? pair_loss_from(options.loss) : kind == PairKind::scored ? PairLoss::cosent : PairLoss::ranking;
  if ((t.loss.loss == PairLoss::ranking) == (kind == PairKind::scored)) {
    throw UsageError("--loss " + std::string(name_of(t.loss.loss)) + " wants " +
                     (kind == PairKind::scored ? "pairs without scores" : "scored pairs: fields a, b, score"));
  }
  t.seed = common.seed;
  t.memory = options.memory_mb << 20;
  t.batch = std::min(t.batch, std::max<std::size_t>(n_pairs, 2));
  if (t.schedule.steps == 0) {
    t.schedule.steps = std::max<std::size_t>(
        1, static_cast<std::size_t>(std::ceil(options.epochs * static_cast<double>(n_pairs) / static_cast<double>(t.batch))));
  }
  t.schedule.warmup = static_cast<std::size_t>(options.warmup_share * static_cast<double>(t.schedule.steps));
}

void mine(const Options& options, const TunableEncoder& encoder, TextPairs& pairs, Context& context) {
  if (!options.mine) return;
  MiningOptions mining;
  mining.depth = options.mine_depth;
  const std::size_t n = mine_negatives(encoder.embedder(), mining, pairs, context);
  context.info("hard negatives: " + grouped(n) + " of " + grouped(pairs.list().size()) + " pairs have one");
}

void print_end(const Options& options, const Common& common, const PairTrainReport& report, std::size_t n_pairs) {
  const PairTrainOptions& t = options.train;
  const double pairs_per_second = static_cast<double>(t.schedule.steps * t.batch) / std::max(report.seconds, 1e-9);
  if (common.json) {
    return print_json_line({{"out", options.out},
                            {"loss_name", name_of(t.loss.loss)},
                            {"n_pairs", n_pairs},
                            {"n_steps", t.schedule.steps},
                            {"best_step", report.best_step},
                            {"seconds", report.seconds},
                            {"pairs_per_second", pairs_per_second}});
  }
  print(bold(options.out) + "  " + std::string(name_of(t.loss.loss)) + " on " + grouped(n_pairs) + " pairs, " + grouped(t.schedule.steps) +
        " steps of " + grouped(t.batch) + " in " + seconds_text(report.seconds) + ", " +
        grouped(static_cast<std::uint64_t>(pairs_per_second)) + " pairs a second; the model of step " + grouped(report.best_step) + "\n");
}

int run(Options& options, const Common& common, Context& context) {
  const PairKind kind = pair_kind_of(options.files.front(), {options.fields});
  if (!(options.max_score > 0)) throw UsageError("--max-score must be above 0");
  if (!(options.epochs > 0) || options.epochs > 100000) throw UsageError("--epochs must be above 0");
  if (!options.train.resumes && std::filesystem::exists(std::filesystem::path(options.out) / "checkpoint.safetensors")) {
    throw UsageError(options.out + " holds a training: --resume goes on with it, another folder begins anew");
  }
  TextPairs pairs = read(options, kind, common);
  std::vector<TuningPair> held_out = pairs.hold_out(options.held_out, common.seed);
  complete(options, kind, pairs.list().size(), common);
  if (options.mine && options.train.loss.loss != PairLoss::ranking) throw UsageError("--mine belongs to the loss ranking");
  const Evaluation evaluation(options);
  const LocalModel local = resolve_model(common.model);
  TunableEncoder encoder = TunableEncoder::load(local.path, options.max_tokens, context);
  check(options.train, encoder.dim());
  mine(options, encoder, pairs, context);
  PairTrainer trainer(encoder, pairs, std::move(held_out), options.train, context);
  if (trainer.n_texts_cut() > 0) {
    context.warn(grouped(trainer.n_texts_cut()) + " texts are longer than the model's " + std::to_string(encoder.info().max_tokens) +
                 " tokens and were cut");
  }
  context.progress.begin("tuning", options.train.schedule.steps, "steps");
  PairTrainReport report;
  try {
    report = tune_pairs(trainer, options.train, options.out, evaluation.function(), observer_of(options, common, context), context);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::cancelled) throw;
    throw Error(ErrorCode::cancelled, "interrupted after " + grouped(trainer.n_steps()) + " steps; " + options.out +
                                          " has the model so far, and --resume goes on to the same bits");
  }
  context.progress.end();
  if (report.best_step == 0 && options.train.schedule.steps > 0) context.warn("no look at the model was better than before the first step");
  print_end(options, common, report, pairs.list().size());
  return 0;
}

void add_data_options(CLI::App& kind, Options& o) {
  kind.add_option(
          "files", o.files,
          "Files of .jsonl, .csv or .tsv (- is JSONL from standard input) with fields anchor, positive[, negative]; or a, b, score; or "
          "text, label, of which pairs of one label are made")
      ->type_name("FILE")
      ->required();
  kind.add_option("-o,--out", o.out, "Folder for the tuned model: akin, transformers and sentence-transformers open it")
      ->type_name("DIR")
      ->required()
      ->check(not_stdout);
  kind.add_option("--fields", o.fields, "Other names of the fields, with commas between, in the order above")
      ->delimiter(',')
      ->type_name("NAMES");
  kind.add_option("--max-score", o.max_score, "Scores are divided by this")->capture_default_str()->type_name("X");
  kind.add_option("--max-tokens", o.max_tokens, "Longer texts are cut; 0: the model's own limit")->type_name("N");
  kind.add_flag("--mine", o.mine, "Give pairs without a negative a hard one, by exact search over all positives");
  kind.add_option("--mine-depth", o.mine_depth, "How many of the nearest are looked at")->capture_default_str()->type_name("N");
}

void add_training_options(CLI::App& kind, Options& o) {
  PairTrainOptions& t = o.train;
  kind.add_option("--loss", o.loss, "ranking (of pairs), cosent or cosine (of scored pairs); default: ranking or cosent")
      ->type_name("NAME");
  kind.add_option("--scale", t.loss.scale, "Of cosines, in ranking and cosent")->capture_default_str()->type_name("X");
  kind.add_flag("--both-directions", t.loss.both_directions, "Of ranking: each positive is to find its anchor, too");
  kind.add_option("--dims", t.loss.dims, "Matryoshka: the vectors' first so many numbers are tuned, too: 384,256,128,64")
      ->delimiter(',')
      ->type_name("LIST");
  kind.add_option("--batch", t.batch, "Pairs a step; with ranking, each is a negative of the others")
      ->capture_default_str()
      ->type_name("N");
  kind.add_option("--memory", o.memory_mb, "MB that a part of a batch may take, about: larger batches go through in parts")
      ->capture_default_str()
      ->type_name("MB")
      ->check(CLI::Range(1, 1 << 20));
  kind.add_option("--epochs", o.epochs, "Passes over the pairs")->capture_default_str()->type_name("X");
  kind.add_option("--steps", t.schedule.steps, "Instead of --epochs")->type_name("N");
  kind.add_option("--rate", t.schedule.rate, "Rate at its highest; then it falls in a half cosine")->capture_default_str()->type_name("X");
  kind.add_option("--last-rate", t.schedule.last_rate, "Where the cosine ends")->capture_default_str()->type_name("X");
  kind.add_option("--warmup", o.warmup_share, "Share of the steps until the highest rate")
      ->capture_default_str()
      ->type_name("X")
      ->check(CLI::Range(0.0, 1.0));
  kind.add_option("--dropout", t.dropout, "Of embeddings, blocks and attention")->capture_default_str()->type_name("X");
  kind.add_option("--weight-decay", t.adam.weight_decay, "Of matrices")->capture_default_str()->type_name("X");
  kind.add_option("--clip", t.adam.clip, "Length at which gradients are clipped; 0: never")->capture_default_str()->type_name("X");
}

void add_evaluation_options(CLI::App& kind, Options& o) {
  kind.add_option("--held-out", o.held_out, "Share of the pairs that is looked at instead of learnt")
      ->capture_default_str()
      ->type_name("X")
      ->check(CLI::Range(0.0, 0.99));
  kind.add_option("--eval-sts", o.sts, "A file of sentence pairs as of akin eval sts: its Spearman is the score")->type_name("FILE");
  kind.add_option("--eval-knn", o.knn, "A file of labelled texts as of akin eval knn: the share found right is the score")
      ->type_name("FILE");
  kind.add_option("--eval-every", o.train.eval_every, "Steps between looks; 0: before the first and after the last. The best model is kept")
      ->capture_default_str()
      ->type_name("N");
  kind.add_option("--save-every", o.train.save_every, "Steps between checkpoints; 0: one when it is interrupted")
      ->capture_default_str()
      ->type_name("N");
  kind.add_flag("--resume", o.train.resumes, "Go on from the folder's checkpoint, to the same bits");
  kind.add_option("--log-every", o.log_every, "Steps between lines; 0: looks alone")->capture_default_str()->type_name("N");
}

}  // namespace

Run add_train_pairs(CLI::App& kind, Common& common) {
  auto options = std::make_shared<Options>();
  add_data_options(kind, *options);
  kind.add_option("-m,--model", common.model, "The model to begin with: a folder, or a name that was pulled")->type_name("MODEL");
  add_training_options(kind, *options);
  add_evaluation_options(kind, *options);
  return [options, &common](Context& context) { return run(*options, common, context); };
}

}  // namespace akin::cli
