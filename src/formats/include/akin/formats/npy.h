// .npy, NumPy's array file, versions 1 to 3: one array in C order, little-endian. Python objects and structured types are refused,
// nothing is ever evaluated. The rules that are checked: docs/formats/npy.md. Tested by npy_test.cc.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <vector>

#include "akin/base/atomic_file.h"
#include "akin/base/mapped_file.h"
#include "akin/formats/tensor.h"

namespace akin {

class NpyFile {
 public:
  /// Maps the file, which stays mapped as long as the object lives. Throws Error{not_found}, Error{io}, Error{corrupt},
  /// Error{unsupported} (big-endian, Fortran order of a matrix, a dtype that is not a plain number).
  explicit NpyFile(const std::filesystem::path& path);
  /// The same for bytes in memory, which must outlive the object. `name` stands for the file in messages.
  NpyFile(std::span<const std::byte> bytes, const std::filesystem::path& name);

  [[nodiscard]] const TensorView& tensor() const noexcept { return tensor_; }

 private:
  MappedFile mapped_;
  TensorView tensor_;
};

/// An array whose first dimension is not known beforehand.
class NpyWriter {
 public:
  /// `row_shape` is what follows the first dimension: {384} for a matrix, {} for a list of numbers. No Q8_0, no BF16 (NumPy has
  /// neither): Error{unsupported}.
  NpyWriter(const std::filesystem::path& path, TensorType type, std::vector<std::size_t> row_shape);
  /// Bytes of whole rows, as they shall lie in the file.
  void append(std::span<const std::byte> rows);
  /// Writes the header and puts the file in its place. Without it nothing is left behind.
  void commit();

 private:
  AtomicFile file_;
  TensorType type_;
  std::vector<std::size_t> row_shape_;
  std::size_t row_bytes_ = 0;
  std::size_t header_bytes_ = 0;
};

}  // namespace akin
