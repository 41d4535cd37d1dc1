#include "akin/embed/embedder.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "akin/base/crew.h"
#include "akin/kernels/target.h"
#include "akin/model/transformer.h"
#include "akin/nn/weights.h"
#include "akin/text/lowercase.h"
#include "fingerprint.h"
#include "micro_batch.h"
#include "model_files.h"
#include "sentence_steps.h"

namespace akin {
namespace {

// Rows that go through the layers together. At 384 dimensions their activations fill about half of a 1 MB second-level cache; larger
// batches measured no faster, smaller ones read the weights more often.
constexpr std::size_t kMicroBatchTokens = 256;

// A window of the endless input: enough texts to sort by length, little enough memory.
constexpr std::size_t kWindowTexts = 2048;
constexpr std::size_t kWindowBytes = std::size_t{8} << 20;

constexpr std::size_t kTokenizeGrain = 16;

// Threads that share the products of a single micro-batch: its smallest product has two pieces, its largest eight.
constexpr std::size_t kMostInACrew = 8;

struct Scratch {
  TransformerBuffers buffers;
  Matrix<float> hidden;
};

/// Scratch lent to whoever runs a forward pass and kept for the next.
class ScratchPool {
 public:
  std::unique_ptr<Scratch> take() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) return std::make_unique<Scratch>();
    std::unique_ptr<Scratch> scratch = std::move(free_.back());
    free_.pop_back();
    return scratch;
  }
  void give_back(std::unique_ptr<Scratch> scratch) {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(scratch));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Scratch>> free_;
};

kernels::GemmType gemm_type(Precision precision) {
  switch (precision) {
    case Precision::bf16:
      return kernels::GemmType::bf16;
    case Precision::int8:
      return kernels::GemmType::int8;
    case Precision::f32:
      break;
  }
  return kernels::GemmType::f32;
}

const std::string* find_prompt(const SentenceConfig& sentence, std::string_view name) {
  for (const auto& [known, text] : sentence.prompts) {
    if (known == name) return &text;
  }
  return nullptr;
}

/// sentence-transformers' encode_query, encode_document and encode: the role's own prompt, else the default one, else none.
std::string role_prompt(const SentenceConfig& sentence, TextRole role) {
  constexpr std::string_view kDocumentNames[] = {"document", "passage", "corpus"};
  if (role == TextRole::query) {
    if (const auto* prompt = find_prompt(sentence, "query")) return *prompt;
  }
  if (role == TextRole::document) {
    for (const std::string_view name : kDocumentNames) {
      if (const auto* prompt = find_prompt(sentence, name)) return *prompt;
    }
  }
  const auto* prompt = find_prompt(sentence, sentence.default_prompt);
  return prompt == nullptr ? std::string() : *prompt;
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
  info.normalized = options.normalize || (!cut && !steps.empty() && std::holds_alternative<NormalizeStep>(steps.back()));
  info.similarity = files.sentence.similarity;
  info.prompts = files.sentence.prompts;
  const TensorView* weight = files.weights->find(layer_name(files.model.names.up, 0) + ".weight");
  info.weight_type = weight == nullptr ? "" : name_of(weight->type);
  info.precision = options.precision;
  return info;
}

}  // namespace

struct Embedder::Impl {
  ModelFiles files;
  EmbedderOptions options;
  Transformer transformer;
  SentenceSteps steps;
  ModelInfo info;
  std::string prompts[3];  // by TextRole
  mutable ScratchPool scratch;
  mutable std::once_flag hashed;
  mutable std::string fingerprint;

