// .fvecs, .ivecs, .bvecs (the TEXMEX corpora's format): every row is its dimension as int32 and then its numbers: float32, int32 or
// bytes. The rules that are checked: docs/formats/fvecs.md. Tested by vecs_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>

#include "akin/base/atomic_file.h"
#include "akin/base/mapped_file.h"
#include "akin/formats/tensor.h"

namespace akin {

/// F32 for ".fvecs", I32 for ".ivecs", U8 for ".bvecs", nothing for any other ending.
std::optional<TensorType> vecs_type(const std::filesystem::path& path);

class VecsFile {
 public:
  /// The ending tells the type. Looks at the size and at the first and last row, the others when they are read: opening costs
  /// the same for any size. Throws Error{not_found}, Error{io}, Error{corrupt}, Error{invalid_argument} for another ending.
  explicit VecsFile(const std::filesystem::path& path);
  /// The same for bytes in memory, which must outlive the object. `name` stands for the file in messages.
  VecsFile(std::span<const std::byte> bytes, const std::filesystem::path& name);

  [[nodiscard]] TensorType type() const noexcept { return type_; }
  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::size_t dim() const noexcept { return dim_; }
  /// The numbers of row `r`, without the dimension before them. Throws Error{corrupt} if the row has another dimension than the first,
  /// Error{invalid_argument} unless r < rows().
  [[nodiscard]] std::span<const std::byte> row(std::size_t r) const;
  /// The same as floats; out.size() == dim().
  void row_to_float(std::size_t r, std::span<float> out) const;

 private:
  void read_shape();

  MappedFile mapped_;
  std::filesystem::path path_;
  std::span<const std::byte> bytes_;
  TensorType type_ = TensorType::f32;
  std::size_t rows_ = 0;
  std::size_t dim_ = 0;
};

class VecsWriter {
 public:
  /// The ending tells the type. 0 < dim < 2^31.
  VecsWriter(const std::filesystem::path& path, std::size_t dim);
  /// Bytes of whole rows, without the dimension before each.
  void append(std::span<const std::byte> rows);
  /// Puts the file in its place. Without it nothing is left behind.
  void commit();

 private:
  AtomicFile file_;
  std::size_t dim_;
  std::size_t row_bytes_ = 0;
};

}  // namespace akin
