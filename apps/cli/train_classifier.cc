// `akin train classifier`.
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "akin/akin.h"
#include "out_name.h"
#include "terminal.h"
#include "train.h"
#include "word_text.h"

namespace akin::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::vector<std::string> texts;
  std::string out, loss = "softmax", pretrained;
  LabelledCorpusOptions corpus;
  ClassifierOptions training;
  QuantizeOptions quantize;
  CheckpointChoice checkpoint;
};

LabelLoss loss_from(const std::string& name) {
  check_choice("--loss", name, {"softmax", "hs", "ova"});
  return name == "softmax" ? LabelLoss::softmax : name == "hs" ? LabelLoss::hierarchical_softmax : LabelLoss::one_vs_all;
}

/// Known, and refused, before the text is read.
bool is_quantized(const Options& options) {
  const fs::path out = options.out, parent = out.parent_path();
  const bool quantized = out.extension() == ".ftz";
  if (!quantized && out.extension() != ".bin")
    throw Error(ErrorCode::invalid_argument, options.out + ": the ending says what is written: .bin, or .ftz (quantised)");
  if (!parent.empty() && !fs::is_directory(parent)) throw Error(ErrorCode::not_found, parent.string() + ": no such folder, for --out");
  if (fs::is_directory(out)) throw Error(ErrorCode::invalid_argument, options.out + ": a folder; a file is wanted for --out");
  const QuantizeOptions& q = options.quantize;
  if (!quantized && (q.cutoff != 0 || q.retrain || q.norms || q.output || q.part != QuantizeOptions().part))
    throw UsageError("--cutoff, --retrain, --qnorm, --qout and --part are of quantised models: --out NAME.ftz");
  if (q.retrain && q.cutoff == 0) throw UsageError("--retrain goes with --cutoff");
  return quantized;
}

nlohmann::json json_of(const LabelledCorpus& corpus, const TrainedClassifier& trained, const Options& options) {
  const WordTrainingReport& report = trained.report();
  return {{"out", options.out},
          {"loss", options.loss},
          {"dim", options.training.dim},
          {"n_words", corpus.words().size()},
          {"n_labels", corpus.labels().size()},
          {"n_ngrams", corpus.buckets().size()},
          {"n_lines", corpus.report().n_lines},
          {"n_lines_without_label", corpus.report().n_unlabelled},
          {"n_lines_without_word", corpus.report().n_empty},
          {"finished", report.finished},
          {"n_words_learnt", report.n_words_learnt},
          {"n_words_resumed", report.n_words_resumed},
          {"seconds", report.seconds},
          {"n_bytes", fs::file_size(options.out)},
          {"losses", report.losses}};
}

void print_report(const LabelledCorpus& corpus, const TrainedClassifier& trained, const Options& options) {
  const WordTrainingReport& report = trained.report();
  print(bold(options.out) + "  " + grouped(corpus.labels().size()) + " labels, " + grouped(corpus.words().size()) + " words, " +
        grouped(corpus.report().n_lines) + " lines; learnt in " + seconds_text(report.seconds) + ", " +
        rate_text(report.n_words_learnt - report.n_words_resumed, report.seconds) + " words a second" + losses_text(report.losses) + "\n");
}

void warn_of_losses(const LabelledReport& report, const Context& context) {
  warn_of_left_out(report.text, context);
  if (report.n_unlabelled > 0) context.warn(grouped(report.n_unlabelled) + " lines have no label and were left out");
}

std::vector<std::string> words_of(const WordVectors& vectors) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < vectors.size(); ++i)
    if (is_valid_utf8(vectors.word(i)) && vectors.word(i).find_first_of(std::string_view("\0 \t\n\v\f\r", 7)) == std::string_view::npos)
      words.emplace_back(vectors.word(i));
  return words;
}

