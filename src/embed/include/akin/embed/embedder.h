// Texts and images → vectors. Texts: tokenizer + model + pooling + post-steps, as the model folder says. A text's vector does not depend on
// what else is in the batch, its place in it, or the number of threads. Tested by embedder_test.cc and, on the real model, minilm_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/embed/word_pooling.h"
#include "akin/image/image_processor.h"
#include "akin/text/tokenizer.h"

namespace akin {

enum class Precision { f32, bf16, int8 };
std::string_view name_of(Precision precision) noexcept;
/// Throws Error{invalid_argument} listing the names.
Precision precision_from(std::string_view name);

/// What embed() does with a text of more tokens than the model reads at once.
enum class LongTexts {
  cut,   ///< the rest is dropped, and reported
  pool,  ///< read in pieces, each with the prompt; the mean of their vectors, weighted by tokens, at unit length if the model's are
};

/// Which of the model's prompts is put in front of a text.
enum class TextRole { plain, query, document };

/// What becomes of a vector's length: what the model says, or whether it ends with unit length or not, what was pooled.
enum class VectorLength { models, pooled };

struct EmbedderOptions {
  Precision precision = Precision::f32;
  /// Keep the first `dims` (Matryoshka), after the model's own last step, as the reference does; 0 = all. nomic-bert models: a LayerNorm
  /// without weights, the cut, then unit length, as their makers do it, whenever `dims` is given.
  std::size_t dims = 0;
  bool normalize =
      false;  ///< scale every vector to unit length at the very end, also where the model does not (or no longer does, after a cut)
  std::size_t max_tokens = 0;              ///< instead of the model's own limit; at most what its positions allow; 0 = the model's
  std::optional<std::string> prompt;       ///< instead of the model's own, for every role
  std::optional<std::string> prompt_name;  ///< one of the model's own prompts, for every role; `prompt` goes before it
  LongTexts long_texts = LongTexts::cut;
  WordPooling word_pooling = WordPooling::mean;  ///< of a file of word vectors; other models have a pooling of their own
};

/// What happened to one text.
struct TextReport {
  std::uint32_t n_tokens = 0;          ///< given to the model, special ones counted
  std::uint32_t n_tokens_dropped = 0;  ///< over the model's limit
  std::uint32_t n_invalid = 0;         ///< malformed UTF-8 subparts replaced
  std::uint32_t n_pieces = 1;          ///< in which the model read it
};

struct EmbedResult {
  Matrix<float> vectors;            ///< (n_texts, dim), in input order
  std::vector<TextReport> reports;  ///< n_texts
};

/// Contextual vectors of one text, one a token.
struct TokenVectors {
  Encoding encoding;     ///< with offsets
  Matrix<float> hidden;  ///< (n_tokens, dim of the transformer)
};

/// How similarities of images and texts become probabilities: logit = scale · cosine + bias, then softmax over an image's texts (CLIP) or
/// the sigmoid of each (SigLIP).
struct MatchScale {
  float scale = 1, bias = 0;
  bool sigmoid = false;
};

/// Vectors of stretches of one text, each of which has seen the whole.
struct LateChunks {
  Matrix<float> vectors;                ///< (n_spans, dim)
  TextReport report;                    ///< of the whole text
  std::vector<std::uint32_t> n_tokens;  ///< that each vector was pooled from
};

/// What `akin info` shows.
struct ModelInfo {
  std::string name;    ///< folder or file name
  std::string family;  ///< "bert", …
  std::size_t n_layers = 0, dim_model = 0, n_heads = 0, vocabulary_size = 0, n_parameters = 0;
  std::size_t dim = 0;  ///< of the vectors
  std::size_t max_tokens = 0;
  std::string pooling;                                       ///< "mean", "cls", "cls+mean", …
  bool normalized = false;                                   ///< vectors have unit length
  std::string similarity;                                    ///< "cosine", "dot", "euclidean": the model's own choice
  std::vector<std::pair<std::string, std::string>> prompts;  ///< name, text
  std::string weight_type;                                   ///< as stored: "F32", "Q8_0", …
  Precision precision = Precision::f32;
  WordPooling word_pooling = WordPooling::mean;  ///< of a file of word vectors
  bool takes_texts = true, takes_images = false;
  std::size_t image_width = 0, image_height = 0;  ///< to which images are brought; where a side follows the image's, that of a square one
  std::optional<MatchScale> match;                ///< of a model of images and texts
};

class EmbedderBackend;

class Embedder {
 public:
  /// Of any kind of model: see backend.h.
  explicit Embedder(std::unique_ptr<const EmbedderBackend> backend);
  /// A Hugging Face or sentence-transformers folder, or a GGUF file. Throws Error naming file, tensor or key, what was wanted and found.
  static Embedder load(const std::filesystem::path& model, const EmbedderOptions& options, Context& context);
  Embedder(Embedder&&) noexcept;
  Embedder& operator=(Embedder&&) noexcept;
  ~Embedder();

