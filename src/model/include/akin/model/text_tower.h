// The text side of a model of images and texts: CLIP (Radford et al., 2021) and SigLIP (Zhai et al., 2023). A transformer over the tokens,
// one token's state taken, a linear map into the space that it shares with the images. Tested by text_tower_test.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "akin/model/families.h"
#include "akin/model/transformer.h"

namespace akin {

/// Which token's state becomes the text's vector.
enum class TextPooling {
  highest_id,  ///< the first token with the highest id: the first CLIP models, whose end token is their last
  end,         ///< the first end token, else the first token
  last,        ///< the last token (SigLIP, whose texts are padded to one length)
};

struct TextTowerDescription {
  ModelDescription model;
  TextPooling pooling = TextPooling::end;
  std::int32_t end_id = 0;
  std::size_t dim_pooled = 0;  ///< of the shared space
  std::string projection;      ///< without ".weight"; "" for none
  std::size_t pad_to = 0;      ///< every text is filled up to so many tokens, which are attended to like others; 0: none is
  std::int32_t pad_id = 0;     ///< that config.json names; the tokenizer's own pad token goes before it
};

/// How similarities of images and texts become probabilities: logit = scale · cosine + bias, then softmax over an image's texts (CLIP) or
/// the sigmoid of each (SigLIP).
struct LogitScale {
  float scale = 1, bias = 0;
  bool sigmoid = false;
};

/// config.json of a model of images and texts, or of such a model's text tower. Throws Error as describe_config() does.
TextTowerDescription describe_text_tower(std::string_view json, const std::string& where, const TensorFile& weights);
/// Whether config.json (any model's) describes such a tower.
bool is_text_tower_config(std::string_view json);
/// Nothing where the weights have no logit scale (a single tower).
std::optional<LogitScale> read_logit_scale(const TextTowerDescription& model, const TensorFile& weights);

class TextTower {
 public:
  /// `file` must outlive the tower.
  TextTower(const TensorFile& file, const TextTowerDescription& model, kernels::GemmType type, Context& context);
  TextTower(TextTower&&) noexcept;
  TextTower& operator=(TextTower&&) noexcept;
  ~TextTower();

  [[nodiscard]] std::size_t dim() const noexcept;  ///< of the vectors
  /// One vector a sequence of the batch (already padded), (n_sequences, dim()), not normalised. On the threads of `crew`, inside its lead,
  /// if there is one: the same bits.
  void forward(const TokenBatch& batch, TransformerBuffers& buffers, MatrixView<float> vectors, Crew* crew = nullptr) const;
  /// The transformer's last hidden states (n_tokens, dim of the transformer).
  void hidden(const TokenBatch& batch, TransformerBuffers& buffers, MatrixView<float> hidden) const;

 private:
  struct Impl;
  std::unique_ptr<const Impl> impl_;
};

}  // namespace akin
