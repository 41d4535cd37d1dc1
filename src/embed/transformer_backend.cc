#include "transformer_backend.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <utility>

#include "akin/text/lowercase.h"
#include "akin/text/strip.h"
#include "fingerprint.h"
#include "long_text.h"
#include "prompts.h"
#include "sentence_steps.h"
#include "transformer_runner.h"

namespace akin {
namespace {

constexpr std::size_t kTokenizeGrain = 16;

// Of the windows of a text over the limit, a quarter is read twice: what is pooled from the later one has seen that much before it
// (Günther et al., 2024, section 4.2).
constexpr std::size_t kLateOverlapShare = 4;

TextReport report_of(const Encoding& encoding) {
  return {static_cast<std::uint32_t>(encoding.ids.size()), static_cast<std::uint32_t>(encoding.n_tokens_dropped),
          static_cast<std::uint32_t>(encoding.n_invalid)};
}

std::vector<std::uint32_t> tokens_counted(std::span<const TokenSpan> spans) {
  std::vector<std::uint32_t> counts;
  for (const TokenSpan& span : spans) counts.push_back(static_cast<std::uint32_t>(span.end - span.begin));
  return counts;
}

std::string pooling_text(const nn::Pooling& pooling) {
  std::string text;
  for (const nn::PoolingMode mode : pooling.modes) text += (text.empty() ? "" : "+") + std::string(nn::name_of(mode));
  return text;
}

ModelInfo describe(const ModelFiles& files, const EmbedderOptions& options, std::size_t dim, std::size_t max_tokens) {
  const TransformerSpec& spec = files.model.spec;
  ModelInfo info;
  info.name = files.name;
  info.family = files.model.family;
  info.n_layers = spec.n_layers;
  info.dim_model = spec.dim;
  info.n_heads = spec.attention.n_heads;
  info.vocabulary_size = spec.vocabulary_size;
  for (const std::string& name : tensor_list(files.model)) {
    const TensorView* tensor = find_part(*files.weights, name);
    info.n_parameters += tensor == nullptr ? 0 : tensor->size();
  }
  info.dim = dim;
  info.max_tokens = max_tokens;
  info.pooling = pooling_text(files.sentence.pooling);
  const bool cut = dim < output_dim(files);
  const auto& steps = files.sentence.steps;
  info.normalized = options.normalize || (options.dims != 0 && files.sentence.layer_norm_before_cut) ||
                    (!cut && !steps.empty() && std::holds_alternative<NormalizeStep>(steps.back()));
  info.similarity = files.sentence.similarity;
  info.prompts = files.sentence.prompts;
  const TensorView* weight = files.weights->find(layer_name(files.model.names.up, 0) + ".weight");
  info.weight_type = weight == nullptr ? "" : name_of(weight->type);
  info.precision = options.precision;
  return info;
}

class TransformerBackend final : public EmbedderBackend {
 public:
  TransformerBackend(ModelFiles model_files, std::unique_ptr<const TransformerRunner> runner, const EmbedderOptions& embedder_options);

