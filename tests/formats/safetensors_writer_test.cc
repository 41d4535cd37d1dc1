#include <gtest/gtest.h>

#include <vector>

#include "akin/formats/safetensors.h"
#include "base/temporary_folder.h"
#include "base/throws.h"
#include "formats/mangle.h"

namespace akin {
namespace {

using testing::expect_error;
using testing::file_text;
using testing::TemporaryFolder;

TEST(SafetensorsWriter, WritesWhatItReads) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "x.safetensors";
  const std::vector<float> numbers = {1, 2, 3, 4, 5, 6};
  const std::vector<std::uint8_t> bytes = {7, 8, 9};
  const std::vector<TensorView> tensors = {{"w \"quoted\" ü", TensorType::f32, {2, 3}, std::as_bytes(std::span(numbers))},
                                           {"b", TensorType::u8, {3}, std::as_bytes(std::span(bytes))}};
  write_safetensors(path, tensors, {{"fingerprint", "ab\ncd"}, {"model", "x"}});

  const auto file = open_safetensors(path);
  EXPECT_EQ(file->metadata().at("fingerprint"), "ab\ncd");
  ASSERT_EQ(file->tensors().size(), 2U);
  EXPECT_EQ(file->tensors()[0].name, "w \"quoted\" ü");
  std::vector<float> row(3);
  file->tensors()[0].row_to_float(1, row);
  EXPECT_EQ(row, (std::vector<float>{4, 5, 6}));
  file->tensors()[1].row_to_float(0, row);
  EXPECT_EQ(row, (std::vector<float>{7, 8, 9}));
}

TEST(SafetensorsWriter, WritesTheBytesOfTheReference) {
  const TemporaryFolder folder;
  const std::string golden = AKIN_GOLDEN "/formats/sharded/model-00001-of-00002.safetensors";
  const auto path = folder.path() / "x.safetensors";
  const std::vector<float> numbers = {-0.5F, -0.375F, -0.25F, -0.125F};
  const std::vector<TensorView> tensors = {{"a", TensorType::f32, {2, 2}, std::as_bytes(std::span(numbers))}};
  write_safetensors(path, tensors);
  EXPECT_EQ(file_text(path.string()), file_text(golden));
}

TEST(SafetensorsWriter, RefusesWhatTheFormatCannotHold) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "x.safetensors";
  const std::vector<float> numbers(4);
  const auto view = [&](std::string name, TensorType type, std::vector<std::size_t> shape) {
    return TensorView{std::move(name), type, std::move(shape), std::as_bytes(std::span(numbers))};
  };
  const auto write = [&](const std::vector<TensorView>& tensors) { write_safetensors(path, tensors); };
  expect_error(ErrorCode::unsupported, "Q8_0", [&] { write({view("a", TensorType::q8_0, {32})}); });
  expect_error(ErrorCode::invalid_argument, "disagree with its shape", [&] { write({view("a", TensorType::f32, {5})}); });
  expect_error(ErrorCode::invalid_argument, "'a': the name is taken", [&] {
    write({view("a", TensorType::f32, {4}), view("a", TensorType::f32, {4})});
  });
  expect_error(ErrorCode::invalid_argument, "the name is taken", [&] { write({view("__metadata__", TensorType::f32, {4})}); });
  expect_error(ErrorCode::invalid_argument, "not valid UTF-8", [&] { write({view("\xFF", TensorType::f32, {4})}); });
  EXPECT_EQ(folder.n_entries(), 0U);
}

TEST(SafetensorsRowWriter, LearnsTheNumberOfRowsOnTheWay) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "x.safetensors";
  SafetensorsRowWriter writer(path, "vectors", TensorType::f32, 2, {{"model", "m"}});
  const std::vector<float> numbers = {1, 2, 3, 4, 5, 6};
  writer.append(std::as_bytes(std::span(numbers).first(4)));
  writer.append({});
  writer.append(std::as_bytes(std::span(numbers).last(2)));
  EXPECT_FALSE(std::filesystem::exists(path));
  writer.commit();

  const auto file = open_safetensors(path);
  EXPECT_EQ(file->metadata().at("model"), "m");
  const TensorView* vectors = file->find("vectors");
  ASSERT_NE(vectors, nullptr);
  EXPECT_EQ(vectors->shape, (std::vector<std::size_t>{3, 2}));
  std::vector<float> row(2);
  vectors->row_to_float(2, row);
  EXPECT_EQ(row, (std::vector<float>{5, 6}));
}

TEST(SafetensorsRowWriter, LeavesNothingBehindWithoutCommit) {
  const TemporaryFolder folder;
  {
    SafetensorsRowWriter writer(folder.path() / "x.safetensors", "vectors", TensorType::i8, 3);
    writer.append(std::vector<std::byte>(6));
    expect_error(ErrorCode::invalid_argument, "whole rows", [&] { writer.append(std::vector<std::byte>(4)); });
  }
  EXPECT_EQ(folder.n_entries(), 0U);
}

TEST(SafetensorsStreamWriter, WritesTheFileThatWholeTensorsGive) {
  const TemporaryFolder folder;
  const std::vector<float> numbers = {1, 2, 3, 4, 5, 6};
  const std::vector<std::uint8_t> bytes = {7, 8, 9};
  const std::vector<TensorView> tensors = {{"0.w", TensorType::f32, {2, 3}, std::as_bytes(std::span(numbers))},
                                           {"0.b", TensorType::u8, {3}, std::as_bytes(std::span(bytes))},
                                           {"1.w", TensorType::f32, {0, 3}, {}}};
  for (const auto& metadata : {std::map<std::string, std::string, std::less<>>{}, {{"model", "x"}}}) {
    for (std::size_t n = 0; n <= tensors.size(); ++n) {
      write_safetensors(folder.path() / "whole", std::span(tensors).first(n), metadata);
      SafetensorsStreamWriter writer(folder.path() / "streamed");
      for (std::size_t i = 0; i < n; ++i) writer.append(tensors[i]);
      EXPECT_EQ(writer.size(), n);
      writer.commit(metadata);
      EXPECT_EQ(file_text(folder.path() / "streamed"), file_text(folder.path() / "whole")) << n;
    }
  }
}

TEST(SafetensorsStreamWriter, LeavesNothingBehindWithoutCommitAndRefusesWhatTheFormatLacks) {
  const TemporaryFolder folder;
  const std::vector<float> numbers = {1, 2};
  {
    SafetensorsStreamWriter writer(folder.path() / "x.safetensors");
    writer.append({"a", TensorType::f32, {2}, std::as_bytes(std::span(numbers))});
    expect_error(ErrorCode::invalid_argument, "'b' has bytes that disagree", [&] {
      writer.append({"b", TensorType::f32, {3}, std::as_bytes(std::span(numbers))});
    });
    expect_error(ErrorCode::unsupported, "'c' is Q8_0", [&] { writer.append({"c", TensorType::q8_0, {32}, {}}); });
  }
  EXPECT_EQ(folder.n_entries(), 0U);
}

}  // namespace
}  // namespace akin
