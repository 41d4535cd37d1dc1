#include <algorithm>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "akin/akin.h"
#include "calibration.h"
#include "cost.h"
#include "embed_tokens.h"
#include "late_chunks.h"
#include "pictures.h"
#include "terminal.h"
#include "text_source.h"
#include "verbs.h"

namespace akin::cli {
namespace {

using Clock = std::chrono::steady_clock;

struct Options {
  std::vector<std::string> inputs;
  TextSourceOptions source;
  std::string as = "plain", type = "f32", out, long_texts = "cut", calibrate;
  std::optional<std::string> prompt, prompt_name;
  std::size_t dims = 0, max_tokens = 0, chunk_tokens = 256;
  bool tokens = false, normalize = false;
};

// What is told at the end, so that nothing is cut silently.
struct Totals {
  std::uint64_t texts = 0, tokens = 0, dropped = 0, cut_texts = 0, invalid = 0, in_pieces = 0, chunks = 0, outside = 0;
  void add(const TextReport& report) {
    ++texts;
    tokens += report.n_tokens;
    dropped += report.n_tokens_dropped;
    cut_texts += report.n_tokens_dropped > 0 ? 1 : 0;
    invalid += report.n_invalid;
    in_pieces += report.n_pieces > 1 ? 1 : 0;
  }
  [[nodiscard]] std::string text(const std::string& name, const ModelInfo& model, double seconds) const {
    std::string out = grouped(texts) + (texts == 1 ? " text, " : " texts, ") + grouped(tokens + dropped) + " tokens seen, " +
                      grouped(dropped) + " dropped";
    const bool is_table = model.n_layers == 0;  // a static model drops what it does not know as well
    if (cut_texts > 0)
      out += " from " + grouped(cut_texts) +
             (is_table ? " texts, unknown to the model or over its limit" : " texts longer than the model's " + grouped(model.max_tokens));
    if (chunks > 0) out += ", " + grouped(chunks) + " chunks";
    if (in_pieces > 0) out += ", " + grouped(in_pieces) + " read in pieces of at most " + grouped(model.max_tokens);
    if (outside > 0) out += ", " + grouped(outside) + " numbers outside the calibrated ranges";
    if (invalid > 0) out += ", " + grouped(invalid) + " malformed UTF-8 sequences read as U+FFFD";
    return out + cost_text(name, tokens) + ", " + seconds_text(seconds);
  }
};

TextRole role_from(const std::string& name) {
  check_choice("--as", name, {"plain", "query", "document"});
  return name == "query" ? TextRole::query : name == "document" ? TextRole::document : TextRole::plain;
}

// The record with its vector last, whose numbers have no more digits than they need.
void print_record(const nlohmann::json& record, std::span<const float> vector, VectorCode code, const ValueRanges& ranges = {}) {
  print(json_text(record, "vector", numbers_text(vector, code, ranges)) + "\n");
}

std::string compact(std::span<const float> vector) {
  std::string out = "[";
  const std::size_t shown = std::min<std::size_t>(vector.size(), 4);
  for (std::size_t i = 0; i < shown; ++i) out += (i == 0 ? "" : ", ") + fixed(vector[i], 4);
  return out + (vector.size() > shown ? ", … " + grouped(vector.size()) + " numbers]" : "]");
}

void print_vector(const std::string& text, std::span<const float> vector) {
  const auto columns = static_cast<std::size_t>(std::max(20, terminal_columns() - 60));
  print(bold(shortened(text, columns)) + "  " + compact(vector) + "\n");
}

// One run over all texts: where vectors go, in which code, and what is counted on the way.
class Output {
 public:
  Output(const Options& options, const LoadedEmbedder& model, TextRole role, ValueRanges ranges, bool as_json)
      : options_(options),
        model_(model),
        role_(role),
        code_(vector_code_from(options.type)),
        ranges_(std::move(ranges)),
        as_json_(as_json) {
    if (!options.out.empty() && !options.tokens && options.calibrate != "first") open();  // a file that cannot be is told before the work
  }

  void take(std::span<const std::string> texts, const EmbedResult& result) {
    for (const TextReport& report : result.reports) totals.add(report);
    if (options_.calibrate == "first" && ranges_.empty()) {
      ranges_ = ValueRanges(result.vectors.view());
      print_error_line("ranges are those of the first " + grouped(texts.size()) + " texts");
    }
    if (!options_.out.empty()) return write(texts, result);
    for (std::size_t r = 0; r < texts.size(); ++r) {
      const TextReport& report = result.reports[r];
      if (as_json_) {
        nlohmann::json record = {{"text", texts[r]}, {"n_tokens", report.n_tokens}, {"n_tokens_dropped", report.n_tokens_dropped}};
        if (report.n_pieces > 1) record["n_pieces"] = report.n_pieces;
        print_record(record, result.vectors.row(r), code_, ranges_);
      } else {
        print_vector(texts[r], result.vectors.row(r));
      }
    }
  }