  [[nodiscard]] const ModelInfo& info() const noexcept override { return info_; }
  [[nodiscard]] std::string fingerprint() const override { return space_fingerprint(files_, options_); }
  [[nodiscard]] std::string fingerprint_stamp(std::string_view fingerprint) const override {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return akin::fingerprint_stamp(files_, options_, fingerprint, std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
  }
  [[nodiscard]] const Tokenizer* tokenizer() const noexcept override { return &files_.tokenizer; }
  [[nodiscard]] const std::string& prompt(TextRole role) const override { return prompts_[static_cast<std::size_t>(role)]; }
  [[nodiscard]] EmbedResult embed(std::span<const std::string_view> texts, TextRole role, Context& context) const override;
  [[nodiscard]] TokenVectors embed_tokens(std::string_view text, Context& context) const override;
  [[nodiscard]] LateChunks embed_late(std::string_view text, std::span<const TextSpan> spans, TextRole role,
                                      Context& context) const override;
  [[nodiscard]] Matrix<float> embed_encodings(std::span<const Encoding> encodings, VectorLength length, Context& context) const override {
    return vectors_of(encodings, {.length = length}, context);
  }
  [[nodiscard]] Encoding encode(std::string_view text, TextRole role) const override { return encode_stripped(text, prompt(role)); }

 private:
  [[nodiscard]] Encoding encode(std::string_view text, std::string_view prompt, bool offsets) const;
  [[nodiscard]] Encoding encode_stripped(std::string_view text, std::string_view prompt) const;
  [[nodiscard]] WholeText encode_whole(std::string_view text, std::string_view prompt) const;
  [[nodiscard]] std::vector<Encoding> pieces_of(std::string_view text, std::string_view prompt, TextReport& report) const;
  [[nodiscard]] std::size_t skipped_tokens(std::string_view prompt) const;
  struct Pooled {
    std::size_t n_skip = 0;  ///< leading tokens that are left out
    VectorLength length = VectorLength::models;
  };
  /// One vector an encoding, after all steps.
  [[nodiscard]] Matrix<float> vectors_of(std::span<const Encoding> encodings, const Pooled& how, Context& context) const;
  [[nodiscard]] EmbedResult embed_in_pieces(std::span<const std::string_view> texts, TextRole role, Context& context) const;
  [[nodiscard]] Matrix<float> states_of(const WholeText& whole, std::span<const TokenWindow> windows, Context& context) const;

  ModelFiles files_;
  EmbedderOptions options_;
  std::unique_ptr<const TransformerRunner> runner_;
  SentenceSteps steps_;
  ModelInfo info_;
  std::array<std::string, 3> prompts_;  // by TextRole
};

TransformerBackend::TransformerBackend(ModelFiles model_files, std::unique_ptr<const TransformerRunner> runner,
                                       const EmbedderOptions& embedder_options)
    : files_(std::move(model_files)),
      options_(embedder_options),
      runner_(std::move(runner)),
      steps_(files_.sentence.steps, options_.dims, options_.normalize, files_.sentence.layer_norm_before_cut) {
  const std::size_t dim = output_dim(files_);
  if (options_.dims > dim) {
    throw Error(ErrorCode::invalid_argument,
                files_.name + ": " + std::to_string(options_.dims) + " dimensions are asked for, the model gives " + std::to_string(dim));
  }
  const std::size_t special = files_.tokenizer.n_special_tokens();
  const std::size_t limit = options_.max_tokens == 0 ? files_.sentence.max_tokens : options_.max_tokens;
  const std::size_t most = files_.model.spec.hard_position_limit();
  if (limit > most || limit <= special) {
    throw Error(ErrorCode::invalid_argument, files_.name + ": max_tokens must be " + std::to_string(special + 1) + " to " +
                                                 std::to_string(most) + ", " + std::to_string(limit) + " is asked for");
  }
  if (files_.tokenizer.vocabulary_size() > files_.model.spec.vocabulary_size) {
    throw Error(ErrorCode::mismatch, files_.name + ": the tokenizer has " + std::to_string(files_.tokenizer.vocabulary_size()) +
                                         " tokens, the embedding table " + std::to_string(files_.model.spec.vocabulary_size) + " rows");
  }
  info_ = describe(files_, options_, options_.dims == 0 ? dim : options_.dims, limit);
  prompts_ = choose_prompts(files_.sentence, options_, files_.name);
}

Encoding TransformerBackend::encode(std::string_view text, std::string_view prompt, bool offsets) const {
  const EncodeOptions encode_options{.special_tokens = true, .max_tokens = info_.max_tokens, .offsets = offsets};
  if (prompt.empty() && !files_.sentence.lowercase) return files_.tokenizer.encode(text, encode_options);
  std::string prompted = std::string(prompt) + std::string(text);
  if (files_.sentence.lowercase) prompted = lowercase(prompted);
  return files_.tokenizer.encode(prompted, encode_options);
}

/// The reference strips a text with its prompt before the tokenizer sees it. That tells for tokenizers that keep white space.
Encoding TransformerBackend::encode_stripped(std::string_view text, std::string_view prompt) const {
  if (prompt.empty()) return encode(stripped(text), {}, false);
  return encode(stripped(std::string(prompt) + std::string(text)), {}, false);
}

/// How many leading tokens an excluded prompt takes: its own and the special ones before them, not the ones after.
std::size_t TransformerBackend::skipped_tokens(std::string_view prompt) const {
  if (prompt.empty() || files_.sentence.include_prompt) return 0;
  const std::size_t n = encode_stripped("", prompt).ids.size();
  return n == 0 ? 0 : n - 1;
}

Matrix<float> TransformerBackend::vectors_of(std::span<const Encoding> encodings, const Pooled& how, Context& context) const {
  Matrix<float> result = Matrix<float>::uninitialized(encodings.size(), info_.dim);
  const std::size_t width = files_.sentence.pooling.modes.size() * files_.model.spec.dim;
  const auto take = [&](const TransformerRunner::States& states) {
    Matrix<float> pooled = Matrix<float>::uninitialized(states.members.size(), width);
    for (std::size_t s = 0; s < states.members.size(); ++s) {
      const MatrixView<const float> hidden = states.of(s);
      files_.sentence.pooling.forward(hidden, std::min(how.n_skip, hidden.rows() - 1), pooled.row(s));
    }
    const Matrix<float> vectors = steps_.forward(std::move(pooled), how.length);
    for (std::size_t s = 0; s < states.members.size(); ++s) std::ranges::copy(vectors.row(s), result.row(states.members[s]).begin());
  };
  runner_->run(encodings, take, context);
  // A text without a token (GPT-2's tokenizer adds none) is the zero vector before the further steps.
  for (std::size_t i = 0; i < encodings.size(); ++i) {
    if (encodings[i].ids.empty()) std::ranges::copy(steps_.forward(Matrix<float>(1, width), how.length).row(0), result.row(i).begin());
  }
  return result;
}

EmbedResult TransformerBackend::embed(std::span<const std::string_view> texts, TextRole role, Context& context) const {
  if (options_.long_texts == LongTexts::pool) return embed_in_pieces(texts, role, context);
  const std::string& text_prompt = prompt(role);
  std::vector<Encoding> encodings(texts.size());
  std::vector<TextReport> reports(texts.size());
  context.parallel_for(texts.size(), kTokenizeGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      encodings[i] = encode_stripped(texts[i], text_prompt);
      reports[i] = report_of(encodings[i]);
    }
  });
  return {vectors_of(encodings, {.n_skip = skipped_tokens(text_prompt)}, context), std::move(reports)};
}

/// The whole text with its prompt, stripped and lower-cased as embed() does, and where its bytes come from.
WholeText TransformerBackend::encode_whole(std::string_view text, std::string_view prompt) const {
  std::string prompted = std::string(prompt) + std::string(text);
  const std::string_view kept = stripped(prompted);
  const auto cut = static_cast<std::size_t>(kept.data() - prompted.data());
  return WholeText(files_.tokenizer, kept, prompt.size() - std::min(cut, prompt.size()), cut - std::min(cut, prompt.size()),
                   files_.sentence.lowercase);
}

std::vector<Encoding> TransformerBackend::pieces_of(std::string_view text, std::string_view prompt, TextReport& report) const {
  std::vector<Encoding> pieces;
  pieces.push_back(encode_stripped(text, prompt));
  report = report_of(pieces[0]);
  if (pieces[0].n_tokens_dropped == 0) return pieces;
  const WholeText whole = encode_whole(text, prompt);
  pieces.clear();
  for (const TokenWindow& window : whole.cut(info_.max_tokens, 0)) pieces.push_back(whole.encoding(window));
  report = {static_cast<std::uint32_t>(whole.n_tokens()), 0, report.n_invalid, static_cast<std::uint32_t>(pieces.size())};
  return pieces;
}

EmbedResult TransformerBackend::embed_in_pieces(std::span<const std::string_view> texts, TextRole role, Context& context) const {
  const std::string& text_prompt = prompt(role);
  std::vector<std::vector<Encoding>> pieces(texts.size());
  EmbedResult result{Matrix<float>::uninitialized(texts.size(), info_.dim), std::vector<TextReport>(texts.size())};
  context.parallel_for(texts.size(), kTokenizeGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) pieces[i] = pieces_of(texts[i], text_prompt, result.reports[i]);
  });
  std::vector<Encoding> all;
  for (std::vector<Encoding>& own : pieces) std::ranges::move(own, std::back_inserter(all));
  const Matrix<float> vectors = vectors_of(all, {.n_skip = skipped_tokens(text_prompt)}, context);
  for (std::size_t i = 0, first = 0; i < texts.size(); first += pieces[i++].size())
    mean_of_pieces(vectors.view().middle_rows(first, pieces[i].size()), std::span(all).subspan(first, pieces[i].size()), info_.normalized,
                   result.vectors.row(i));
  return result;
}

