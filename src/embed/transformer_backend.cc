#include "transformer_backend.h"

#include <algorithm>
#include <utility>

#include "akin/base/crew.h"
#include "akin/model/transformer.h"
#include "akin/nn/weights.h"
#include "akin/text/lowercase.h"
#include "fingerprint.h"
#include "micro_batch.h"
#include "role_prompt.h"
#include "scratch_pool.h"
#include "sentence_steps.h"

namespace akin {
namespace {

constexpr std::size_t kTokenizeGrain = 16;

struct Scratch {
  TransformerBuffers buffers;
  Matrix<float> hidden;
};

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
  info.normalized = options.normalize || (!cut && !steps.empty() && std::holds_alternative<NormalizeStep>(steps.back()));
  info.similarity = files.sentence.similarity;
  info.prompts = files.sentence.prompts;
  const TensorView* weight = files.weights->find(layer_name(files.model.names.up, 0) + ".weight");
  info.weight_type = weight == nullptr ? "" : name_of(weight->type);
  info.precision = options.precision;
  return info;
}

class TransformerBackend final : public EmbedderBackend {
 public:
  TransformerBackend(ModelFiles model_files, const EmbedderOptions& embedder_options, Context& context);

  [[nodiscard]] const ModelInfo& info() const noexcept override { return info_; }
  [[nodiscard]] std::string fingerprint() const override { return space_fingerprint(files_, options_); }
  [[nodiscard]] const Tokenizer* tokenizer() const noexcept override { return &files_.tokenizer; }
  [[nodiscard]] const std::string& prompt(TextRole role) const override { return prompts_[static_cast<int>(role)]; }
  [[nodiscard]] EmbedResult embed(std::span<const std::string_view> texts, TextRole role, Context& context) const override;
  [[nodiscard]] TokenVectors embed_tokens(std::string_view text, Context& context) const override;

 private:
  [[nodiscard]] Encoding encode(std::string_view text, std::string_view prompt, bool offsets) const;
  [[nodiscard]] std::size_t skipped_tokens(std::string_view prompt) const;
  /// Pooled vectors of one micro-batch.
  void run(std::span<const Encoding* const> encodings, std::size_t n_skip, Scratch& work, Matrix<float>& pooled, Crew* crew) const;

