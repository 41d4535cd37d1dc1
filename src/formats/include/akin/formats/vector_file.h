// Files of vectors, whatever their format: rows of numbers in, rows of numbers out. The ending tells the format: .npy, .fvecs, .ivecs,
// .bvecs or .safetensors. Tested by vector_file_test.cc.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>

#include "akin/base/matrix.h"
#include "akin/formats/tensor.h"

namespace akin {

using VectorMetadata = std::map<std::string, std::string, std::less<>>;

class VectorFile {
 public:
  /// Maps the file. Of a .safetensors file it is the tensor "vectors", or the only one there is. A list of numbers is one row.
  /// Throws Error{not_found}, Error{io}, Error{corrupt}, Error{unsupported}, Error{invalid_argument} for an unknown ending.
  explicit VectorFile(const std::filesystem::path& path);
  ~VectorFile();
  VectorFile(VectorFile&&) noexcept;
  VectorFile& operator=(VectorFile&&) noexcept;

  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::size_t cols() const noexcept { return cols_; }
  [[nodiscard]] TensorType type() const noexcept { return type_; }
  /// What the file says about its vectors (fingerprint, model …); only .safetensors has a place for it.
  [[nodiscard]] const VectorMetadata& metadata() const noexcept { return metadata_; }
  /// r < rows(), out.size() == cols().
  void row_to_float(std::size_t r, std::span<float> out) const;
  /// All rows in memory.
  [[nodiscard]] Matrix<float> read() const;

 private:
  struct Source;
  std::unique_ptr<Source> source_;
  std::size_t rows_ = 0;
  std::size_t cols_ = 0;
  TensorType type_ = TensorType::f32;
  VectorMetadata metadata_;
};

class VectorWriter {
 public:
  /// `type` must be one the format has: .fvecs F32, .ivecs I32, .bvecs U8, .npy and .safetensors any but Q8_0 (.npy: no BF16 either).
  /// `metadata` is kept by .safetensors only. Throws Error{invalid_argument}, Error{unsupported}, Error{io}.
  VectorWriter(const std::filesystem::path& path, TensorType type, std::size_t cols, const VectorMetadata& metadata = {});
  ~VectorWriter();
  VectorWriter(VectorWriter&&) noexcept;
  VectorWriter& operator=(VectorWriter&&) noexcept;

  /// Rows of `cols` floats, stored as F32, F16 or BF16.
  void append(MatrixView<const float> rows);
  /// Rows as they shall lie in the file, of any type.
  void append(std::span<const std::byte> rows);
  /// Puts the file in its place. Without it nothing is left behind.
  void commit();

 private:
  struct Sink;
  std::unique_ptr<Sink> sink_;
};

/// True if the ending is one of a vector file.
bool is_vector_file(const std::filesystem::path& path);

}  // namespace akin
