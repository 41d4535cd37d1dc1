#include "static_table.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "akin/formats/safetensors.h"
#include "base/temporary_folder.h"
#include "base/throws.h"

namespace akin {
namespace {

using testing::expect_error;
using testing::TemporaryFolder;

template <class T>
TensorView tensor(const char* name, TensorType type, std::vector<std::size_t> shape, const std::vector<T>& numbers) {
  return {name, type, std::move(shape), std::as_bytes(std::span(numbers))};
}

std::unique_ptr<SafetensorsFile> written(const TemporaryFolder& folder, const std::vector<TensorView>& tensors) {
  write_safetensors(folder.path() / "model.safetensors", tensors);
  return open_safetensors(folder.path() / "model.safetensors");
}

const std::vector<float> kRows = {1, 2, 3, 4, 5, 6};

float number_at(const TokenRows& rows, std::int32_t id, std::size_t c) {
  float x = 0;
  std::memcpy(&x, rows.row(id) + c * sizeof x, sizeof x);
  return x;
}

TEST(StaticTable, FindsTheRowOfATokenThroughTheMapping) {
  const TemporaryFolder folder;
  const std::vector<std::int64_t> mapping = {2, 0, 2, 1};
  const std::vector<float> weights = {0.5F, 1, 2, 4};
  const auto file = written(folder, {tensor("embeddings", TensorType::f32, {3, 2}, kRows), tensor("mapping", TensorType::i64, {4}, mapping),
                                     tensor("weights", TensorType::f32, {4}, weights)});
  const StaticTable table = find_static_table(*file, 4);
  EXPECT_TRUE(table.is_model2vec);
  const TokenRows rows(table);
  EXPECT_EQ(rows.dim(), 2U);
  EXPECT_EQ(number_at(rows, 0, 1), 6);
  EXPECT_EQ(number_at(rows, 1, 0), 1);
  EXPECT_EQ(rows.weight(3), 4);
}

TEST(StaticTable, ReadsRowsOfWideTypesAsFloats) {
  const TemporaryFolder folder;
  const std::vector<double> wide = {1, 2, 3, 0.25};
  const auto file = written(folder, {tensor("embedding.weight", TensorType::f64, {2, 2}, wide)});
  const StaticTable table = find_static_table(*file, 2);
  EXPECT_FALSE(table.is_model2vec);
  const TokenRows rows(table);
  EXPECT_EQ(rows.type(), kernels::RowType::f32);
  EXPECT_EQ(number_at(rows, 1, 1), 0.25F);
  EXPECT_EQ(rows.weight(1), 1);
}

TEST(StaticTable, RefusesTensorsThatDoNotFitTheTokenizer) {
  const auto refuses = [](ErrorCode code, const char* message, const std::vector<TensorView>& tensors) {
    const TemporaryFolder folder;
    const auto file = written(folder, tensors);
    expect_error(code, message, [&] { find_static_table(*file, 4); });
  };
  const std::vector<std::int64_t> outside = {0, 1, 2, 3}, negative = {0, 1, -1, 2}, fits = {0, 1, 2, 0};
  const std::vector<float> three = {1, 1, 1};
  const TensorView rows = tensor("embeddings", TensorType::f32, {3, 2}, kRows);
  refuses(ErrorCode::corrupt, "no tensor 'embeddings' (Model2Vec) or 'embedding.weight' (StaticEmbedding)",
          {tensor("other", TensorType::f32, {3, 2}, kRows)});
  refuses(ErrorCode::mismatch, "tensor 'embeddings' is F32 of shape (3, 2), the tokenizer has 4 tokens", {rows});
  refuses(ErrorCode::corrupt, "of shape (6), rows of a matrix are wanted", {tensor("embedding.weight", TensorType::f32, {6}, kRows)});
  refuses(ErrorCode::corrupt, "gives token 3 row 3, the table has 3", {rows, tensor("mapping", TensorType::i64, {4}, outside)});
  refuses(ErrorCode::corrupt, "gives token 2 row -1, the table has 3", {rows, tensor("mapping", TensorType::i64, {4}, negative)});
  refuses(ErrorCode::mismatch, "whole numbers for each of the tokenizer's 4 tokens",
          {rows, tensor("mapping", TensorType::f32, {6}, kRows)});
  refuses(ErrorCode::mismatch, "tensor 'weights' is F32 of shape (3), a number for each of the tokenizer's 4 tokens",
          {rows, tensor("mapping", TensorType::i64, {4}, fits), tensor("weights", TensorType::f32, {3}, three)});
}

}  // namespace
}  // namespace akin
