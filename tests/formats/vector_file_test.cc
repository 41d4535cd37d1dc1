#include "akin/formats/vector_file.h"

#include <gtest/gtest.h>

#include <vector>

#include "akin/formats/safetensors.h"
#include "base/temporary_folder.h"
#include "base/throws.h"

namespace akin {
namespace {

using testing::expect_error;
using testing::TemporaryFolder;

Matrix<float> sample() {
  Matrix<float> out(3, 4);
  for (std::size_t i = 0; i < out.size(); ++i) out.data()[i] = static_cast<float>(i) / 4;
  return out;
}

void expect_sample(const VectorFile& file) {
  EXPECT_EQ(file.rows(), 3U);
  EXPECT_EQ(file.cols(), 4U);
  const Matrix<float> wanted = sample();
  const Matrix<float> found = file.read();
  ASSERT_EQ(found.size(), wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_EQ(found.data()[i], wanted.data()[i]);
}

TEST(VectorFile, ReadsEveryFormatThatTheWriterWrites) {
  const TemporaryFolder folder;
  for (const auto& [name, type] :
       {std::pair{"x.npy", TensorType::f32}, std::pair{"h.npy", TensorType::f16}, std::pair{"x.fvecs", TensorType::f32},
        std::pair{"x.safetensors", TensorType::f32}, std::pair{"b.safetensors", TensorType::bf16}}) {
    SCOPED_TRACE(name);
    const auto path = folder.path() / name;
    VectorWriter writer(path, type, 4);
    const Matrix<float> rows = sample();
    writer.append(rows.view().middle_rows(0, 1));
    writer.append(rows.view().middle_rows(1, 2));
    writer.append(MatrixView<const float>());
    writer.commit();
    const VectorFile file(path);
    EXPECT_EQ(file.type(), type);
    expect_sample(file);
  }
}

TEST(VectorFile, KeepsCodesOfBytes) {
  const TemporaryFolder folder;
  const std::vector<std::int8_t> codes = {1, -2, 3, -4};
  for (const char* name : {"x.npy", "x.safetensors"}) {
    VectorWriter writer(folder.path() / name, TensorType::i8, 2);
    writer.append(std::as_bytes(std::span(codes)));
    expect_error(ErrorCode::invalid_argument, "F32, F16 or BF16 only", [&] { writer.append(sample().view().middle_cols(0, 2)); });
    writer.commit();
    const VectorFile file(folder.path() / name);
    std::vector<float> row(2);
    file.row_to_float(1, row);
    EXPECT_EQ(row, (std::vector<float>{3, -4}));
  }
}

TEST(VectorFile, KeepsWhatIsSaidAboutTheVectors) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "x.safetensors";
  VectorWriter writer(path, TensorType::f32, 4, {{"fingerprint", "abc"}});
  writer.append(sample().view());
  writer.commit();
  EXPECT_EQ(VectorFile(path).metadata().at("fingerprint"), "abc");
}

TEST(VectorFile, ReadsAListOfNumbersAsOneRow) {
  const VectorFile file(AKIN_GOLDEN "/formats/list.npy");
  EXPECT_EQ(file.rows(), 1U);
  EXPECT_EQ(file.cols(), 4U);
}

TEST(VectorFile, TakesTheOnlyTensorOrTheOneNamedVectors) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "x.safetensors";
  const Matrix<float> rows = sample();
  const auto bytes = std::as_bytes(std::span(rows.data(), rows.size()));
  std::vector<TensorView> tensors = {{"whatever", TensorType::f32, {3, 4}, bytes}};
  write_safetensors(path, tensors);
  expect_sample(VectorFile(path));
  tensors.push_back({"other", TensorType::f32, {12}, bytes});
  write_safetensors(path, tensors);
  expect_error(ErrorCode::invalid_argument, "no tensor 'vectors' among its 2 tensors", [&] { VectorFile{path}; });
  tensors[0].name = "vectors";
  write_safetensors(path, tensors);
  expect_sample(VectorFile(path));
}

TEST(VectorFile, RefusesOtherFilesAndShapes) {
  const TemporaryFolder folder;
  expect_error(ErrorCode::invalid_argument, "x.txt: a file of vectors ends in", [] { VectorFile("x.txt"); });
  expect_error(ErrorCode::unsupported, "an array of 0 dimensions", [] { VectorFile(AKIN_GOLDEN "/formats/scalar.npy"); });
  expect_error(ErrorCode::invalid_argument, ".bvecs holds U8, not F32",
               [&] { VectorWriter(folder.path() / "x.bvecs", TensorType::f32, 4); });
  VectorWriter writer(folder.path() / "x.npy", TensorType::f32, 5);
  expect_error(ErrorCode::invalid_argument, "not as long", [&] { writer.append(sample().view()); });
  EXPECT_TRUE(is_vector_file("a.bvecs"));
  EXPECT_FALSE(is_vector_file("a.gguf"));
}

}  // namespace
}  // namespace akin