TokenVectors TransformerBackend::embed_tokens(std::string_view text, Context& context) const {
  TokenVectors result{encode(text, prompt(TextRole::plain), true), {}};
  result.hidden = Matrix<float>::uninitialized(result.encoding.ids.size(), files_.model.spec.dim);
  const auto take = [&](const TransformerRunner::States& states) {
    for (std::size_t t = 0; t < states.hidden.rows(); ++t) std::ranges::copy(states.hidden.row(t), result.hidden.row(t).begin());
  };
  runner_->run(std::span(&result.encoding, 1), take, context);
  return result;
}

/// The states of every token of a whole text, special ones counted, from windows that overlap.
Matrix<float> TransformerBackend::states_of(const WholeText& whole, std::span<const TokenWindow> windows, Context& context) const {
  std::vector<Encoding> encodings;
  for (const TokenWindow& window : windows) encodings.push_back(whole.encoding(window));
  Matrix<float> states(whole.n_tokens(), files_.model.spec.dim);
  const auto take = [&](const TransformerRunner::States& part) {
    for (std::size_t s = 0; s < part.members.size(); ++s) whole.copy_states(windows[part.members[s]], part.of(s), states.view());
  };
  runner_->run(encodings, take, context);
  return states;
}

LateChunks TransformerBackend::embed_late(std::string_view text, std::span<const TextSpan> spans, TextRole role, Context& context) const {
  const std::string& text_prompt = prompt(role);
  const nn::Pooling& pooling = files_.sentence.pooling;
  if (spans.size() > 1 && std::ranges::find(pooling.modes, nn::PoolingMode::cls) != pooling.modes.end()) {
    throw Error(ErrorCode::unsupported, info_.name + ": pools by its first token alone: late chunks need a model that pools over tokens");
  }
  const WholeText whole = encode_whole(text, text_prompt);
  const std::vector<TokenWindow> windows = whole.cut(info_.max_tokens, info_.max_tokens / kLateOverlapShare);
  const std::vector<TokenSpan> tokens = whole.tokens_of(spans);
  const Matrix<float> states = states_of(whole, windows, context);
  const std::size_t n_skip = skipped_tokens(text_prompt);
  Matrix<float> pooled = Matrix<float>::uninitialized(spans.size(), pooling.modes.size() * files_.model.spec.dim);
  for (std::size_t i = 0; i < spans.size(); ++i) {
    const std::size_t n = tokens[i].end - tokens[i].begin;
    pooling.forward(states.view().middle_rows(tokens[i].begin, n), tokens[i].begin == 0 ? std::min(n_skip, n - 1) : 0, pooled.row(i));
  }
  return {steps_.forward(std::move(pooled)), whole.report(windows.size()), tokens_counted(tokens)};
}

}  // namespace

std::unique_ptr<EmbedderBackend> make_transformer_backend(const std::filesystem::path& model, const EmbedderOptions& options,
                                                          Context& context) {
  std::unique_ptr<const TransformerRunner> runner;
  ModelFiles files = read_model(model, [&](const TensorFile& weights, const ModelDescription& description) {
    runner = std::make_unique<TransformerRunner>(weights, description, options.precision, context);
  });
  return std::make_unique<TransformerBackend>(std::move(files), std::move(runner), options);
}

}  // namespace akin