  void take(const LateText& text) {
    totals.add(text.report);
    totals.chunks += text.chunks.size();
    if (!options_.out.empty()) {
      places_.add(text);
      return write(text.chunks, text.result);
    }
    for (std::size_t r = 0; r < text.chunks.size(); ++r) {
      if (as_json_) {
        print_record({{"text_index", text.index},
                      {"chunk", r},
                      {"bytes", {text.spans[r].begin, text.spans[r].end}},
                      {"n_tokens", text.result.reports[r].n_tokens},
                      {"text", text.chunks[r]}},
                     text.result.vectors.row(r), code_, ranges_);
      } else {
        print_vector(text.chunks[r], text.result.vectors.row(r));
      }
    }
  }

  void finish() {
    if (options_.out.empty()) return;
    if (!writer_) open();
    writer_->commit();
    totals.outside = writer_->n_outside();
    if (options_.long_texts == "late") places_.write(options_.out);
  }

  Totals totals;

 private:
  void open() {
    const Embedder& embedder = model_.embedder;
    writer_.emplace(options_.out, code_, EmbeddingOrigin{model_.source.name, embedder.fingerprint(), role_, embedder.dim(), ranges_});
  }

  void write(std::span<const std::string> texts, const EmbedResult& result) {
    if (!writer_) open();
    writer_->append(texts, result);
  }

