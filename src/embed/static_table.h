// Vectors of tokens where they lie in a file: the table of a static model, ready to be summed. Tested by static_table_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "akin/base/matrix.h"
#include "akin/kernels/row_sum.h"
#include "static_folder.h"

namespace akin {

/// The tensors of a Model2Vec file ("embeddings", and "weights" and "mapping" where there are any) or of a StaticEmbedding file
/// ("embedding.weight"). Throws Error{corrupt} or Error{mismatch} naming file and tensor unless each of `n_ids` tokens has a row.
StaticTable find_static_table(const TensorFile& file, std::size_t n_ids);

class TokenRows {
 public:
  /// The tensors of `table` must outlive it. f32, f16, bf16 and i8 are read where they lie; other types become floats in memory.
  explicit TokenRows(const StaticTable& table);

  [[nodiscard]] kernels::RowType type() const noexcept { return type_; }
  [[nodiscard]] std::size_t dim() const noexcept { return dim_; }
  [[nodiscard]] bool weighted() const noexcept { return !weights_.empty(); }
  /// `id` is one of the n_ids that find_static_table() was asked for, here and below.
  [[nodiscard]] const std::byte* row(std::int32_t id) const noexcept {
    const auto at = static_cast<std::size_t>(id);
    return first_ + (mapping_.empty() ? at : mapping_[at]) * stride_;
  }
  [[nodiscard]] float weight(std::int32_t id) const noexcept { return weights_.empty() ? 1 : weights_[static_cast<std::size_t>(id)]; }

 private:
  kernels::RowType type_ = kernels::RowType::f32;
  const std::byte* first_ = nullptr;
  std::size_t dim_ = 0;
  std::size_t stride_ = 0;  // bytes
  std::vector<float> weights_;
  std::vector<std::uint32_t> mapping_;
  Matrix<float> converted_;
};

}  // namespace akin