  Impl(ModelFiles model_files, const EmbedderOptions& embedder_options, Context& context)
      : files(std::move(model_files)),
        options(embedder_options),
        transformer(*files.weights, files.model, gemm_type(options.precision), context),
        steps(files.sentence.steps, options.dims, options.normalize) {
    const std::size_t dim = output_dim(files);
    if (options.dims > dim) {
      throw Error(ErrorCode::invalid_argument,
                  files.name + ": " + std::to_string(options.dims) + " dimensions are asked for, the model gives " + std::to_string(dim));
    }
    const std::size_t special = files.tokenizer.n_special_tokens();
    const std::size_t limit = options.max_tokens == 0 ? files.sentence.max_tokens : options.max_tokens;
    if (limit > files.model.spec.max_positions() || limit <= special) {
      throw Error(ErrorCode::invalid_argument, files.name + ": max_tokens must be " + std::to_string(special + 1) + " to " +
                                                   std::to_string(files.model.spec.max_positions()) + ", " + std::to_string(limit) +
                                                   " is asked for");
    }
    if (files.tokenizer.vocabulary_size() > files.model.spec.vocabulary_size) {
      throw Error(ErrorCode::mismatch, files.name + ": the tokenizer has " + std::to_string(files.tokenizer.vocabulary_size()) +
                                           " tokens, the embedding table " + std::to_string(files.model.spec.vocabulary_size) + " rows");
    }
    info = describe(files, options, options.dims == 0 ? dim : options.dims, limit);
    for (const TextRole role : {TextRole::plain, TextRole::query, TextRole::document}) {
      prompts[static_cast<int>(role)] = options.prompt ? *options.prompt : role_prompt(files.sentence, role);
    }
  }

  Encoding encode(std::string_view text, std::string_view prompt, bool offsets) const;
  std::size_t skipped_tokens(std::string_view prompt) const;
  void run(std::span<const Encoding* const> encodings, std::size_t n_skip, Scratch& work, Matrix<float>& pooled, Crew* crew) const;
};

Encoding Embedder::Impl::encode(std::string_view text, std::string_view prompt, bool offsets) const {
  const EncodeOptions encode_options{.special_tokens = true, .max_tokens = info.max_tokens, .offsets = offsets};
  if (prompt.empty() && !files.sentence.lowercase) return files.tokenizer.encode(text, encode_options);
  std::string prompted = std::string(prompt) + std::string(text);
  if (files.sentence.lowercase) prompted = lowercase(prompted);
  return files.tokenizer.encode(prompted, encode_options);
}

/// How many leading tokens an excluded prompt takes: its own and the special ones before them, not the ones after.
std::size_t Embedder::Impl::skipped_tokens(std::string_view prompt) const {
  if (prompt.empty() || files.sentence.include_prompt) return 0;
  const std::size_t n = encode("", prompt, false).ids.size();
  return n == 0 ? 0 : n - 1;
}

void Embedder::Impl::run(std::span<const Encoding* const> encodings, std::size_t n_skip, Scratch& work, Matrix<float>& pooled,
                         Crew* crew) const {
  std::vector<std::int32_t> ids;
  std::vector<std::int32_t> types;
  std::vector<std::size_t> starts = {0};
  for (const Encoding* encoding : encodings) {
    ids.insert(ids.end(), encoding->ids.begin(), encoding->ids.end());
    types.insert(types.end(), encoding->type_ids.begin(), encoding->type_ids.end());
    starts.push_back(ids.size());
  }
  const MatrixView<float> hidden = nn::grow(work.hidden, ids.size(), files.model.spec.dim);
  if (crew == nullptr) {
    transformer.forward({ids, types, starts}, work.buffers, hidden);
  } else {
    transformer.forward({ids, types, starts}, work.buffers, hidden, *crew);
  }
  for (std::size_t s = 0; s < encodings.size(); ++s) {
    const std::size_t n = starts[s + 1] - starts[s];
    files.sentence.pooling.forward(hidden.middle_rows(starts[s], n), std::min(n_skip, n - 1), pooled.row(s));
  }
}