  const Options& options_;
  const LoadedEmbedder& model_;
  TextRole role_;
  VectorCode code_;
  ValueRanges ranges_;
  bool as_json_;
  std::optional<EmbeddingWriter> writer_;
  ChunkPlaces places_;
};

/// Records of a window of pictures.
void print_pictures(std::span<const std::string> files, std::span<const PictureSize> sizes, const Matrix<float>& vectors, VectorCode code,
                    bool as_json) {
  for (std::size_t r = 0; r < files.size(); ++r) {
    if (as_json) {
      print_record({{"image", files[r]}, {"width", sizes[r].width}, {"height", sizes[r].height}}, vectors.row(r), code);
    } else {
      print(bold(files[r]) + "  " + std::to_string(sizes[r].width) + " × " + std::to_string(sizes[r].height) + "  " +
            compact(vectors.row(r)) + "\n");
    }
  }
}

int run_pictures(const Options& options, const Common& common, Context& context) {
  if (options.tokens || options.max_tokens > 0 || options.as != "plain" || options.prompt || options.prompt_name ||
      options.long_texts != "cut")
    throw UsageError("--tokens, --max-tokens, --as, --prompt, --prompt-name and --long are for texts; the inputs are pictures");
  if (!options.calibrate.empty()) throw UsageError("--calibrate is for texts; the inputs are pictures");
  const VectorCode code = vector_code_from(options.type);
  const bool as_json = common.json || !stdout_is_terminal();
  EmbedderOptions limits;
  limits.dims = options.dims;
  limits.normalize = options.normalize;
  const LoadedEmbedder model = load_model(common, limits, context);
  const Embedder& embedder = model.embedder;
  const Clock::time_point start = Clock::now();
  std::optional<EmbeddingWriter> writer;
  if (!options.out.empty())
    writer.emplace(options.out, code, EmbeddingOrigin{model.source.name, embedder.fingerprint(), TextRole::plain, embedder.dim()});
  const auto sink = [&](std::span<const std::string> files, std::span<const PictureSize> sizes, const Matrix<float>& vectors) {
    if (writer) {
      writer->append(files, {vectors.clone(), std::vector<TextReport>(files.size())});
    } else {
      print_pictures(files, sizes, vectors, code, as_json);
    }
  };
  embed_pictures(embedder, options.inputs, sink, context);
  context.cancel.check();
  if (writer) writer->commit();
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  const std::size_t n = options.inputs.size();
  print_error_line((options.out.empty() ? "" : options.out + ": ") + grouped(n) + (n == 1 ? " picture, " : " pictures, ") +
                   seconds_text(seconds));
  return 0;
}

void check(const Options& options) {
  check_choice("--type", options.type, {"f32", "f16", "i8", "u8", "bit", "ibit"});
  check_choice("--format", options.source.format, {"auto", "lines", "jsonl", "csv"});
  check_choice("--long", options.long_texts, {"cut", "pool", "late"});
  const bool is_late = options.long_texts == "late";
  if (options.tokens && options.type != "f32") throw UsageError("--tokens gives one f32 vector a token; it takes no --type");
  if (options.tokens && options.long_texts != "cut") throw UsageError("--tokens reads a text at once; it takes no --long");
  if (options.prompt && options.prompt_name) throw UsageError("--prompt and --prompt-name both name the prompt: pass one");
  if (options.as != "plain" && (options.prompt || options.prompt_name))
    throw UsageError("--as chooses a prompt by role: pass it or --prompt or --prompt-name");
  const bool has_ranges = options.type == "i8" || options.type == "u8";
  if (!options.calibrate.empty() && !has_ranges) throw UsageError("--calibrate is for --type i8 and u8");
  if (options.calibrate.empty() && options.type == "u8")
    throw UsageError("--type u8 needs --calibrate FILE with texts or vectors like these, or --calibrate first");
  if (options.calibrate == "first" && is_late) throw UsageError("--long late gives one text at a time: pass --calibrate FILE");
}

EmbedderOptions embedder_options(const Options& options) {
  EmbedderOptions out;
  out.dims = options.dims;
  out.normalize = options.normalize;
  out.max_tokens = options.max_tokens;
  out.prompt = options.prompt;
  out.prompt_name = options.prompt_name;
  if (options.long_texts == "pool") out.long_texts = LongTexts::pool;
  return out;
}

int run(Options& options, const Common& common, Context& context) {
  const TextRole role = role_from(options.as);
  check(options);
  if (options.inputs.empty()) {
    if (stdin_is_terminal()) throw UsageError("no texts given: pass texts, files or - for standard input");
    options.inputs.emplace_back("-");
  }
  if (!options.source.literal) {
    const auto n_pictures = std::count_if(options.inputs.begin(), options.inputs.end(), is_picture);
    if (n_pictures == static_cast<std::ptrdiff_t>(options.inputs.size())) return run_pictures(options, common, context);
    if (n_pictures > 0) throw UsageError("pictures and texts are embedded one kind at a time; --text takes every argument as a text");
  }
  const bool as_json = common.json || !stdout_is_terminal();
  const auto source = open_texts(options.inputs, options.source);
  const LoadedEmbedder model = load_model(common, embedder_options(options), context);
  const Embedder& embedder = model.embedder;
  const Clock::time_point start = Clock::now();
  ValueRanges ranges;
  if (!options.calibrate.empty() && options.calibrate != "first")
    ranges = calibrate(options.calibrate, options.source, embedder, role, context);
  Output output(options, model, role, std::move(ranges), as_json);
  if (options.tokens) {
    embed_each_token(
        model, *source, options.out, as_json, [&](const TextReport& report) { output.totals.add(report); }, context);
  } else if (options.long_texts == "late") {
    embed_late(
        embedder, *source, role, options.chunk_tokens, [&](const LateText& text) { output.take(text); }, context);
  } else {
    embedder.embed_stream([&](std::string& text) { return source->next(text); },
                          [&](std::span<const std::string> texts, const EmbedResult& result) { output.take(texts, result); }, role,
                          context);
  }
  context.cancel.check();
  if (!options.tokens) output.finish();
  context.cancel.check();
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  print_error_line((options.out.empty() ? "" : options.out + ": ") + output.totals.text(model.source.name, embedder.info(), seconds));
  return 0;
}

}  // namespace

Run add_embed(CLI::App& verb, Common& common) {
  auto options = std::make_shared<Options>();
  verb.add_option("inputs", options->inputs, "Texts, files (one text a line; .jsonl; .csv), - for standard input, or pictures")
      ->type_name("TEXT|FILE|-");
  verb.add_option("-o,--out", options->out, "Write .npy, .safetensors, .fvecs, .bvecs, .jsonl or .csv instead of printing")
      ->type_name("FILE");
  verb.add_option("--as", options->as, "Which of the model's prompts is put in front: plain (none), query or document")
      ->capture_default_str()
      ->type_name("ROLE");
  verb.add_option("--prompt-name", options->prompt_name, "The prompt of this name in front of every text ('akin info' lists them)")
      ->type_name("NAME");
  verb.add_option("--prompt", options->prompt, "This prompt in front of every text; \"\" for none")->type_name("TEXT");
  verb.add_option("--dims", options->dims, "Keep the first N numbers of a vector (Matryoshka models)")->type_name("N");
  verb.add_flag("--normalize", options->normalize, "Scale vectors to unit length at the end, whatever the model does");
  verb.add_option("--max-tokens", options->max_tokens, "Read at most N tokens of a text; 0 = the model's limit")->type_name("N");
  verb.add_option(
          "--long", options->long_texts,
          "Texts over the limit: cut (reported), pool (the mean of their pieces), late (a vector a chunk, each having seen the whole)")
      ->capture_default_str()
      ->type_name("HOW");
  verb.add_option("--chunk-tokens", options->chunk_tokens, "Of --long late: tokens of a chunk at most")
      ->capture_default_str()
      ->type_name("N")
      ->check(CLI::Range(1, 1'000'000));
  verb.add_option("--type", options->type, "How vectors are stored: f32, f16, i8, u8, bit or ibit")
      ->capture_default_str()
      ->type_name("TYPE");
  verb.add_option("--calibrate", options->calibrate,
                  "Of i8 and u8: the range of each number, from a file of texts or vectors, or 'first' for the first 2,048 texts")
      ->type_name("FILE");
  add_record_options(verb, options->source);
  verb.add_flag("--tokens", options->tokens,
                "One contextual vector a token; --out takes a .safetensors file: k.ids, k.offsets and k.hidden of text k");
  verb.add_flag("--text", options->source.literal, "Every argument is a text, even if a file has that name");
  add_model_options(verb, common);
  return [options, &common](Context& context) { return run(*options, common, context); };
}

}  // namespace akin::cli
