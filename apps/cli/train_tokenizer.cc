#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "akin/akin.h"
#include "akin/base/atomic_file.h"
#include "akin/base/mapped_file.h"
#include "out_name.h"
#include "terminal.h"
#include "text_source.h"
#include "train.h"

namespace akin::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxTokenizerBytes = std::size_t{1} << 28;

struct Options {
  std::vector<std::string> inputs;
  TextSourceOptions source;
  std::string out, kind = "bpe", like;
  bool cased = false;
  TokenizerTrainerOptions training;
};

// A folder's tokenizer.json, or the file itself.
TokenizerTemplate template_of(const Options& options) {
  if (options.like.empty()) {
    if (options.kind == "wordpiece") return TokenizerTemplate::bert(!options.cased);
    return options.kind == "unigram" ? TokenizerTemplate::sentence_piece() : TokenizerTemplate::byte_level_bpe();
  }
  fs::path file = options.like;
  if (!fs::is_regular_file(file)) file = resolve_model(options.like).path;
  if (fs::is_directory(file)) file /= "tokenizer.json";
  if (!fs::is_regular_file(file) || file.extension() != ".json")
    throw Error(ErrorCode::not_found, options.like + ": has no tokenizer.json to take the form of");
  return TokenizerTemplate::from_json(read_file(file, kMaxTokenizerBytes), file.string());
}

void count_words(const Options& options, TokenizerTrainer& trainer, Context& context) {
  const auto source = open_texts(options.inputs, options.source);
  context.progress.begin("counting words", 0, "texts");
  for_each_batch(*source, 0, [&](std::span<const std::string> texts) {
    context.cancel.check();
    trainer.add(texts, context);
    context.progress.advance(texts.size());
  });
  context.progress.end();
}

int run(const Options& options, const Common& common, Context& context) {
  check_choice("--kind", options.kind, {"bpe", "wordpiece", "unigram"});
  TokenizerTrainer trainer(template_of(options), options.training);
  count_words(options, trainer, context);
  const TrainedTokenizer trained = trainer.train(context);
  (void)Tokenizer::from_json(trained.json, options.out);  // what is written can be read
  const bool is_file = options.out.ends_with(".json");
  if (!is_file) fs::create_directories(options.out);
  const fs::path file = is_file ? fs::path(options.out) : fs::path(options.out) / "tokenizer.json";
  AtomicFile written(file);
  written.write(trained.json);
  written.commit();
  if (common.json) {
    print_json({{"out", file.string()},
                {"n_words", trainer.n_words()},
                {"n_different_words", trainer.n_different_words()},
                {"vocabulary_size", trained.vocabulary_size},
                {"n_merges", trained.n_merges}});
  } else {
    print(file.string() + ": " + grouped(trained.vocabulary_size) + " pieces from " + grouped(trainer.n_words()) + " words, " +
          grouped(trainer.n_different_words()) + " of them different\n");
  }
  if (trained.vocabulary_size < options.training.vocabulary_size)
    context.warn("the corpus gives " + grouped(trained.vocabulary_size) + " pieces, fewer than the " +
                 grouped(options.training.vocabulary_size) + " asked for");
  return 0;
}

}  // namespace

Run add_train_tokenizer(CLI::App& kind, Common& common) {
  auto options = std::make_shared<Options>();
  kind.add_option("corpus", options->inputs, "Files with one text a line, JSONL or CSV; - is standard input")
      ->type_name("FILE")
      ->required();
  kind.add_option("-o,--out", options->out, "The tokenizer.json to write, or the folder for it")
      ->type_name("PATH")
      ->required()
      ->check(not_stdout);
  kind.add_option("--kind", options->kind, "bpe (bytes, as GPT-2), wordpiece (as BERT) or unigram (as SentencePiece)")
      ->capture_default_str()
      ->type_name("KIND");
  kind.add_option("--like", options->like,
                  "Take all but the vocabulary from this model or tokenizer.json: kind, normaliser, special tokens")
      ->type_name("MODEL");
  kind.add_flag("--cased", options->cased, "wordpiece: keep capitals and accents");
  kind.add_option("--vocabulary", options->training.vocabulary_size, "Pieces, special tokens and characters counted")
      ->capture_default_str()
      ->type_name("N");
  kind.add_option("--min-frequency", options->training.min_frequency, "bpe, wordpiece: a pair seen less often is not merged")
      ->capture_default_str()
      ->type_name("N");
  kind.add_option("--limit-alphabet", options->training.limit_alphabet, "bpe, wordpiece: keep the N most frequent characters; 0 keeps all")
      ->capture_default_str()
      ->type_name("N");
  kind.add_option("--max-piece", options->training.max_piece_chars, "unigram: characters of the longest piece")
      ->capture_default_str()
      ->type_name("N");
  add_record_options(kind, options->source);
  return [options, &common](Context& context) { return run(*options, common, context); };
}

}  // namespace akin::cli