  [[nodiscard]] std::size_t dim() const noexcept;
  [[nodiscard]] std::size_t max_tokens() const noexcept;
  [[nodiscard]] const ModelInfo& info() const noexcept;
  /// The vector space: 64 hexadecimal digits over weights, tokenizer, pooling and further steps, prompts, dimensions, normalisation and
  /// precision. Reads all weights on the first call (about 1 GB a second), then kept.
  [[nodiscard]] const std::string& fingerprint() const;
  /// For who keeps `fingerprint`, to see later that it still holds without reading the weights: 64 digits over it, the identity of the
  /// model's files (device, inode, size, times) and all that is not in them. Empty where nothing can be told: remote models, static ones,
  /// files that were written within the last two seconds. Costs under a millisecond.
  [[nodiscard]] std::string fingerprint_stamp(const std::string& fingerprint) const;
  /// False for models whose tokens are counted elsewhere (remote ones).
  [[nodiscard]] bool has_tokenizer() const noexcept;
  /// Throws Error{unsupported} where there is none.
  [[nodiscard]] const Tokenizer& tokenizer() const;
  /// The prompt that a role puts in front.
  [[nodiscard]] const std::string& prompt(TextRole role) const;

  /// All texts at once, in input order. Work is sorted by length and cut into micro-batches.
  EmbedResult embed(std::span<const std::string_view> texts, TextRole role, Context& context) const;
  EmbedResult embed(const std::vector<std::string>& texts, TextRole role, Context& context) const;
  /// One text.
  std::vector<float> embed_one(std::string_view text, TextRole role, Context& context) const;

  using Source = std::function<bool(std::string& text)>;  ///< false at the end
  using Sink = std::function<void(std::span<const std::string> texts, const EmbedResult& result)>;
  /// Endless input in bounded memory: reads windows from `source`, gives results to `sink` in input order.
  void embed_stream(const Source& source, const Sink& sink, TextRole role, Context& context) const;

  TokenVectors embed_tokens(std::string_view text, Context& context) const;

  /// What the model sees of an image: resized and cut, one byte a number. `name` begins the message of an error. Throws Error{unsupported}
  /// if the model takes none, or cannot cut this one into whole patches.
  [[nodiscard]] FittedImage fit_image(const Image& image, const std::string& name = {}) const;
  /// All images at once, in input order, (n_images, dim()); an image's vector has the same bits whatever else is there.
  [[nodiscard]] Matrix<float> embed_images(std::span<const FittedImage> images, Context& context) const;
  /// Files of the kinds of image.h, decoded on all threads. Throws the first file's Error.
  [[nodiscard]] Matrix<float> embed_image_files(std::span<const std::filesystem::path> files, Context& context) const;
  /// Late chunking (Günther et al., 2024): the whole text goes through the model once, and each of `spans` (bytes of the text) is pooled
  /// from the tokens that begin in it. Prompt and special tokens go with the first and the last token of the text: the vector of one span
  /// over everything is embed()'s. A text over the limit is read in windows of which a quarter overlaps. Throws Error{unsupported} for
  /// models that pool by the first token alone or give no vectors of tokens, Error{invalid_argument} for a span without tokens.
  LateChunks embed_late(std::string_view text, std::span<const TextSpan> spans, TextRole role, Context& context) const;

  /// One vector a sequence of tokens that the caller made, special ones and all, (n_encodings, dim()); type_ids as long as ids. Throws
  /// Error{unsupported} where tokens are made elsewhere, Error{invalid_argument} for a sequence over the limit or an id outside.
  [[nodiscard]] Matrix<float> embed_encodings(std::span<const Encoding> encodings, VectorLength length, Context& context) const;

  /// What embed() gives the model for a text: prompt, cut and all. Throws Error{unsupported} where tokens are made elsewhere.
  [[nodiscard]] Encoding encode(std::string_view text, TextRole role) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Writes the model of a folder or GGUF as one GGUF file with its tokenizer, pooling and prompts. `type`: f32, f16 or q8_0 (matrices;
/// vectors stay f32). Throws Error{unsupported} for families that GGUF has no names for.
void convert_to_gguf(const std::filesystem::path& model, const std::filesystem::path& out, std::string_view type, Context& context);

}  // namespace akin
