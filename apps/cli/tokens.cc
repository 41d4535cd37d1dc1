#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>

#include "akin/akin.h"
#include "akin/base/utf8.h"
#include "akin/model/spec.h"
#include "terminal.h"
#include "text_source.h"
#include "verbs.h"

namespace akin::cli {
namespace {

constexpr std::size_t kShownNumbers = 5;  // of an embedding row, in a table

struct Options {
  std::vector<std::string> inputs, near;
  TextSourceOptions source;
  std::string metric = "cosine";
  std::size_t k = 10;
  bool rows = false, next = false;
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

// A table may have more rows than the tokenizer has pieces: some are padded to a round number.
std::string piece_of(const Tokenizer& tokenizer, std::uint64_t id) {
  return id < tokenizer.vocabulary_size() ? tokenizer.piece(static_cast<std::int32_t>(id)) : "";
}

std::string row_text(std::span<const float> row) {
  std::string out;
  for (std::size_t i = 0; i < std::min(row.size(), kShownNumbers); ++i) out += (out.empty() ? "" : " ") + fixed(row[i], 4);
  return out + (row.size() > kShownNumbers ? " …" : "");
}

double length_of(std::span<const float> row) {
  double sum = 0;
  for (const float x : row) sum += static_cast<double>(x) * static_cast<double>(x);
  return std::sqrt(sum);
}

void print_as_json(const std::string& text, const std::vector<Token>& tokens, const Encoding& encoding, const TokenTable& table) {
  std::string list;
  for (const Token& t : tokens) {
    const nlohmann::json token = {{"piece", t.piece},
                                  {"id", t.id},
                                  {"special", t.special},
                                  {"bytes", {t.bytes.begin, t.bytes.end}},
                                  {"characters", {t.characters.begin, t.characters.end}}};
    const std::vector<float> row = table.row(static_cast<std::size_t>(t.id));
    list += (list.empty() ? "" : ",") + json_text(token, "row", numbers_text(row, VectorCode::f32));
  }
  print(json_text({{"text", text}, {"n_tokens", tokens.size()}, {"n_invalid", encoding.n_invalid}}, "tokens", list) + "\n");
}

void print_table(const std::string& text, const std::vector<Token>& tokens, const TokenTable& table, bool rows) {
  Table out{{"id", "piece", "bytes", "characters", "text"}, {}};
  if (rows) out.header = {"id", "piece", "length", "row"};
  for (const Token& t : tokens) {
    const auto range = [](TextSpan span) { return std::to_string(span.begin) + ":" + std::to_string(span.end); };
    const std::string source = t.special ? dim("special") : shortened(text.substr(t.bytes.begin, t.bytes.end - t.bytes.begin), 40);
    if (rows) {
      const std::vector<float> row = table.row(static_cast<std::size_t>(t.id));
      out.rows.push_back({std::to_string(t.id), t.piece, fixed(length_of(row), 4), row_text(row)});
    } else {
      out.rows.push_back({std::to_string(t.id), t.piece, t.special ? "" : range(t.bytes), t.special ? "" : range(t.characters), source});
    }
  }
  print(out.text());
  std::string footer = grouped(tokens.size()) + " tokens; the model reads " +
                       (table.max_tokens() < kNoPositionLimit ? grouped(table.max_tokens()) : "any number");
  if (rows) {
    footer += "; rows of a table of " + grouped(table.n_rows()) + " × " + grouped(table.dim()) + " in " +
              std::string(name_of(table.rows().type)) + ", " + bytes_text(table.rows().bytes.size());
  }
  print(dim(footer) + "\n");
}

void show_texts(const Options& options, const Common& common, const TokenTable& table, Context& context) {
  const auto source = open_texts(options.inputs, options.source);
  std::string text;
  for (bool first = true; source->next(text); first = false) {
    context.cancel.check();
    Encoding encoding;
    const std::vector<Token> tokens = tokens_of(table.tokenizer(), text, encoding);
    if (encoding.n_invalid > 0) context.warn(std::to_string(encoding.n_invalid) + " malformed UTF-8 sequences were read as U+FFFD");
    if (common.json) {
      print_as_json(text, tokens, encoding, table);
    } else {
      if (!first) print("\n");
      print_table(text, tokens, table, options.rows);
    }
  }
}

void show_near(const Options& options, const Common& common, const TokenTable& table, Context& context) {
  const Metric metric = metric_from(options.metric);
  const Tokenizer& tokenizer = table.tokenizer();
  for (std::size_t i = 0; i < options.near.size(); ++i) {
    const auto id = static_cast<std::uint64_t>(token_id_from(tokenizer, options.near[i], table.n_rows()));
    const auto near = table.nearest(table.row(id), {.k = options.k, .metric = metric, .excluded = {id}}, context);
    const std::string piece = piece_of(tokenizer, id);
    nlohmann::json list = nlohmann::json::array();
    Table out{{options.metric, "id", "piece"}, {}};
    for (const NearRow& row : near) {
      const float shown = metric == Metric::euclidean || metric == Metric::manhattan ? row.distance : similarity_of(metric, row.distance);
      list.push_back({{"id", row.row}, {"piece", piece_of(tokenizer, row.row)}, {options.metric, shown}});
      out.rows.push_back({fixed(shown, 4), std::to_string(row.row), piece_of(tokenizer, row.row)});
    }
    if (common.json) {
      print_json_line({{"word", options.near[i]}, {"id", id}, {"piece", piece}, {"metric", options.metric}, {"near", list}});
    } else {
      print((i == 0 ? "" : "\n") + bold("nearest to " + piece) + " (" + std::to_string(id) + ")\n" + out.text());
    }
  }
}

std::string kind_of(const LanguageModel& model) {
  const std::string table = grouped(model.vocabulary_size()) + " × " + grouped(model.dim());
  return (model.is_tied() ? "tied: scores are products with the token embeddings themselves, "
                          : "untied: scores are products with a table of their own, ") +
         table + (model.is_masked() ? "; masked model: what stands behind the mask" : "; causal model: what comes next");
}

void print_prediction(const LanguageModel& model, const std::string& text, const Prediction& prediction, bool as_json) {
  nlohmann::json list = nlohmann::json::array();
  Table out{{"probability", "score", "id", "piece"}, {}};
  for (const TokenScore& token : prediction.top) {
    const std::string piece = piece_of(model.tokenizer(), static_cast<std::uint64_t>(token.id));
    list.push_back({{"id", token.id}, {"piece", piece}, {"score", token.score}, {"probability", token.probability}});
    out.rows.push_back({fixed(token.probability, 4), fixed(token.score, 3), std::to_string(token.id), piece});
  }
  if (as_json) {
    print_json_line(
        {{"text", text}, {"position", prediction.position}, {"tied", model.is_tied()}, {"masked", model.is_masked()}, {"next", list}});
  } else {
    print(bold(shortened(text, 70)) + dim("  token " + std::to_string(prediction.position)) + "\n" + out.text());
  }
}

int run_next(const Options& options, const Common& common, Context& context) {
  const LocalModel local = resolve_model(common.model);
  const LanguageModel model = LanguageModel::load(local.path, precision_from(common.precision), context);
  const auto source = open_texts(options.inputs, options.source);
  std::string text;
  while (source->next(text)) {
    context.cancel.check();
    for (const Prediction& prediction : model.predict(text, options.k, context)) print_prediction(model, text, prediction, common.json);
  }
  if (!common.json) print(dim(kind_of(model)) + "\n");
  return 0;
}

int run(const Options& options, const Common& common, Context& context) {
  check_choice("--metric", options.metric, {"cosine", "dot", "euclidean", "manhattan"});
  if (options.k == 0) throw UsageError("-k: at least one token must be asked for");
  if (options.next && (!options.near.empty() || options.rows)) throw UsageError("--next goes with neither --near nor --rows");
  if (options.inputs.empty() && options.near.empty()) throw UsageError("no texts given: pass texts, files or - for standard input");
  if (options.next) return run_next(options, common, context);
  const TokenTable table = TokenTable::open(resolve_model(common.model).path);
  if (!options.inputs.empty()) show_texts(options, common, table, context);
  if (!options.inputs.empty() && !options.near.empty() && !common.json) print("\n");
  show_near(options, common, table, context);
  context.cancel.check();
  return 0;
}

}  // namespace

Run add_tokens(CLI::App& verb, Common& common) {
  auto options = std::make_shared<Options>();
  verb.add_option("texts", options->inputs, "Texts, files with one text a line, or - for standard input")->type_name("TEXT|FILE|-");
  verb.add_flag("--rows", options->rows, "Each token's row of the embedding matrix (--json: always, in full)");
  verb.add_option("--near", options->near, "The rows nearest to this word's, piece's or id's; may be given several times")
      ->type_name("WORD|ID")
      ->expected(1)
      ->take_all();
  verb.add_option("--metric", options->metric, "For --near: " + metric_names())->capture_default_str()->type_name("NAME");
  verb.add_flag("--next", options->next, "What a language model expects after the text, or behind its [MASK]");
  verb.add_option("-k", options->k, "How many tokens --near and --next give")->capture_default_str()->type_name("N");
  verb.add_flag("--text", options->source.literal, "Every argument is a text, even if a file has that name");
  add_model_options(verb, common);
  return [options, &common](Context& context) { return run(*options, common, context); };
}

}  // namespace akin::cli
