// `akin train word2vec` and `akin train fasttext`.
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
  std::string loss = "negative-sampling";
  WordTrainingOptions training;
  SubwordOptions subwords;
  bool cbow = false, fasttext = false;
};

nlohmann::json json_of(const CorpusReport& text, const TrainedWords& trained, const WordTarget& target, std::string_view format) {
  const WordTrainingReport& report = trained.report();
  nlohmann::json json = {{"out", target.path.string()},
                         {"format", format},
                         {"n_words", trained.words().size()},
                         {"dim", trained.options().dim},
                         {"finished", report.finished},
                         {"n_words_learnt", report.n_words_learnt},
                         {"n_words_resumed", report.n_words_resumed},
                         {"seconds", report.seconds},
                         {"losses", report.losses}};
  json.update(cli::json_of(text));
  return json;
}

int run(Options options, const Common& common, Context& context) {
  check_choice("--loss", options.loss, {"negative-sampling", "hierarchical-softmax"});
  const WordTarget target = word_target_of(options.text);
  const bool fasttext_binary = options.fasttext && target.kind == WordFileKind::word2vec_binary;
  options.training.model = options.cbow ? WordModelKind::cbow : WordModelKind::skip_gram;
  if (options.loss == "hierarchical-softmax") options.training.loss = WordLoss::hierarchical_softmax;
  if (options.fasttext) options.training.subwords = options.subwords;
  const CheckpointOptions checkpoint = checkpoint_of(options.text.checkpoint, target.path);
  const WordCorpus corpus = read_word_text(options.text, target, context);
  const TrainedWords trained = train_words(corpus, options.training, checkpoint, context);
  const WordTrainingReport& report = trained.report();
  if (fasttext_binary) {
    trained.write_fasttext(target.path);
  } else {
    save_words(target.path, target.kind, trained.words(), trained.vectors());
  }
  end_checkpoint(checkpoint, target.path, report.finished);
  if (common.json) {
    print_json(json_of(corpus.report(), trained, target, fasttext_binary ? "fastText" : name_of(target.kind)));
  } else {
    print_learnt(target, {.n_words = trained.words().size(),
                          .dim = trained.options().dim,
                          .n_learnt = report.n_words_learnt - report.n_words_resumed,
                          .seconds = report.seconds,
                          .losses = report.losses});
  }
  return 0;
}

void add_training_options(CLI::App& kind, Options& options) {
  WordTrainingOptions& training = options.training;
  kind.add_flag("--cbow", options.cbow, "A word from its neighbours, instead of each neighbour from the word (skip-gram)");
  kind.add_option("--loss", options.loss, "negative-sampling or hierarchical-softmax")->capture_default_str()->type_name("NAME");
  kind.add_option("--dim", training.dim, "Numbers a word")->capture_default_str()->type_name("N");
  kind.add_option("--window", training.window, "Words to each side, at most")->capture_default_str()->type_name("N");
  kind.add_option("--negatives", training.negatives, "Words drawn against each word")->capture_default_str()->type_name("N");
  kind.add_option("--epochs", training.epochs, "Times that the text is gone through")->capture_default_str()->type_name("N");
  kind.add_option("--rate", training.rate, "Of learning, at the beginning; 0: 0.025, or 0.05 with --cbow")
      ->capture_default_str()
      ->type_name("X");
  kind.add_option("--sample", training.sample, "Words more frequent than this are thinned out; 0: none")
      ->capture_default_str()
      ->type_name("X");
  kind.add_option("--exponent", training.exponent, "Negatives are drawn by count to this power")->capture_default_str()->type_name("X");
}

Run add(CLI::App& kind, Common& common, const std::shared_ptr<Options>& options) {
  add_word_text_options(kind, options->text);
  add_training_options(kind, *options);
  add_checkpoint_options(kind, options->text.checkpoint);
  return [options, &common](Context& context) { return run(*options, common, context); };
}

}  // namespace

Run add_train_word2vec(CLI::App& kind, Common& common) { return add(kind, common, std::make_shared<Options>()); }

Run add_train_fasttext(CLI::App& kind, Common& common) {
  auto options = std::make_shared<Options>();
  options->fasttext = true;
  kind.add_option("--minn", options->subwords.minn, "Shortest parts of words, in characters")->capture_default_str()->type_name("N");
  kind.add_option("--maxn", options->subwords.maxn, "Longest parts of words")->capture_default_str()->type_name("N");
  kind.add_option("--buckets", options->subwords.buckets, "How many vectors the parts share")->capture_default_str()->type_name("N");
  return add(kind, common, options);
}

}  // namespace akin::cli
