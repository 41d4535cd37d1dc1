// What stands behind an Embedder: one kind of model (a transformer, static word vectors, an image tower, a remote provider). A new kind is
// a class here and a row in the table of Embedder::load(), or is handed to Embedder's constructor. Tested by embedder_test.cc.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "akin/embed/embedder.h"

namespace akin {

/// Immutable after it is made; any number of threads may ask at once.
class EmbedderBackend {
 public:
  virtual ~EmbedderBackend() = default;

  [[nodiscard]] virtual const ModelInfo& info() const noexcept = 0;
  /// The vector space: 64 hexadecimal digits over all that decides a vector. Asked at most once: Embedder keeps it.
  [[nodiscard]] virtual std::string fingerprint() const = 0;
  /// See Embedder. As given here: nothing.
  [[nodiscard]] virtual std::string fingerprint_stamp(std::string_view fingerprint) const;
  /// Null where akin does not see the model's tokens.
  [[nodiscard]] virtual const Tokenizer* tokenizer() const noexcept = 0;
  /// The prompt that a role puts in front; empty for none.
  [[nodiscard]] virtual const std::string& prompt(TextRole role) const = 0;
  /// All texts, in input order, (n_texts, info().dim).
  [[nodiscard]] virtual EmbedResult embed(std::span<const std::string_view> texts, TextRole role, Context& context) const = 0;
  /// One vector a token. As given here: throws Error{unsupported}.
  [[nodiscard]] virtual TokenVectors embed_tokens(std::string_view text, Context& context) const;
  /// Resized and cut as the model wants it; and all images, in input order, (n_images, info().dim). As given here: throw
  /// Error{unsupported}.
  [[nodiscard]] virtual FittedImage fit_image(const Image& image) const;
  [[nodiscard]] virtual Matrix<float> embed_images(std::span<const FittedImage> images, Context& context) const;
  /// Vectors of stretches. As given here: throws Error{unsupported}.
  [[nodiscard]] virtual LateChunks embed_late(std::string_view text, std::span<const TextSpan> spans, TextRole role,
                                              Context& context) const;
  /// Of sequences of tokens, each within the limits. As given here: throws Error{unsupported}.
  [[nodiscard]] virtual Matrix<float> embed_encodings(std::span<const Encoding> encodings, VectorLength length, Context& context) const;
  /// What embed() gives the model. As given here: throws Error{unsupported}.
  [[nodiscard]] virtual Encoding encode(std::string_view text, TextRole role) const;
};

/// For every kind but files of word vectors: throws Error{invalid_argument} if `options` ask for another pooling than the model's own.
void check_no_word_pooling(std::string_view model, const EmbedderOptions& options);

}  // namespace akin
