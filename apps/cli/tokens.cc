#include <memory>
#include <nlohmann/json.hpp>

#include "akin/akin.h"
#include "akin/base/utf8.h"
#include "terminal.h"
#include "text_source.h"
#include "verbs.h"

namespace akin::cli {
namespace {

struct Options {
  std::vector<std::string> inputs;
  TextSourceOptions source;
};

struct Token {
  std::string piece;
  std::int32_t id = 0;
  bool special = false;
  TextSpan bytes, characters;
};

// Byte offsets never go back, so code points are counted once along the text.
class CodePoints {
 public:
  explicit CodePoints(std::string_view text) : text_(text) {}
  std::uint32_t at(std::uint32_t byte) {
    if (byte < byte_) byte_ = count_ = 0;
    while (byte_ < byte) byte_ += decode_utf8(text_, byte_).length, ++count_;
    return count_;
  }

 private:
  std::string_view text_;
  std::uint32_t byte_ = 0, count_ = 0;
};

std::vector<Token> tokens_of(const Tokenizer& tokenizer, std::string_view text, Encoding& encoding) {
  encoding = tokenizer.encode(text, {.special_tokens = true, .max_tokens = 0, .offsets = true});
  CodePoints code_points(text);
  std::vector<Token> tokens;
  for (std::size_t i = 0; i < encoding.ids.size(); ++i) {
    const TextSpan span = encoding.offsets[i];
    const std::uint32_t begin = code_points.at(span.begin);
    tokens.push_back(
        {tokenizer.piece(encoding.ids[i]), encoding.ids[i], encoding.special[i] != 0, span, {begin, code_points.at(span.end)}});
  }
  return tokens;
}

void print_as_json(const std::string& text, const std::vector<Token>& tokens, const Encoding& encoding) {
  nlohmann::json list = nlohmann::json::array();
  for (const Token& t : tokens)
    list.push_back({{"piece", t.piece},
                    {"id", t.id},
                    {"special", t.special},
                    {"bytes", {t.bytes.begin, t.bytes.end}},
                    {"characters", {t.characters.begin, t.characters.end}}});
  print_json_line({{"text", text}, {"n_tokens", tokens.size()}, {"n_invalid", encoding.n_invalid}, {"tokens", list}});
}

void print_table(const std::string& text, const std::vector<Token>& tokens, std::size_t max_tokens) {
  Table table{{"id", "piece", "bytes", "characters", "text"}, {}};
  for (const Token& t : tokens) {
    const auto range = [](TextSpan span) { return std::to_string(span.begin) + ":" + std::to_string(span.end); };
    const std::string source = t.special ? dim("special") : shortened(text.substr(t.bytes.begin, t.bytes.end - t.bytes.begin), 40);
    table.rows.push_back({std::to_string(t.id), t.piece, t.special ? "" : range(t.bytes), t.special ? "" : range(t.characters), source});
  }
  print(table.text());
  print(dim(grouped(tokens.size()) + " tokens; the model reads " + grouped(max_tokens)) + "\n");
}

int run(const Options& options, const Common& common, Context& context) {
  const LoadedModel model = load_model(common, {}, context);
  const auto source = open_texts(options.inputs, options.source);
  std::string text;
  for (bool first = true; source->next(text); first = false) {
    context.cancel.check();
    Encoding encoding;
    const std::vector<Token> tokens = tokens_of(model.embedder.tokenizer(), text, encoding);
    if (encoding.n_invalid > 0) context.warn(std::to_string(encoding.n_invalid) + " malformed UTF-8 sequences were read as U+FFFD");
    if (common.json) {
      print_as_json(text, tokens, encoding);
    } else {
      if (!first) print("\n");
      print_table(text, tokens, model.embedder.max_tokens());
    }
  }
  context.cancel.check();
  return 0;
}

}  // namespace

Run add_tokens(CLI::App& verb, Common& common) {
  auto options = std::make_shared<Options>();
  verb.add_option("texts", options->inputs, "Texts, files with one text a line, or - for standard input")
      ->type_name("TEXT|FILE|-")
      ->required();
  verb.add_flag("--text", options->source.literal, "Every argument is a text, even if a file has that name");
  verb.add_option("-m,--model", common.model, "A name ('akin models' lists them), a model folder or a .gguf file")->type_name("MODEL");
  return [options, &common](Context& context) { return run(*options, common, context); };
}

}  // namespace akin::cli
