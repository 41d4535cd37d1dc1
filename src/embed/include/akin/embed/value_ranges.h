// Where each number of a model's vectors lies, and codes of 8 bits by it: sentence-transformers' quantize_embeddings to "int8" and "uint8".
// A range is cut into 255 steps of its own, so that a number of small spread keeps as many codes as one of large. Tested by
// value_ranges_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "akin/base/matrix.h"

namespace akin {

class ValueRanges {
 public:
  ValueRanges() = default;
  /// The least and the largest of every column. Throws Error{invalid_argument} for no rows or a number that is not finite.
  explicit ValueRanges(MatrixView<const float> vectors);
  /// Of a file of vectors (see VectorFile). A file that save() wrote holds its two rows of bounds and gives them back.
  static ValueRanges of_file(const std::filesystem::path& file);

  /// Takes more vectors in.
  void extend(MatrixView<const float> vectors);

  [[nodiscard]] bool empty() const noexcept { return low_.empty(); }
  [[nodiscard]] std::size_t dim() const noexcept { return low_.size(); }
  [[nodiscard]] std::span<const float> low() const noexcept { return low_; }
  [[nodiscard]] std::span<const float> high() const noexcept { return high_; }

  /// floor((x − low) / step), step = (high − low) / 255, or 1 where both are equal; a number outside its range gets the nearest code.
  /// Returns how many were outside. vector.size() == out.size() == dim().
  std::size_t quantize(std::span<const float> vector, std::span<std::uint8_t> out) const noexcept;
  /// The same minus 128.
  std::size_t quantize(std::span<const float> vector, std::span<std::int8_t> out) const noexcept;
  /// The lower end of each code's step: what the code stands for.
  void restore(std::span<const std::uint8_t> codes, std::span<float> out) const noexcept;

  /// (2, dim) floats, the lower bounds first: as quantize_embeddings takes them (`ranges`). The ending tells the format, as of
  /// VectorWriter.
  void save(const std::filesystem::path& file) const;

 private:
  std::vector<float> low_, high_;
};

}  // namespace akin
