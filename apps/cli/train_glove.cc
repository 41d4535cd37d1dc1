// `akin train glove`.
#include <memory>
#include <nlohmann/json.hpp>

#include "akin/akin.h"
#include "terminal.h"
#include "train.h"
#include "word_text.h"

namespace akin::cli {
namespace {

struct Options {
  WordTextOptions text;
  GloveOptions glove;
  std::size_t memory_mb = 1024;
};

nlohmann::json json_of(const WordCorpus& corpus, const GloveVectors& trained, const WordTarget& target) {
  const GloveReport& report = trained.report;
  nlohmann::json json = {{"out", target.path.string()},
                         {"format", name_of(target.kind)},
                         {"n_words", corpus.words().size()},
                         {"dim", trained.vectors.cols()},
                         {"finished", report.finished},
                         {"n_pairs", report.n_pairs},
                         {"n_pairs_learnt", report.n_pairs_learnt},
                         {"n_pairs_resumed", report.n_pairs_resumed},
                         {"seconds_counting", report.seconds_counting},
                         {"seconds", report.seconds},
                         {"losses", report.losses}};
  json.update(cli::json_of(corpus.report()));
  return json;
}

int run(Options options, const Common& common, Context& context) {
  const WordTarget target = word_target_of(options.text, WordFileKind::glove_text);
  const CheckpointOptions checkpoint = checkpoint_of(options.text.checkpoint, target.path);
  options.glove.memory = options.memory_mb << 20;
  const WordCorpus corpus = read_word_text(options.text, target, context);
  const GloveVectors trained = train_glove(corpus, options.glove, checkpoint, context);
  const GloveReport& report = trained.report;
  save_words(target.path, target.kind, corpus.words(), trained.vectors.view());
  end_checkpoint(checkpoint, target.path, report.finished);
  if (common.json) {
    print_json(json_of(corpus, trained, target));
  } else {
    print("counted " + grouped(report.n_pairs) + " pairs of words that stand together in " + seconds_text(report.seconds_counting) + "\n");
    print_learnt(target, {.n_words = corpus.words().size(),
                          .dim = trained.vectors.cols(),
                          .n_learnt = report.n_pairs_learnt - report.n_pairs_resumed,
                          .seconds = report.seconds,
                          .unit = "pairs",
                          .losses = report.losses});
  }
  return 0;
}

}  // namespace

Run add_train_glove(CLI::App& kind, Common& common) {
  auto options = std::make_shared<Options>();
  add_word_text_options(kind, options->text);
  GloveOptions& glove = options->glove;
  kind.add_option("--dim", glove.dim, "Numbers a word")->capture_default_str()->type_name("N");
  kind.add_option("--window", glove.window, "Words to each side; one at distance d counts 1/d")->capture_default_str()->type_name("N");
  kind.add_option("--epochs", glove.epochs, "Times that the pairs are gone through")->capture_default_str()->type_name("N");
  kind.add_option("--rate", glove.rate, "Of learning, at the beginning")->capture_default_str()->type_name("X");
  kind.add_option("--x-max", glove.x_max, "Pairs that stand together so often have the full weight")->capture_default_str()->type_name("X");
  kind.add_option("--alpha", glove.alpha, "Rarer pairs have the weight (x / x-max)^alpha")->capture_default_str()->type_name("X");
  kind.add_option("--memory", options->memory_mb, "Megabytes that counting may take; less is more passes over the text")
      ->capture_default_str()
      ->check(CLI::Range(1, 1 << 24))
      ->type_name("MB");
  add_checkpoint_options(kind, options->text.checkpoint);
  return [options, &common](Context& context) { return run(*options, common, context); };
}

}  // namespace akin::cli
