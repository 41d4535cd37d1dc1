#include "tunable_encoder.h"

#include <algorithm>
#include <utility>

#include "akin/base/error.h"
#include "akin/embed/backend.h"
#include "akin/kernels/norm.h"
#include "akin/nn/pooling_training.h"
#include "akin/nn/weights.h"

namespace akin {
namespace {

constexpr std::size_t kTokenizeGrain = 16;
/// Tokens that evaluation reads at once: the linear layers are at 95 % of their speed with 256 rows, and eight threads get some each.
constexpr std::size_t kEvaluationTokens = 2048;

std::function<bool(const std::string&)> biases_of(const TensorFile& file) {
  return [&file](const std::string& name) { return find_part(file, name) != nullptr; };
}

/// The tuned model behind an Embedder.
class TunedBackend final : public EmbedderBackend {
 public:
  TunedBackend(const TunableEncoder& encoder, const Embedder& reference) : encoder_(encoder), reference_(reference) {}

  [[nodiscard]] const ModelInfo& info() const noexcept override { return reference_.info(); }
  [[nodiscard]] std::string fingerprint() const override {
    throw Error(ErrorCode::unsupported, info().name + ": a model in training has no fingerprint before it is written");
  }
  [[nodiscard]] const Tokenizer* tokenizer() const noexcept override { return &reference_.tokenizer(); }
  [[nodiscard]] const std::string& prompt(TextRole role) const override { return reference_.prompt(role); }
  [[nodiscard]] Encoding encode(std::string_view text, TextRole role) const override { return reference_.encode(text, role); }

  [[nodiscard]] EmbedResult embed(std::span<const std::string_view> texts, TextRole role, Context& context) const override {
    std::vector<TunableText> encoded(texts.size());
    EmbedResult result{Matrix<float>(texts.size(), encoder_.dim()), std::vector<TextReport>(texts.size())};
    context.parallel_for(texts.size(), kTokenizeGrain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        encoded[i] = encoder_.encode(texts[i], role);
        result.reports[i] = {static_cast<std::uint32_t>(encoded[i].ids.size()), static_cast<std::uint32_t>(encoded[i].n_dropped), 0};
      }
    });
    TunableTape tape;
    for (std::size_t first = 0; first < texts.size();) {
      context.cancel.check();
      std::vector<const TunableText*> some;
      for (std::size_t n = 0; first + some.size() < texts.size() && n < kEvaluationTokens; n += some.back()->ids.size()) {
        some.push_back(&encoded[first + some.size()]);
      }
      encoder_.forward(some, {}, tape, result.vectors.view().middle_rows(first, some.size()), context);
      first += some.size();
    }
    return result;
  }

 private:
  const TunableEncoder& encoder_;
  const Embedder& reference_;
};

}  // namespace

struct TunableTape::Impl {
  std::vector<std::int32_t> ids;
  std::vector<std::size_t> starts, skips;
  Matrix<float> vectors;       // of unit length, where the model's are
  std::vector<float> lengths;  // before
  Matrix<float> d_pooled, d_hidden;
  MatrixView<const float> hidden;  // of `activations`
  ActivationTape activations;

  [[nodiscard]] std::size_t n_texts() const noexcept { return skips.size(); }
  [[nodiscard]] TokenBatch batch() const noexcept { return {ids, {}, starts}; }
  /// Rows of text `i` in a matrix of one row a token.
  template <class T>
  [[nodiscard]] MatrixView<T> rows_of(MatrixView<T> all, std::size_t i) const noexcept {
    return all.middle_rows(starts[i], starts[i + 1] - starts[i]);
  }

  void take(std::span<const TunableText* const> texts) {
    ids.clear();
    starts.assign(1, 0);
    skips.clear();
    for (const TunableText* text : texts) {
      ids.insert(ids.end(), text->ids.begin(), text->ids.end());
      starts.push_back(ids.size());
      skips.push_back(text->ids.empty() ? 0 : std::min(text->n_skip, text->ids.size() - 1));
    }
  }
};

TunableTape::TunableTape() : impl_(std::make_unique<Impl>()) {}
TunableTape::TunableTape(TunableTape&&) noexcept = default;
TunableTape& TunableTape::operator=(TunableTape&&) noexcept = default;
TunableTape::~TunableTape() = default;

TunableEncoder::Impl::Impl(SentenceParts the_parts, Embedder the_reference)
    : parts(std::move(the_parts)), reference(std::move(the_reference)), transformer(parts.model, biases_of(*parts.weights), parameters) {
  parameters.allocate();
  parameters.read(*parts.weights);
}

