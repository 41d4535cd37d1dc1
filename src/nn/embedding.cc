#include "akin/nn/embedding.h"

#include <string>

#include "akin/base/error.h"
#include "akin/nn/weights.h"

namespace akin::nn {

EmbeddingTable::EmbeddingTable(const TensorFile& file, const std::string& name, std::size_t n_rows, std::size_t dim)
    : file_(&file), tensor_(&require_tensor(file, name, {n_rows, dim})), n_rows_(n_rows) {}

void EmbeddingTable::forget() const noexcept {
  if (tensor_ != nullptr) file_->forget(*tensor_);
}

void EmbeddingTable::read(std::size_t id, std::span<float> out) const {
  if (id >= n_rows_) {
    throw Error(ErrorCode::invalid_argument, "token id " + std::to_string(id) + " is outside the embedding table '" +
                                                 (tensor_ == nullptr ? std::string() : tensor_->name) + "' of " + std::to_string(n_rows_) +
                                                 " rows");
  }
  tensor_->row_to_float(id, out);
}

void EmbeddingTable::add(std::size_t id, std::span<float> out, std::span<float> scratch) const {
  read(id, scratch);
  for (std::size_t c = 0; c < out.size(); ++c) out[c] += scratch[c];
}

}  // namespace akin::nn