Embedder::Embedder(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Embedder::Embedder(Embedder&&) noexcept = default;
Embedder& Embedder::operator=(Embedder&&) noexcept = default;
Embedder::~Embedder() = default;

Embedder Embedder::load(const std::filesystem::path& model, const EmbedderOptions& options, Context& context) {
  kernels::use_target_from_environment();
  return Embedder(std::make_unique<Impl>(read_model(model), options, context));
}

std::size_t Embedder::dim() const noexcept { return impl_->info.dim; }
std::size_t Embedder::max_tokens() const noexcept { return impl_->info.max_tokens; }
const ModelInfo& Embedder::info() const noexcept { return impl_->info; }
const Tokenizer& Embedder::tokenizer() const noexcept { return impl_->files.tokenizer; }
const std::string& Embedder::prompt(TextRole role) const { return impl_->prompts[static_cast<int>(role)]; }

const std::string& Embedder::fingerprint() const {
  std::call_once(impl_->hashed, [&] { impl_->fingerprint = space_fingerprint(impl_->files, impl_->options); });
  return impl_->fingerprint;
}

EmbedResult Embedder::embed(std::span<const std::string_view> texts, TextRole role, Context& context) const {
  const std::string& text_prompt = prompt(role);
  std::vector<Encoding> encodings(texts.size());
  EmbedResult result{Matrix<float>::uninitialized(texts.size(), dim()), std::vector<TextReport>(texts.size())};
  std::vector<std::size_t> lengths(texts.size());
  context.parallel_for(texts.size(), kTokenizeGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      encodings[i] = impl_->encode(texts[i], text_prompt, false);
      lengths[i] = encodings[i].ids.size();
      result.reports[i] = {static_cast<std::uint32_t>(lengths[i]), static_cast<std::uint32_t>(encodings[i].n_tokens_dropped),
                           static_cast<std::uint32_t>(encodings[i].n_invalid)};
    }
  });
  const std::size_t n_skip = impl_->skipped_tokens(text_prompt);
  const std::vector<MicroBatch> batches = cut_micro_batches(lengths, kMicroBatchTokens);
  const auto run_batch = [&](std::size_t b, Crew* crew) {
    std::vector<const Encoding*> members;
    for (const std::size_t i : batches[b]) members.push_back(&encodings[i]);
    const std::size_t width = impl_->files.sentence.pooling.modes.size() * impl_->files.model.spec.dim;
    Matrix<float> pooled = Matrix<float>::uninitialized(members.size(), width);
    std::unique_ptr<Scratch> scratch = impl_->scratch.take();
    impl_->run(members, n_skip, *scratch, pooled, crew);
    impl_->scratch.give_back(std::move(scratch));
    const Matrix<float> vectors = impl_->steps.forward(std::move(pooled));
    for (std::size_t s = 0; s < members.size(); ++s) std::ranges::copy(vectors.row(s), result.vectors.row(batches[b][s]).begin());
  };
  if (batches.size() == 1 && context.pool.n_threads() > 1) {
    Crew crew;
    const std::size_t n_threads = std::min(static_cast<std::size_t>(context.pool.n_threads()), kMostInACrew);
    context.parallel_for(n_threads, 1, [&](std::size_t, std::size_t) { crew.join([&] { run_batch(0, &crew); }); });
  } else {
    context.parallel_for(batches.size(), 1, [&](std::size_t b, std::size_t) { run_batch(b, nullptr); });
  }
  return result;
}

EmbedResult Embedder::embed(const std::vector<std::string>& texts, TextRole role, Context& context) const {
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  return embed(std::span(views), role, context);
}

std::vector<float> Embedder::embed_one(std::string_view text, TextRole role, Context& context) const {
  const EmbedResult result = embed(std::span(&text, 1), role, context);
  const auto row = result.vectors.row(0);
  return {row.begin(), row.end()};
}

void Embedder::embed_stream(const Source& source, const Sink& sink, TextRole role, Context& context) const {
  std::vector<std::string> window;
  for (bool more = true; more;) {
    window.clear();
    std::string text;
    for (std::size_t bytes = 0; window.size() < kWindowTexts && bytes < kWindowBytes && (more = source(text));) {
      bytes += text.size();
      window.push_back(std::move(text));
      text.clear();
    }
    if (window.empty()) return;
    const EmbedResult result = embed(window, role, context);
    sink(window, result);
    context.progress.advance(window.size());
  }
}

TokenVectors Embedder::embed_tokens(std::string_view text, Context& context) const {
  context.cancel.check();
  TokenVectors result{impl_->encode(text, prompt(TextRole::plain), true), {}};
  const std::vector<std::size_t> starts = {0, result.encoding.ids.size()};
  result.hidden = Matrix<float>::uninitialized(starts.back(), impl_->files.model.spec.dim);
  std::unique_ptr<Scratch> scratch = impl_->scratch.take();
  impl_->transformer.forward({result.encoding.ids, result.encoding.type_ids, starts}, scratch->buffers, result.hidden.view());
  impl_->scratch.give_back(std::move(scratch));
  return result;
}

}  // namespace akin
