#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "akin/akin.h"
#include "akin/base/mapped_file.h"
#include "out_name.h"
#include "terminal.h"
#include "text_source.h"
#include "verbs.h"

namespace akin::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxTokenizerBytes = std::size_t{1} << 28;

struct Options {
  std::string out, type = "f16";
  std::vector<std::string> corpus;
  TextSourceOptions source;
  std::size_t max_texts = 0, n_words = 0;
  DistillOptions distill;
};

// What the model's own folder says, else (vocab.txt, GGUF) what its parts come to.
std::string tokenizer_of(const LoadedEmbedder& teacher) {
  const fs::path file = fs::path(teacher.source.path) / "tokenizer.json";
  if (fs::is_regular_file(file)) return read_file(file, kMaxTokenizerBytes);
  return tokenizer_json(teacher.embedder.tokenizer().word_piece_parts());
}

template <class Taker>
void read_corpus(const Options& options, const char* label, Taker& taker, Context& context) {
  const auto source = open_texts(options.corpus, options.source);
  context.progress.begin(label, options.max_texts, "texts");
  for_each_batch(*source, options.max_texts, [&](std::span<const std::string> texts) {
    context.cancel.check();
    taker.add(texts, context);
    context.progress.advance(texts.size());
  });
  context.progress.end();
}

/// The corpus is read once for its words, and once more to be fitted to.
std::string wider_tokenizer(const Options& options, std::string tokenizer, const std::string& name, Context& context) {
  if (options.corpus.empty()) throw UsageError("--words wants a --corpus to take them from");
  if (std::find(options.corpus.begin(), options.corpus.end(), "-") != options.corpus.end())
    throw UsageError("--words reads the corpus twice; standard input cannot be");
  WiderVocabulary wider(std::move(tokenizer), name);
  read_corpus(options, "counting words", wider, context);
  return wider.tokenizer_json(options.n_words);
}

int run(const Options& options, const Common& common, Context& context) {
  const StaticType type = static_type_from(options.type);
  const LoadedEmbedder teacher = load_model(common, {}, context);
  std::string tokenizer = tokenizer_of(teacher);
  if (options.n_words > 0) tokenizer = wider_tokenizer(options, std::move(tokenizer), teacher.source.name, context);
  Distiller distiller = options.n_words == 0
                            ? Distiller(teacher.embedder, options.distill, context)
                            : Distiller(teacher.embedder, Tokenizer::from_json(tokenizer, teacher.source.name), options.distill, context);
  DistillFit fit;
  if (!options.corpus.empty()) {
    read_corpus(options, "embedding the corpus", distiller, context);
    fit = distiller.fit(context);
  }
  write_static_model(options.out, distiller.vectors().view(), tokenizer, type, teacher.embedder.info().name);
  const auto bytes = fs::file_size(fs::path(options.out) / "model.safetensors");
  const std::size_t n_tokens = distiller.vectors().rows(), dims = distiller.vectors().cols();
  if (common.json) {
    nlohmann::json json = {{"out", options.out},   {"teacher", teacher.embedder.info().name},
                           {"n_tokens", n_tokens}, {"dims", dims},
                           {"type", options.type}, {"bytes", bytes}};
    if (fit.n_texts > 0) {
      json["fit"] = {{"n_texts", fit.n_texts}, {"n_tokens", fit.n_tokens}, {"n_rounds", fit.n_rounds}, {"mean_cosine", fit.cosine}};
    }
    print_json(json);
    return 0;
  }
  print(options.out + ": " + grouped(n_tokens) + " tokens × " + std::to_string(dims) + " in " + options.type + ", " + bytes_text(bytes) +
        "\n");
  if (fit.n_texts > 0) {
    print("fitted to " + grouped(fit.n_texts) + " texts in " + std::to_string(fit.n_rounds) + " rounds; mean cosine with the model " +
          fixed(fit.cosine, 3) + "\n");
  }
  return 0;
}

}  // namespace

Run add_distill(CLI::App& verb, Common& common) {
  auto options = std::make_shared<Options>();
  verb.add_option("model", common.model, "A name, a model folder or a .gguf file; the default model if left out")->type_name("MODEL");
  verb.add_option("-o,--out", options->out, "The folder to write")->type_name("FOLDER")->required()->check(not_stdout);
  verb.add_option("--corpus", options->corpus, "Texts to fit the vectors to: files with one a line, JSONL or CSV; - is standard input")
      ->type_name("FILE");
  verb.add_option("--max-texts", options->max_texts, "Read no more than this many of them; 0 = all")->capture_default_str()->type_name("N");
  verb.add_option("--words", options->n_words,
                  "Words of the corpus, the most frequent, that get vectors of their own in place of their pieces'; 0 = none")
      ->capture_default_str()
      ->type_name("N");
  verb.add_option("--dims", options->distill.dims, "Dimensions of the vectors; 0 = the model's")->capture_default_str()->type_name("N");
  verb.add_option("--type", options->type, "Numbers of the file: f32, f16 or i8")->capture_default_str()->type_name("TYPE");
  verb.add_option("--sif", options->distill.sif, "How much less frequent tokens weigh; 0 = not at all")
      ->capture_default_str()
      ->type_name("X");
  verb.add_option("--ridge", options->distill.ridge, "How strongly the fit holds to the tokens' own vectors")
      ->capture_default_str()
      ->type_name("X");
  add_precision_option(verb, common);
  add_record_options(verb, options->source);
  return [options, &common](Context& context) { return run(*options, common, context); };
}

}  // namespace akin::cli
