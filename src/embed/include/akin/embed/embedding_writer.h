// Embeddings to a file, window by window, with where they come from: the ending tells the format (.npy, .fvecs, .bvecs, .safetensors,
// .jsonl, .csv). The model and its fingerprint are kept in the file (.safetensors metadata, fields of each .jsonl record) or, where the
// format has no place for them, in FILE.json beside it. Tested by embedding_writer_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "akin/embed/embedder.h"
#include "akin/embed/value_ranges.h"

namespace akin {

/// How a vector is stored.
enum class VectorCode {
  f32,
  f16,
  /// With ranges: each number's place in its own range (sentence-transformers' "int8"). Without: each vector scaled by 127 / its largest
  /// magnitude and rounded; directions are kept, lengths are not (compare by cosine).
  i8,
  bit,   ///< 1 for > 0; eight to a byte, the first in the highest bit, as numpy.packbits does ("ubinary"); compare by Hamming distance
  u8,    ///< each number's place in its own range ("uint8"); needs ranges
  ibit,  ///< bit with 128 taken from each byte ("binary")
};
std::string_view name_of(VectorCode code) noexcept;
/// Throws Error{invalid_argument} listing the names.
VectorCode vector_code_from(std::string_view name);

/// out.size() == vector.size(). A zero vector gives zeros.
void quantize_i8(std::span<const float> vector, std::span<std::int8_t> out) noexcept;
/// out.size() == (vector.size() + 7) / 8; bits past the end are 0.
void pack_bits(std::span<const float> vector, std::span<std::uint8_t> out) noexcept;

/// The numbers of one vector in a code, with commas between: for floats the shortest digits that read back to the same float.
std::string numbers_text(std::span<const float> vector, VectorCode code, const ValueRanges& ranges = {});

/// Where vectors come from, kept with them.
struct EmbeddingOrigin {
  std::string model, fingerprint;
  TextRole role = TextRole::plain;
  std::size_t dim = 0;
  ValueRanges ranges = {};  ///< of u8, and of i8 where it is calibrated; kept beside the file as FILE.ranges.npy
};

class EmbeddingWriter {
 public:
  /// Throws Error{invalid_argument} for an unknown ending, for u8 without ranges and for ranges of other dimensions, Error{unsupported} for
  /// a code that the format has no type for, Error{io}.
  EmbeddingWriter(const std::filesystem::path& path, VectorCode code, const EmbeddingOrigin& origin);
  ~EmbeddingWriter();
  EmbeddingWriter(EmbeddingWriter&&) noexcept;
  EmbeddingWriter& operator=(EmbeddingWriter&&) noexcept;

  /// One row a text, in order. Throws Error{io} (a full disk).
  void append(std::span<const std::string> texts, const EmbedResult& result);
  /// Puts the file in its place, whole. Without it nothing is left behind.
  void commit();
  /// Numbers so far that were outside their range and got the code at its end.
  [[nodiscard]] std::size_t n_outside() const noexcept;

  struct Format;

 private:
  std::unique_ptr<Format> format_;
};

}  // namespace akin
