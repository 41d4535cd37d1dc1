// `akin train word2vec` and `akin train fasttext`.
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "akin/akin.h"
#include "terminal.h"
#include "train.h"

namespace akin::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::vector<std::string> texts;
  std::string out, format, loss = "negative-sampling";
  CorpusOptions corpus;
  WordTrainingOptions training;
  SubwordOptions subwords;
  double checkpoint_minutes = 10;
  bool cbow = false, resume = false, fasttext = false;
};

/// What is written, where: known, and refused, before the text is read.
struct Target {
  fs::path path;
  WordFileKind kind = WordFileKind::word2vec_text;
  bool fasttext_binary = false;
};

Target target_of(const Options& options) {
  Target target{options.out, {}, false};
  if (!target.path.has_filename()) target.path = target.path.parent_path();  // "words/"
  if (!options.format.empty()) {
    check_choice("--format", options.format, {"text", "binary", "glove", "folder"});
    target.kind = options.format == "text"     ? WordFileKind::word2vec_text
                  : options.format == "binary" ? WordFileKind::word2vec_binary
                  : options.format == "glove"  ? WordFileKind::glove_text
                                               : WordFileKind::static_folder;
  } else {
    target.kind = word_file_kind_of(target.path);
  }
  target.fasttext_binary = options.fasttext && target.kind == WordFileKind::word2vec_binary;
  const fs::path parent = target.path.parent_path();
  if (!parent.empty() && !fs::is_directory(parent)) throw Error(ErrorCode::not_found, parent.string() + ": no such folder, for --out");
  if (target.kind != WordFileKind::static_folder && fs::is_directory(target.path))
    throw Error(ErrorCode::invalid_argument, target.path.string() + ": a folder; a file is wanted for --out");
  return target;
}

void save(const TrainedWords& trained, const Target& target) {
  if (target.fasttext_binary) return trained.write_fasttext(target.path);
  save_words(target.path, target.kind, trained.words(), trained.vectors());
}

nlohmann::json json_of(const CorpusReport& text, const TrainedWords& trained, const Target& target) {
  const WordTrainingReport& report = trained.report();
  return {{"out", target.path.string()},
          {"format", target.fasttext_binary ? "fastText" : std::string(name_of(target.kind))},
          {"n_words", trained.words().size()},
          {"dim", trained.options().dim},
          {"finished", report.finished},
          {"n_words_in_text", text.n_words},
          {"n_different_words_in_text", text.n_different},
          {"n_words_kept", text.n_kept},
          {"n_sentences", text.n_sentences},
          {"n_words_learnt", report.n_words_learnt},
          {"n_words_resumed", report.n_words_resumed},
          {"seconds", report.seconds},
          {"losses", report.losses}};
}

void print_report(const TrainedWords& trained, const Target& target) {
  const WordTrainingReport& report = trained.report();
  const std::uint64_t learnt = report.n_words_learnt - report.n_words_resumed;
  std::string line = bold(target.path.string()) + "  " + grouped(trained.words().size()) + " words of " +
                     std::to_string(trained.options().dim) + " numbers; " + grouped(learnt) + " words learnt in " +
                     seconds_text(report.seconds) + ", " +
                     grouped(static_cast<std::uint64_t>(static_cast<double>(learnt) / std::max(report.seconds, 1e-9))) + " a second";
  if (!report.losses.empty()) line += "; loss " + fixed(report.losses.front(), 3);
  if (report.losses.size() > 1) line += " → " + fixed(report.losses.back(), 3);
  print(line + "\n");
}

void warn_of_losses(const CorpusReport& text, const Context& context) {
  if (text.n_invalid > 0) context.warn(grouped(text.n_invalid) + " words are not UTF-8 and were left out");
  if (text.n_too_long > 0)
    context.warn(grouped(text.n_too_long) + " words are longer than " + std::to_string(kMaxWordBytes) + " bytes and were left out");
}

int run(Options options, const Common& common, Context& context) {
  check_choice("--loss", options.loss, {"negative-sampling", "hierarchical-softmax"});
  const Target target = target_of(options);
  options.training.model = options.cbow ? WordModelKind::cbow : WordModelKind::skip_gram;
  if (options.loss == "hierarchical-softmax") options.training.loss = WordLoss::hierarchical_softmax;
  if (options.fasttext) options.training.subwords = options.subwords;
  options.corpus.spool = target.path;
  const CheckpointOptions checkpoint{target.path.string() + ".checkpoint", 60 * options.checkpoint_minutes, options.resume};
  if (options.resume && !fs::exists(checkpoint.file))
    throw Error(ErrorCode::not_found, checkpoint.file.string() + ": no checkpoint to go on from");
  const auto text = open_text_input({options.texts.begin(), options.texts.end()});
  const WordCorpus corpus(*text, options.corpus, context);
  warn_of_losses(corpus.report(), context);
  const TrainedWords trained = train_words(corpus, options.training, checkpoint, context);
  save(trained, target);
  if (trained.report().finished) {
    fs::remove(checkpoint.file);
  } else {
    throw Error(ErrorCode::cancelled, "interrupted; " + target.path.string() + " has what was learnt so far, and --resume goes on from " +
                                          checkpoint.file.string());
  }
  if (common.json) {
    print_json(json_of(corpus.report(), trained, target));
  } else {
    print_report(trained, target);
  }
  return 0;
}

void add_text_options(CLI::App& kind, Options& options) {
  kind.add_option("texts", options.texts, "Files of text, one sentence or paragraph a line, packed with gzip or not; - is standard input")
      ->type_name("FILE")
      ->required();
  kind.add_option("-o,--out", options.out,
                  "What is written: .vec or .txt (text), .bin (binary), or a name without ending (a folder for sentence-transformers)")
      ->type_name("PATH")
      ->required();
  kind.add_option("--format", options.format, "Instead of what the ending says: text, binary, glove or folder")->type_name("NAME");
  kind.add_option("--min-count", options.corpus.min_count, "Rarer words are left out")->capture_default_str()->type_name("N");
  kind.add_option("--max-words", options.corpus.max_words, "Only so many of the most frequent words; 0: all")
      ->capture_default_str()
      ->type_name("N");
  kind.add_option("--phrases", options.corpus.phrase_passes,
                  "Words that often stand together become one, new_york: so many times (0 to 10)")
      ->capture_default_str()
      ->type_name("N");
  kind.add_option("--phrase-threshold", options.corpus.phrase_threshold, "More is fewer phrases; halved in each further pass")
      ->capture_default_str()
      ->type_name("X");
  kind.add_option("--max-sentence", options.corpus.max_sentence, "Longer lines are cut after so many words")
      ->capture_default_str()
      ->type_name("N");
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
  kind.add_flag("--resume", options.resume, "Go on from the checkpoint beside --out, of the same text and options");
  kind.add_option("--checkpoint-minutes", options.checkpoint_minutes, "A checkpoint is written so often, and at an interrupt")
      ->capture_default_str()
      ->type_name("X");
}

Run add(CLI::App& kind, Common& common, const std::shared_ptr<Options>& options) {
  add_text_options(kind, *options);
  add_training_options(kind, *options);
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