TunableEncoder::TunableEncoder(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TunableEncoder::TunableEncoder(TunableEncoder&&) noexcept = default;
TunableEncoder& TunableEncoder::operator=(TunableEncoder&&) noexcept = default;
TunableEncoder::~TunableEncoder() = default;

TunableEncoder TunableEncoder::load(const std::filesystem::path& folder, std::size_t max_tokens, Context& context) {
  SentenceParts parts = read_sentence_parts(folder);
  EmbedderOptions options;
  options.max_tokens = max_tokens;
  return TunableEncoder(std::make_unique<Impl>(std::move(parts), Embedder::load(folder, options, context)));
}

const ModelInfo& TunableEncoder::info() const noexcept { return impl_->reference.info(); }
const std::string& TunableEncoder::fingerprint() const { return impl_->reference.fingerprint(); }
Parameters& TunableEncoder::parameters() noexcept { return impl_->parameters; }
const Parameters& TunableEncoder::parameters() const noexcept { return impl_->parameters; }

std::size_t TunableEncoder::tape_bytes_per_token() const noexcept {
  const TransformerSpec& spec = impl_->parts.model.spec;
  return sizeof(float) * spec.n_layers * (10 * spec.dim + (spec.mlp.gated ? 3 : 2) * spec.mlp.dim);
}

TunableText TunableEncoder::encode(std::string_view text, TextRole role) const {
  const Embedder& reference = impl_->reference;
  Encoding encoding = reference.encode(text, role);
  TunableText encoded{std::move(encoding.ids), 0, encoding.n_tokens_dropped};
  if (!impl_->parts.include_prompt && !reference.prompt(role).empty()) {
    const std::size_t n = reference.encode("", role).ids.size();
    encoded.n_skip = n == 0 ? 0 : n - 1;  // the last of them, a special token, comes behind the text
  }
  return encoded;
}

void TunableEncoder::forward(std::span<const TunableText* const> texts, const DropoutRates& dropout, TunableTape& tape,
                             MatrixView<float> out, Context& context) const {
  require(out.rows() == texts.size() && out.cols() == dim(), "TunableEncoder: one row of the model's dimension a text is wanted");
  TunableTape::Impl& kept = tape.impl();
  kept.take(texts);
  kept.hidden = impl_->transformer.forward(kept.batch(), impl_->parameters.values(), dropout, kept.activations, context);
  kept.vectors = Matrix<float>(texts.size(), dim());
  kept.lengths.assign(texts.size(), 0);
  context.parallel_for(texts.size(), kTokenizeGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const MatrixView<const float> rows = kept.rows_of(kept.hidden, i);
      if (rows.rows() > 0) impl_->parts.pooling.forward(rows, kept.skips[i], kept.vectors.row(i));
      if (impl_->parts.has_unit_length) kept.lengths[i] = kernels::l2_normalize(kept.vectors.row(i));
      std::ranges::copy(kept.vectors.row(i), out.row_data(i));
    }
  });
}

void TunableEncoder::backward(MatrixView<const float> d_out, TunableTape& tape, std::span<float> gradients, Context& context) const {
  TunableTape::Impl& kept = tape.impl();
  require(d_out.rows() == kept.n_texts() && d_out.cols() == dim(), "TunableEncoder: the gradient's shape is not the vectors'");
  const MatrixView<float> d_pooled = nn::grow(kept.d_pooled, d_out.rows(), d_out.cols());
  const MatrixView<float> d_hidden = nn::grow(kept.d_hidden, kept.hidden.rows(), kept.hidden.cols());
  context.parallel_for(kept.n_texts(), kTokenizeGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const MatrixView<const float> rows = kept.rows_of(kept.hidden, i);
      if (rows.rows() == 0) continue;
      std::ranges::copy(d_out.row(i), d_pooled.row_data(i));
      if (impl_->parts.has_unit_length) nn::unit_length_backward(kept.vectors.row(i), kept.lengths[i], d_pooled.row(i));
      nn::pooling_backward(impl_->parts.pooling, rows, kept.skips[i], d_pooled.row(i), kept.rows_of(d_hidden, i));
    }
  });
  impl_->transformer.backward(kept.batch(), impl_->parameters.values(), d_hidden, kept.activations, gradients, context);
}

Embedder TunableEncoder::embedder() const { return Embedder(std::make_unique<TunedBackend>(*this, impl_->reference)); }

void TunableEncoder::write(const std::filesystem::path& folder) const { write_tuned_folder(impl_->parts, impl_->parameters, folder); }

}  // namespace akin
