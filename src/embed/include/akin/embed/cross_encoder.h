// Rerankers: a model that reads a question and a text together and says how well the text answers (Nogueira & Cho, 2019). Slower than
// comparing vectors, and better: made for the few dozen hits that a search has found. A pair's scores have the same bits whatever else is
// scored, in any order and on any number of threads. Tested by cross_encoder_test.cc.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/embed/embedder.h"

namespace akin {

/// From logits to scores.
enum class ScoreActivation { identity, sigmoid, softmax, tanh };
std::string_view name_of(ScoreActivation activation) noexcept;
/// Throws Error{invalid_argument} listing the names.
ScoreActivation score_activation_from(std::string_view name);

struct CrossEncoderOptions {
  Precision precision = Precision::f32;
  std::size_t max_tokens = 0;                 ///< of a pair; lower than the model's own limit; 0 = the model's
  std::optional<ScoreActivation> activation;  ///< instead of the folder's own
};

/// Both texts as views: they must outlive the call.
struct TextPair {
  std::string_view first, second;
};

struct PairScores {
  Matrix<float> scores;             ///< (n_pairs, n_labels), in input order
  std::vector<TextReport> reports;  ///< n_pairs; dropped: the longer text of a pair is cut first
};

struct CrossEncoderInfo {
  std::string name;                 ///< of the folder
  std::string family;               ///< "bert", …
  std::vector<std::string> labels;  ///< in the order of the scores
  ScoreActivation activation = ScoreActivation::identity;
  std::size_t max_tokens = 0, n_layers = 0, dim_model = 0, n_parameters = 0;
  Precision precision = Precision::f32;
  std::string weight_type;  ///< as stored: "F32", "BF16", …
};

/// A text and how well it answers.
struct RankedText {
  std::size_t index = 0;  ///< into the texts that were given
  float score = 0;
  TextReport report;  ///< of the query and the text together
};

class CrossEncoder {
 public:
  /// A folder of transformers' …ForSequenceClassification. The activation is what the folder says ("activation_fn" of config.json's
  /// "sentence_transformers", "sbert_ce_default_activation_function" of older ones), else sigmoid for one label and identity for several,
  /// as sentence-transformers has it. Throws Error naming file, tensor or key.
  static CrossEncoder load(const std::filesystem::path& folder, const CrossEncoderOptions& options, Context& context);
  CrossEncoder(CrossEncoder&&) noexcept;
  CrossEncoder& operator=(CrossEncoder&&) noexcept;
  ~CrossEncoder();

  [[nodiscard]] const CrossEncoderInfo& info() const noexcept;
  /// What score() gives the model for a pair.
  [[nodiscard]] Encoding encode(const TextPair& pair) const;

  PairScores score(std::span<const TextPair> pairs, Context& context) const;
  /// The same without the activation.
  PairScores logits(std::span<const TextPair> pairs, Context& context) const;

  /// The `k` best texts for `query`, best first, equal scores in input order; k = 0: all. `label`: which score counts. Throws
  /// Error{invalid_argument} if the model has several labels and none is named, or has none of that name (listing them).
  std::vector<RankedText> rank(std::string_view query, std::span<const std::string_view> texts, std::size_t k, std::string_view label,
                               Context& context) const;

 private:
  struct Impl;
  explicit CrossEncoder(std::unique_ptr<const Impl> impl);
  std::unique_ptr<const Impl> impl_;
};

/// True if the folder is of transformers' …ForSequenceClassification.
bool is_cross_encoder(const std::filesystem::path& folder);

}  // namespace akin