  ModelFiles files_;
  EmbedderOptions options_;
  Transformer transformer_;
  SentenceSteps steps_;
  ModelInfo info_;
  std::string prompts_[3];  // by TextRole
  mutable ScratchPool<Scratch> scratch_;
};

TransformerBackend::TransformerBackend(ModelFiles model_files, const EmbedderOptions& embedder_options, Context& context)
    : files_(std::move(model_files)),
      options_(embedder_options),
      transformer_(*files_.weights, files_.model, gemm_type(options_.precision), context),
      steps_(files_.sentence.steps, options_.dims, options_.normalize) {
  const std::size_t dim = output_dim(files_);
  if (options_.dims > dim) {
    throw Error(ErrorCode::invalid_argument,
                files_.name + ": " + std::to_string(options_.dims) + " dimensions are asked for, the model gives " + std::to_string(dim));
  }
  const std::size_t special = files_.tokenizer.n_special_tokens();
  const std::size_t limit = options_.max_tokens == 0 ? files_.sentence.max_tokens : options_.max_tokens;
  if (limit > files_.model.spec.max_positions() || limit <= special) {
    throw Error(ErrorCode::invalid_argument, files_.name + ": max_tokens must be " + std::to_string(special + 1) + " to " +
                                                 std::to_string(files_.model.spec.max_positions()) + ", " + std::to_string(limit) +
                                                 " is asked for");
  }
  if (files_.tokenizer.vocabulary_size() > files_.model.spec.vocabulary_size) {
    throw Error(ErrorCode::mismatch, files_.name + ": the tokenizer has " + std::to_string(files_.tokenizer.vocabulary_size()) +
                                         " tokens, the embedding table " + std::to_string(files_.model.spec.vocabulary_size) + " rows");
  }
  info_ = describe(files_, options_, options_.dims == 0 ? dim : options_.dims, limit);
  for (const TextRole role : {TextRole::plain, TextRole::query, TextRole::document}) {
    prompts_[static_cast<int>(role)] = options_.prompt ? *options_.prompt : role_prompt(files_.sentence, role);
  }
}

Encoding TransformerBackend::encode(std::string_view text, std::string_view prompt, bool offsets) const {
  const EncodeOptions encode_options{.special_tokens = true, .max_tokens = info_.max_tokens, .offsets = offsets};
  if (prompt.empty() && !files_.sentence.lowercase) return files_.tokenizer.encode(text, encode_options);
  std::string prompted = std::string(prompt) + std::string(text);
  if (files_.sentence.lowercase) prompted = lowercase(prompted);
  return files_.tokenizer.encode(prompted, encode_options);
}

/// How many leading tokens an excluded prompt takes: its own and the special ones before them, not the ones after.
std::size_t TransformerBackend::skipped_tokens(std::string_view prompt) const {
  if (prompt.empty() || files_.sentence.include_prompt) return 0;
  const std::size_t n = encode("", prompt, false).ids.size();
  return n == 0 ? 0 : n - 1;
}

void TransformerBackend::run(std::span<const Encoding* const> encodings, std::size_t n_skip, Scratch& work, Matrix<float>& pooled,
                             Crew* crew) const {
  std::vector<std::int32_t> ids;
  std::vector<std::int32_t> types;
  std::vector<std::size_t> starts = {0};
  for (const Encoding* encoding : encodings) {
    ids.insert(ids.end(), encoding->ids.begin(), encoding->ids.end());
    types.insert(types.end(), encoding->type_ids.begin(), encoding->type_ids.end());
    starts.push_back(ids.size());
  }
  const MatrixView<float> hidden = nn::grow(work.hidden, ids.size(), files_.model.spec.dim);
  if (crew == nullptr) {
    transformer_.forward({ids, types, starts}, work.buffers, hidden);
  } else {
    transformer_.forward({ids, types, starts}, work.buffers, hidden, *crew);
  }
  for (std::size_t s = 0; s < encodings.size(); ++s) {
    const std::size_t n = starts[s + 1] - starts[s];
    files_.sentence.pooling.forward(hidden.middle_rows(starts[s], n), std::min(n_skip, n - 1), pooled.row(s));
  }
}

EmbedResult TransformerBackend::embed(std::span<const std::string_view> texts, TextRole role, Context& context) const {
  const std::string& text_prompt = prompt(role);
  std::vector<Encoding> encodings(texts.size());
  EmbedResult result{Matrix<float>::uninitialized(texts.size(), info_.dim), std::vector<TextReport>(texts.size())};
  std::vector<std::size_t> lengths(texts.size());
  context.parallel_for(texts.size(), kTokenizeGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      encodings[i] = encode(texts[i], text_prompt, false);
      lengths[i] = encodings[i].ids.size();
      result.reports[i] = {static_cast<std::uint32_t>(lengths[i]), static_cast<std::uint32_t>(encodings[i].n_tokens_dropped),
                           static_cast<std::uint32_t>(encodings[i].n_invalid)};
    }
  });
  const std::size_t n_skip = skipped_tokens(text_prompt);
  const std::vector<MicroBatch> batches = cut_micro_batches(lengths, kMicroBatchTokens);
  const auto run_batch = [&](std::size_t b, Crew* crew) {
    std::vector<const Encoding*> members;
    for (const std::size_t i : batches[b]) members.push_back(&encodings[i]);
    const std::size_t width = files_.sentence.pooling.modes.size() * files_.model.spec.dim;
    Matrix<float> pooled = Matrix<float>::uninitialized(members.size(), width);
    std::unique_ptr<Scratch> scratch = scratch_.take();
    run(members, n_skip, *scratch, pooled, crew);
    scratch_.give_back(std::move(scratch));
    const Matrix<float> vectors = steps_.forward(std::move(pooled));
    for (std::size_t s = 0; s < members.size(); ++s) std::ranges::copy(vectors.row(s), result.vectors.row(batches[b][s]).begin());
  };
  run_micro_batches(batches.size(), context, run_batch);
  return result;
}

TokenVectors TransformerBackend::embed_tokens(std::string_view text, Context&) const {
  TokenVectors result{encode(text, prompt(TextRole::plain), true), {}};
  const std::vector<std::size_t> starts = {0, result.encoding.ids.size()};
  result.hidden = Matrix<float>::uninitialized(starts.back(), files_.model.spec.dim);
  std::unique_ptr<Scratch> scratch = scratch_.take();
  transformer_.forward({result.encoding.ids, result.encoding.type_ids, starts}, scratch->buffers, result.hidden.view());
  scratch_.give_back(std::move(scratch));
  return result;
}

}  // namespace

std::unique_ptr<EmbedderBackend> make_transformer_backend(ModelFiles files, const EmbedderOptions& options, Context& context) {
  return std::make_unique<TransformerBackend>(std::move(files), options, context);
}

}  // namespace akin
