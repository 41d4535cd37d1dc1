#include "akin/embed/language_model.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <utility>

#include "akin/base/error.h"
#include "akin/kernels/target.h"
#include "akin/kernels/top_k.h"
#include "akin/model/head.h"
#include "akin/model/transformer.h"
#include "model_files.h"
#include "transformer_backend.h"

namespace akin {
namespace {

/// Largest score and ln Σ exp(score − largest).
struct Normalizer {
  double largest = 0, log_sum = 0;

  explicit Normalizer(std::span<const float> scores) : largest(-HUGE_VAL) {
    for (const float score : scores) largest = std::max(largest, static_cast<double>(score));
    double sum = 0;
    for (const float score : scores) sum += std::exp(static_cast<double>(score) - largest);
    log_sum = std::log(sum);
  }
  [[nodiscard]] double log_probability(float score) const { return static_cast<double>(score) - largest - log_sum; }
};

std::string positions_of(const TransformerSpec& spec) {
  if (!spec.ropes.empty()) return "rope";
  if (!spec.attention.alibi_slopes.empty()) return "alibi";
  if (spec.attention.relative_bias) return "relative buckets";
  return spec.learned_positions ? "learned" : "none";
}

}  // namespace

struct LanguageModel::Impl {
  ModelWeights parts;
  Transformer transformer;
  LanguageHead head;
  std::string positions;
  mutable std::once_flag asked;
  mutable std::optional<Tokenizer> tokenizer;

  Impl(ModelWeights weights, Precision precision, Context& context)
      : parts(std::move(weights)),
        transformer(*parts.weights, parts.model, gemm_type(precision), context),
        head(*parts.weights, parts.model),
        positions(positions_of(parts.model.spec)) {}

  [[nodiscard]] bool is_causal() const { return parts.model.spec.attention.causal; }

  /// Hidden states (n, dim) of one text.
  [[nodiscard]] Matrix<float> run(std::span<const std::int32_t> ids) const {
    Matrix<float> hidden = Matrix<float>::uninitialized(ids.size(), parts.model.spec.dim);
    const std::vector<std::size_t> starts = {0, ids.size()};
    TransformerBuffers buffers;
    transformer.forward({ids, {}, starts}, buffers, hidden.view());
    return hidden;
  }

