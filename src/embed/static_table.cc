#include "static_table.h"

#include <cstring>
#include <optional>
#include <string>

#include "akin/base/error.h"

namespace akin {
namespace {

std::string shape_text(const TensorView& tensor) {
  std::string text = "(";
  for (const std::size_t n : tensor.shape) text += (text.size() > 1 ? ", " : "") + std::to_string(n);
  return text + ")";
}

[[noreturn]] void fail(ErrorCode code, const TensorFile& file, const TensorView& tensor, const std::string& wanted) {
  throw Error(code, file.path().string() + ": tensor '" + tensor.name + "' is " + std::string(name_of(tensor.type)) + " of shape " +
                        shape_text(tensor) + ", " + wanted);
}

std::optional<kernels::RowType> row_type(TensorType type) {
  switch (type) {
    case TensorType::f32:
      return kernels::RowType::f32;
    case TensorType::f16:
      return kernels::RowType::f16;
    case TensorType::bf16:
      return kernels::RowType::bf16;
    case TensorType::i8:
      return kernels::RowType::i8;
    default:
      return std::nullopt;
  }
}

std::int64_t whole_number(const TensorView& tensor, std::size_t i) {
  if (tensor.type == TensorType::i64) {
    std::int64_t number = 0;
    std::memcpy(&number, tensor.bytes.data() + i * sizeof number, sizeof number);
    return number;
  }
  std::int32_t number = 0;
  std::memcpy(&number, tensor.bytes.data() + i * sizeof number, sizeof number);
  return number;
}

void check_mapping(const TensorFile& file, const TensorView& mapping, std::size_t n_ids, std::size_t n_rows) {
  const bool whole = mapping.type == TensorType::i64 || mapping.type == TensorType::i32;
  if (!whole || mapping.shape.size() != 1 || mapping.shape[0] < n_ids)
    fail(ErrorCode::mismatch, file, mapping, "whole numbers for each of the tokenizer's " + std::to_string(n_ids) + " tokens are wanted");
  for (std::size_t id = 0; id < mapping.shape[0]; ++id) {
    const std::int64_t row = whole_number(mapping, id);
    if (row < 0 || static_cast<std::uint64_t>(row) >= n_rows)
      throw Error(ErrorCode::corrupt, file.path().string() + ": tensor 'mapping' gives token " + std::to_string(id) + " row " +
                                          std::to_string(row) + ", the table has " + std::to_string(n_rows));
  }
}

}  // namespace

StaticTable find_static_table(const TensorFile& file, std::size_t n_ids) {
  StaticTable table;
  table.rows = file.find("embeddings");
  if (table.rows != nullptr) {
    table.weights = file.find("weights");
    table.mapping = file.find("mapping");
    table.is_model2vec = true;
  } else {
    table.rows = file.find("embedding.weight");
  }
  if (table.rows == nullptr)
    throw Error(ErrorCode::corrupt, file.path().string() + ": no tensor 'embeddings' (Model2Vec) or 'embedding.weight' (StaticEmbedding)");
  const TensorView& rows = *table.rows;
  if (rows.shape.size() != 2 || rows.shape[0] == 0 || rows.shape[1] == 0)
    fail(ErrorCode::corrupt, file, rows, "rows of a matrix are wanted");
  if (table.mapping != nullptr) {
    check_mapping(file, *table.mapping, n_ids, rows.shape[0]);
  } else if (rows.shape[0] < n_ids) {
    fail(ErrorCode::mismatch, file, rows, "the tokenizer has " + std::to_string(n_ids) + " tokens");
  }
  if (table.weights != nullptr && (table.weights->shape.size() != 1 || table.weights->shape[0] < n_ids))
    fail(ErrorCode::mismatch, file, *table.weights, "a number for each of the tokenizer's " + std::to_string(n_ids) + " tokens is wanted");
  return table;
}

TokenRows::TokenRows(const StaticTable& table) : dim_(table.rows->shape[1]) {
  const TensorView& rows = *table.rows;
  if (const auto type = row_type(rows.type)) {
    type_ = *type;
    first_ = rows.bytes.data();
  } else {
    converted_ = Matrix<float>::uninitialized(rows.shape[0], dim_);
    for (std::size_t r = 0; r < rows.shape[0]; ++r) rows.row_to_float(r, converted_.row(r));
    first_ = std::as_bytes(std::span(converted_.data(), converted_.size())).data();
  }
  stride_ = dim_ * kernels::byte_size(type_);
  if (table.weights != nullptr) {
    weights_.resize(table.weights->shape[0]);
    table.weights->row_to_float(0, weights_);
  }
  if (table.mapping != nullptr) {
    mapping_.resize(table.mapping->shape[0]);
    for (std::size_t id = 0; id < mapping_.size(); ++id) mapping_[id] = static_cast<std::uint32_t>(whole_number(*table.mapping, id));
  }
}

}  // namespace akin
