// A model that makes sentence vectors, with numbers that change: a folder's transformer, its pooling and its scaling to unit length,
// forward and backward, and the folder that akin, transformers and sentence-transformers open afterwards. The vectors are Embedder's in f32
// but for rounding; the same bits on any number of threads. Tested by tunable_encoder_test.cc.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/embed/embedder.h"
#include "akin/train/parameters.h"
#include "akin/train/trainable_transformer.h"

namespace akin {

/// A text as the model reads it.
struct TunableText {
  std::vector<std::int32_t> ids;
  std::size_t n_skip = 0;     ///< leading tokens of a prompt that pooling leaves out
  std::size_t n_dropped = 0;  ///< tokens over the model's limit
};

/// What a forward pass leaves for its backward pass; of one pass at a time, grows to its largest use.
class TunableTape {
 public:
  TunableTape();
  TunableTape(TunableTape&&) noexcept;
  TunableTape& operator=(TunableTape&&) noexcept;
  ~TunableTape();

  struct Impl;
  [[nodiscard]] Impl& impl() noexcept { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

class TunableEncoder {
 public:
  /// A Hugging Face or sentence-transformers folder; `max_tokens` as in EmbedderOptions. Throws Error{unsupported} naming what has no
  /// backward pass; else as Embedder::load().
  static TunableEncoder load(const std::filesystem::path& folder, std::size_t max_tokens, Context& context);
  TunableEncoder(TunableEncoder&&) noexcept;
  TunableEncoder& operator=(TunableEncoder&&) noexcept;
  ~TunableEncoder();

  [[nodiscard]] const ModelInfo& info() const noexcept;
  [[nodiscard]] std::size_t dim() const noexcept { return info().dim; }
  /// Of the model as it came: Embedder::fingerprint().
  [[nodiscard]] const std::string& fingerprint() const;
  [[nodiscard]] Parameters& parameters() noexcept;
  [[nodiscard]] const Parameters& parameters() const noexcept;
  /// What a tape holds a token, about: texts that are read at once are to be chosen by it.
  [[nodiscard]] std::size_t tape_bytes_per_token() const noexcept;

  [[nodiscard]] TunableText encode(std::string_view text, TextRole role) const;
  /// Row i of `out` (texts.size(), dim()) is the vector of texts[i]; of one without tokens it is zero.
  void forward(std::span<const TunableText* const> texts, const DropoutRates& dropout, TunableTape& tape, MatrixView<float> out,
               Context& context) const;
  /// Adds to `gradients`, of the parameters' layout, what `d_out`, the gradient of the last forward pass's vectors, makes of them.
  void backward(MatrixView<const float> d_out, TunableTape& tape, std::span<float> gradients, Context& context) const;

  /// The model as it stands, for whatever takes an Embedder (evaluation). This object must outlive it. It has no fingerprint.
  [[nodiscard]] Embedder embedder() const;
  /// Writes the model: its numbers as f32, and from the folder it came from configuration, tokenizer and modules (files of .json, .txt and
  /// .model, not a model card). What was no part of training (a pooler) is copied. Each file is whole or the old one. Throws Error{io},
  /// Error{invalid_argument} if `folder` is the folder it came from.
  void write(const std::filesystem::path& folder) const;

  struct Impl;

 private:
  explicit TunableEncoder(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace akin