  [[nodiscard]] std::vector<float> score(std::span<const float> hidden, Context& context) const {
    std::vector<float> scores(head.vocabulary_size());
    head.forward(hidden, scores, context);
    return scores;
  }
};

LanguageModel::LanguageModel(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LanguageModel::LanguageModel(LanguageModel&&) noexcept = default;
LanguageModel& LanguageModel::operator=(LanguageModel&&) noexcept = default;
LanguageModel::~LanguageModel() = default;

LanguageModel LanguageModel::load(const std::filesystem::path& model, Precision precision, Context& context) {
  kernels::use_target_from_environment();
  ModelWeights parts = read_weights(model);
  // Before the transformer is packed: a model without a head is told at once.
  (void)LanguageHead(*parts.weights, parts.model);
  return LanguageModel(std::make_unique<Impl>(std::move(parts), precision, context));
}

const std::string& LanguageModel::name() const noexcept { return impl_->parts.name; }
const std::string& LanguageModel::family() const noexcept { return impl_->parts.model.family; }
const std::string& LanguageModel::positions() const noexcept { return impl_->positions; }
std::size_t LanguageModel::dim() const noexcept { return impl_->parts.model.spec.dim; }
std::size_t LanguageModel::vocabulary_size() const noexcept { return impl_->head.vocabulary_size(); }
std::size_t LanguageModel::context_length() const noexcept { return impl_->parts.model.spec.max_positions(); }
std::size_t LanguageModel::position_limit() const noexcept { return impl_->parts.model.spec.hard_position_limit(); }
bool LanguageModel::is_tied() const noexcept { return impl_->head.is_tied(); }
bool LanguageModel::is_masked() const noexcept { return !impl_->is_causal(); }

const Tokenizer& LanguageModel::tokenizer() const {
  std::call_once(impl_->asked, [&] { impl_->tokenizer.emplace(read_tokenizer(impl_->parts)); });
  return *impl_->tokenizer;
}

std::vector<float> LanguageModel::scores(std::span<const std::int32_t> ids, std::size_t position, Context& context) const {
  const std::size_t last = is_masked() ? position : position - 1;
  require(!ids.empty() && last < ids.size(), "a prediction wants at least one token, and a place inside the text");
  // What comes after the place does not change a causal model's answer.
  const std::size_t n = is_masked() ? ids.size() : position;
  return impl_->score(impl_->run(ids.first(n)).row(last), context);
}

Prediction LanguageModel::predict(std::span<const std::int32_t> ids, std::size_t position, std::size_t k, Context& context) const {
  require(k > 0, "at least one token must be asked for");
  const std::vector<float> all = scores(ids, position, context);
  const Normalizer normalizer(all);
  Prediction prediction{position, {}};
  for (const kernels::Scored& scored : kernels::largest_k(all, k)) {
    const auto id = static_cast<std::size_t>(scored.id);
    prediction.top.push_back({static_cast<std::int32_t>(id), all[id], std::exp(normalizer.log_probability(all[id]))});
  }
  return prediction;
}

std::vector<Prediction> LanguageModel::predict(std::string_view text, std::size_t k, Context& context) const {
  require(k > 0, "at least one token must be asked for");
  const Encoding encoding = tokenizer().encode(text, {.special_tokens = true, .max_tokens = 0, .offsets = true});
  if (is_masked()) return fill(encoding.ids, k, context);
  std::size_t n = encoding.ids.size();
  while (n > 0 && encoding.special[n - 1] != 0) --n;
  // Of an empty text what the model wants before every text, if anything.
  n = std::max(n, std::min<std::size_t>(encoding.ids.size(), 1));
  if (n == 0) throw Error(ErrorCode::invalid_argument, name() + ": a text without a token has no next one");
  return {predict(std::span(encoding.ids).first(n), n, k, context)};
}

std::vector<Prediction> LanguageModel::fill(std::span<const std::int32_t> ids, std::size_t k, Context& context) const {
  const std::int32_t mask = mask_token_of(tokenizer());
  std::vector<Prediction> predictions;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (mask >= 0 && ids[i] == mask) predictions.push_back(predict(ids, i, k, context));
  }
  if (predictions.empty()) {
    throw Error(ErrorCode::invalid_argument, name() + " is a masked model, which fills gaps and does not continue a text: put " +
                                                 (mask >= 0 ? tokenizer().piece(mask) : "its mask token") + " where a token is wanted");
  }
  return predictions;
}

std::vector<double> LanguageModel::losses(std::span<const std::int32_t> ids, Context& context) const {
  if (is_masked()) throw Error(ErrorCode::unsupported, name() + ": a masked model gives no probability to the next token");
  std::vector<double> losses;
  if (ids.size() < 2) return losses;
  const Matrix<float> hidden = impl_->run(ids.first(ids.size() - 1));
  for (std::size_t i = 0; i < hidden.rows(); ++i) {
    context.cancel.check();
    const std::vector<float> all = impl_->score(hidden.row(i), context);
    const auto next = static_cast<std::size_t>(static_cast<std::uint32_t>(ids[i + 1]));
    require(next < all.size(), "a token id is outside the vocabulary");
    losses.push_back(-Normalizer(all).log_probability(all[next]));
  }
  return losses;
}

std::int32_t mask_token_of(const Tokenizer& tokenizer) noexcept {
  for (const char* piece : {"[MASK]", "<mask>"}) {
    if (const std::int32_t id = tokenizer.id_of(piece); id >= 0) return id;
  }
  return -1;
}

}  // namespace akin
