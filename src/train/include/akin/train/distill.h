// A large model made into a static one: one vector a token, a text's vector is their mean. Over a thousand times faster, for some quality.
// First every token goes through the model alone, and frequent tokens weigh less (the recipe of Model2Vec: Tulkens & van Dongen, 2024).
// Then, with a corpus, the vectors are fitted to the model's own vectors of texts: ridge regression towards them, held to the first stage,
// solved by preconditioned conjugate gradients. The same bits on any number of threads. Tested by distill_test.cc.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/embed/embedder.h"

namespace akin {

struct DistillOptions {
  std::size_t dims = 256;       ///< of the static vectors; at most the model's; 0 = as many
  double sif = 1e-4;            ///< a token of probability p weighs sif / (sif + p); in (0, 1), 0 for no weights
  double ridge = 0.1;           ///< how strongly tokens are held to the first stage. > 0
  double tolerance = 0.02;      ///< the fit ends when what is left of the equations is this part of what there was
  std::size_t max_rounds = 50;  ///< or after this many rounds
};

/// What a fit came to.
struct DistillFit {
  std::size_t n_texts = 0, n_tokens = 0, n_rounds = 0;
  double cosine = 0;  ///< mean over the texts, of the static vector with the model's
};

class Distiller {
 public:
  /// The first stage. `teacher` must outlive the distiller. Throws Error{unsupported} for a model without tokens of its own,
  /// Error{invalid_argument} for options out of range.
  Distiller(const Embedder& teacher, const DistillOptions& options, Context& context);
  /// The same with a vocabulary that begins with the teacher's and has more words behind it (WiderVocabulary): each goes through the model
  /// as the text that it is. Throws Error{mismatch} for a vocabulary that is smaller than the teacher's.
  Distiller(const Embedder& teacher, Tokenizer vocabulary, const DistillOptions& options, Context& context);
  ~Distiller();
  Distiller(Distiller&&) noexcept;
  Distiller& operator=(Distiller&&) noexcept;

  /// Texts for the second stage. Memory: their vectors, 4 · (the model's dimensions) bytes a text.
  void add(std::span<const std::string> texts, Context& context);
  /// The second stage, over all texts added. Throws Error{invalid_argument} if there are none.
  DistillFit fit(Context& context);

  /// (size of the vocabulary, dims): what the last stage made.
  [[nodiscard]] const Matrix<float>& vectors() const noexcept;

 private:
  struct Impl;
  Distiller(std::unique_ptr<Impl> impl, Context& context);
  std::unique_ptr<Impl> impl_;
};

/// Numbers of a static model's file.
enum class StaticType { f32, f16, i8 };
/// Throws Error{invalid_argument} listing the names.
StaticType static_type_from(std::string_view name);

/// Writes a folder that akin, sentence-transformers and Model2Vec load: model.safetensors, tokenizer.json, config.json, modules.json.
/// `tokenizer_json` is the model's tokenizer, without limits put on it. i8: all numbers by one scale, which a cosine does not see.
/// Throws Error{io}; nothing of a folder that was there is lost before all is written.
void write_static_model(const std::filesystem::path& folder, MatrixView<const float> vectors, const std::string& tokenizer_json,
                        StaticType type, const std::string& teacher_name);

}  // namespace akin
