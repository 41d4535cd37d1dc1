// Proof on the user's own machine that a model gives the right vectors: ids and vectors against those of a reference implementation, and
// the same bits for a text alone, in any batch and on any number of threads. Tested by verify_test.cc and
// reference_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "akin/embed/embedder.h"

namespace akin {

/// What the reference implementation answered. The file's layout: docs/formats/reference.md.
struct Reference {
  std::filesystem::path file;  ///< it was read from
  std::string model;           ///< of which it was made
  std::string source;          ///< by what
  std::vector<std::string> texts;
  std::vector<std::vector<std::int32_t>> ids;  ///< of each text, special tokens counted, after the model's cut
  Matrix<float> vectors;                       ///< (n_texts, dim), without a prompt; none where the reference is of tokens
  std::vector<Matrix<float>> states;           ///< last hidden states (n_tokens, dim of the transformer) of each text; none elsewhere
  std::size_t dims = 0;                        ///< that vectors were cut to; 0: all there are
};

/// Throws Error{not_found}, Error{corrupt}.
Reference read_reference(const std::filesystem::path& file);
/// What lies in a model's folder: reference.safetensors, else inputs.json with expected.safetensors. nullopt if there is neither.
std::optional<Reference> find_reference(const std::filesystem::path& folder);
/// Loads a model to be compared: without a prompt, with the reference's dimensions and room for its longest text.
Embedder load_to_verify(const std::filesystem::path& model, EmbedderOptions options, const Reference* reference, Context& context);

/// One way of embedding the same texts, and how many vectors came out with other bits than alone on one thread.
struct InvarianceCheck {
  std::string name;  ///< "batches of 7, 2 threads"
  std::size_t n_different = 0;
};

struct VerifyReport {
  std::size_t n_texts = 0;
  std::size_t n_images = 0;  ///< made up; of a model that takes images
  bool has_reference = false;
  std::size_t n_ids_equal = 0;    ///< texts whose ids are the reference's
  std::string first_difference;   ///< which text and id is the first that differs; empty if none
  double max_abs_difference = 0;  ///< of any number of any vector
  double allowed_difference = 0;  ///< f32: 1e-5, or 3e-5 of a largest reference number above 1; 0 where the cosine decides
  double cosine_mean = 0, cosine_least = 0;
  double allowed_cosine = 0;  ///< what weights and precision of this kind reach: see verify.cc
  std::vector<InvarianceCheck> invariance;
  double seconds = 0;

  [[nodiscard]] bool ids_equal() const noexcept { return n_ids_equal == n_texts; }
  [[nodiscard]] bool vectors_near() const noexcept;
  [[nodiscard]] bool invariant() const noexcept;
  [[nodiscard]] bool passed() const noexcept;
};

/// With `reference` == nullptr only invariance is proved, on made-up texts of all lengths. Of a model that takes images it is proved on
/// made-up images as well (and without a reference, if it takes no texts). `context`'s cancel is asked between passes; the
/// threaded passes run on as many threads as the context has, and at least two. Throws Error{mismatch} if the dimensions differ.
VerifyReport verify(const Embedder& embedder, const Reference* reference, Context& context);

}  // namespace akin
