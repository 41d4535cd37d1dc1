// A model that predicts tokens: its transformer with the head that scores the vocabulary. A tied head is the token embeddings once more:
// the score of a token is the product of the last hidden state with that token's own row (weight tying: Press & Wolf, 2017). Causal models
// say what comes next; masked ones what stands behind a mask. Tested by language_model_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "akin/base/context.h"
#include "akin/embed/embedder.h"
#include "akin/text/tokenizer.h"

namespace akin {

struct TokenScore {
  std::int32_t id = 0;
  float score = 0;         ///< what the head gives: a log-probability up to a constant
  double probability = 0;  ///< softmax over the whole vocabulary
};

/// The likeliest tokens at one place of a text.
struct Prediction {
  std::size_t position = 0;     ///< in tokens: of the mask, or the first place behind the text
  std::vector<TokenScore> top;  ///< likeliest first, equal ones by the lower id
};

class LanguageModel {
 public:
  /// A Hugging Face folder or a GGUF file whose model has a head. Packs the transformer in `precision`; the head stays where it lies.
  /// Throws Error{unsupported} for a model that scores no tokens, else as Embedder::load().
  static LanguageModel load(const std::filesystem::path& model, Precision precision, Context& context);
  LanguageModel(LanguageModel&&) noexcept;
  LanguageModel& operator=(LanguageModel&&) noexcept;
  ~LanguageModel();

  [[nodiscard]] const std::string& name() const noexcept;
  [[nodiscard]] const std::string& family() const noexcept;
  [[nodiscard]] const std::string& positions() const noexcept;  ///< "learned", "rope", "alibi", "relative buckets" or "none"
  [[nodiscard]] std::size_t dim() const noexcept;
  [[nodiscard]] std::size_t vocabulary_size() const noexcept;
  /// Length that the model was made for, in tokens; kNoPositionLimit of spec.h if its files do not say.
  [[nodiscard]] std::size_t context_length() const noexcept;
  /// Length that it can run at all: the rows of its table of positions; kNoPositionLimit where there is none.
  [[nodiscard]] std::size_t position_limit() const noexcept;
  [[nodiscard]] bool is_tied() const noexcept;
  /// True: attention looks both ways and the head fills masks. False: it says what comes next.
  [[nodiscard]] bool is_masked() const noexcept;
  /// Loaded on first use. Throws as Tokenizer::from_folder().
  [[nodiscard]] const Tokenizer& tokenizer() const;

  /// Causal: the k likeliest tokens after the text, one prediction. Masked: for each mask token ("[MASK]", "<mask>") of the text. Special
  /// tokens are added as the model wants them, but none after the end of a causal text. Throws Error{invalid_argument} for k = 0, a text
  /// without a token or (masked) without a mask, and one longer than the model's table of positions.
  [[nodiscard]] std::vector<Prediction> predict(std::string_view text, std::size_t k, Context& context) const;
  /// The same with ids: the k likeliest tokens at `position`: behind ids[0 … position − 1] for a causal model, in the place of
  /// ids[position] for a masked one.
  [[nodiscard]] Prediction predict(std::span<const std::int32_t> ids, std::size_t position, std::size_t k, Context& context) const;
  /// Scores of the whole vocabulary at the same place.
  [[nodiscard]] std::vector<float> scores(std::span<const std::int32_t> ids, std::size_t position, Context& context) const;
  /// −ln p(ids[i + 1] | ids[0 … i]) in nats, for i = 0 … n − 2. Causal models only: Error{unsupported}. O(n · vocabulary · dim).
  [[nodiscard]] std::vector<double> losses(std::span<const std::int32_t> ids, Context& context) const;

 private:
  struct Impl;
  explicit LanguageModel(std::unique_ptr<Impl> impl);
  [[nodiscard]] std::vector<Prediction> fill(std::span<const std::int32_t> ids, std::size_t k, Context& context) const;
  std::unique_ptr<Impl> impl_;
};

/// The tokenizer's mask token, −1 if it has none.
std::int32_t mask_token_of(const Tokenizer& tokenizer) noexcept;

}  // namespace akin