int run(Options options, const Common& common, Context& context) {
  options.training.loss = loss_from(options.loss);
  const bool quantized = is_quantized(options);
  const CheckpointOptions checkpoint = checkpoint_of(options.checkpoint, options.out);
  const std::unique_ptr<WordVectors> pretrained = options.pretrained.empty() ? nullptr : open_word_vectors(options.pretrained, context);
  if (pretrained) options.corpus.more_words = words_of(*pretrained);
  options.corpus.spool = options.out;
  const auto text = open_text_input({options.texts.begin(), options.texts.end()});
  const LabelledCorpus corpus(*text, options.corpus, context);
  warn_of_losses(corpus.report(), context);
  const TrainedClassifier trained = train_classifier(corpus, options.training, pretrained.get(), checkpoint, context);
  quantized ? trained.write_quantized(options.out, options.quantize, context) : trained.write(options.out);
  end_checkpoint(checkpoint, options.out, trained.report().finished);
  if (common.json) {
    print_json(json_of(corpus, trained, options));
  } else {
    print_report(corpus, trained, options);
  }
  return 0;
}

void add_text_options(CLI::App& kind, Options& options) {
  LabelledCorpusOptions& corpus = options.corpus;
  kind.add_option("texts", options.texts,
                  "Files of text, one example a line with its labels in it, packed with gzip or Zstandard or not; - is standard input")
      ->type_name("FILE")
      ->required();
  kind.add_option("-o,--out", options.out, "What is written: .bin, or .ftz (quantised)")->type_name("PATH")->required()->check(not_stdout);
  kind.add_option("--label-prefix", corpus.label_prefix, "A word that begins so is a label")->capture_default_str()->type_name("TEXT");
  kind.add_option("--min-count", corpus.min_count, "Rarer words are left out")->capture_default_str()->type_name("N");
  kind.add_option("--min-label-count", corpus.min_label_count, "Rarer labels are left out")->capture_default_str()->type_name("N");
  kind.add_option("--word-ngrams", corpus.word_ngrams, "Runs of up to so many words count too")->capture_default_str()->type_name("N");
  kind.add_option("--minn", corpus.minn, "Shortest parts of words, in characters")->capture_default_str()->type_name("N");
  kind.add_option("--maxn", corpus.maxn, "Longest parts of words; 0: none")->capture_default_str()->type_name("N");
  kind.add_option("--buckets", corpus.buckets, "How many vectors the parts and runs share")->capture_default_str()->type_name("N");
}

void add_training_options(CLI::App& kind, Options& options) {
  ClassifierOptions& training = options.training;
  kind.add_option("--loss", options.loss, "softmax; hs: along a Huffman tree, for many labels; ova: a yes or no for each label")
      ->capture_default_str()
      ->type_name("NAME");
  kind.add_option("--dim", training.dim, "Numbers a word")->capture_default_str()->type_name("N");
  kind.add_option("--epochs", training.epochs, "Times that the lines are gone through")->capture_default_str()->type_name("N");
  kind.add_option("--rate", training.rate, "Of learning, at the beginning; it falls to 0")->capture_default_str()->type_name("X");
  kind.add_option("--pretrained", options.pretrained, "Word vectors to begin with, of --dim numbers (any format of `akin near`)")
      ->type_name("FILE");
  add_checkpoint_options(kind, options.checkpoint);
}

void add_quantize_options(CLI::App& kind, QuantizeOptions& quantize) {
  kind.add_option("--cutoff", quantize.cutoff, "Of .ftz: keep so many words and runs, those with the longest vectors; 0: all")
      ->capture_default_str()
      ->type_name("N");
  kind.add_flag("--retrain", quantize.retrain, "Of .ftz, with --cutoff: learn on with what was kept");
  kind.add_flag("--qnorm", quantize.norms, "Of .ftz: lengths of vectors in codes of their own");
  kind.add_flag("--qout", quantize.output, "Of .ftz: the labels' vectors in codes too");
  kind.add_option("--part", quantize.part, "Of .ftz: numbers that share a code")->capture_default_str()->type_name("N");
}

}  // namespace

Run add_train_classifier(CLI::App& kind, Common& common) {
  auto options = std::make_shared<Options>();
  add_text_options(kind, *options);
  add_training_options(kind, *options);
  add_quantize_options(kind, options->quantize);
  return [options, &common](Context& context) { return run(*options, common, context); };
}

}  // namespace akin::cli
