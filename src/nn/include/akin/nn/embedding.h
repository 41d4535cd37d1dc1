// Rows of an embedding table, read where they lie in the file: a 100,000-row table costs no memory until its rows are asked for.
// Tested by embedding_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "akin/formats/tensor.h"

namespace akin::nn {

class EmbeddingTable {
 public:
  EmbeddingTable() = default;
  /// Tensor `name` (n_rows, dim) of `file`, which must outlive the table.
  EmbeddingTable(const TensorFile& file, const std::string& name, std::size_t n_rows, std::size_t dim);

  [[nodiscard]] std::size_t n_rows() const noexcept { return n_rows_; }
  /// out = row `id`. Throws Error{invalid_argument} if there is no such row.
  void read(std::size_t id, std::span<float> out) const;
  /// out += row `id`; `scratch` has room for a row.
  void add(std::size_t id, std::span<float> out, std::span<float> scratch) const;
  /// Gives back the memory of the rows read so far: the system maps 64 KB around each, so that texts soon hold a whole table.
  void forget() const noexcept;
  [[nodiscard]] std::size_t bytes() const noexcept { return tensor_ == nullptr ? 0 : tensor_->bytes.size(); }

 private:
  const TensorFile* file_ = nullptr;
  const TensorView* tensor_ = nullptr;
  std::size_t n_rows_ = 0;
};

}  // namespace akin::nn
