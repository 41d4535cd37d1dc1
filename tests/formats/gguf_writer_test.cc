#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <vector>

#include "akin/base/half.h"
#include "akin/formats/gguf.h"
#include "base/temporary_folder.h"
#include "base/throws.h"
#include "formats/mangle.h"

namespace akin {
namespace {

using testing::expect_error;
using testing::file_text;
using testing::TemporaryFolder;

TensorView view(std::string name, TensorType type, std::vector<std::size_t> shape, std::span<const std::byte> bytes) {
  return {std::move(name), type, std::move(shape), bytes};
}

TEST(GgufWriter, WritesMetadataThatItReads) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "x.gguf";
  GgufWriter writer;
  writer.add("general.architecture", "bert");
  writer.add("yes", true);
  writer.add("u32", std::uint32_t{7});
  writer.add("i32", -7);
  writer.add("u64", std::uint64_t{1} << 40);
  writer.add("i64", -(std::int64_t{1} << 40));
  writer.add("f32", 0.25F);
  writer.add("f64", 0.1);
  writer.add("words", std::vector<std::string>{"a", "", "ü"});
  writer.add("ids", std::vector<std::int32_t>{1, -2});
  writer.add("types", std::vector<std::uint32_t>{3});
  writer.add("scores", std::vector<float>{0.5F});
  writer.write(path);

  const GgufFile file(path);
  EXPECT_EQ(file.metadata().size(), 12U);
  EXPECT_EQ(file.string("general.architecture"), "bert");
  EXPECT_TRUE(file.boolean("yes"));
  EXPECT_EQ(file.value("u32")->describe(), "u32");
  EXPECT_EQ(file.integer("i32"), -7);
  EXPECT_EQ(file.integer("u64"), std::int64_t{1} << 40);
  EXPECT_EQ(file.integer("i64"), -(std::int64_t{1} << 40));
  EXPECT_EQ(file.number("f32"), 0.25);
  EXPECT_EQ(file.number("f64"), 0.1);
  EXPECT_EQ(file.strings("words"), (std::vector<std::string_view>{"a", "", "ü"}));
  EXPECT_EQ(file.integers("ids"), (std::vector<std::int64_t>{1, -2}));
  EXPECT_EQ(file.value("types")->describe(), "array of 1 u32");
  EXPECT_EQ(file.numbers("scores"), (std::vector<float>{0.5F}));
}

TEST(GgufWriter, ConvertsEveryKindOfWeight) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "x.gguf";
  std::vector<float> numbers(64);
  std::vector<bf16> brains(64);
  for (std::size_t i = 0; i < 64; ++i) {
    numbers[i] = static_cast<float>(i) - 32;
    brains[i] = to_bf16(numbers[i]);
  }
  const auto floats = std::as_bytes(std::span(numbers));
  GgufWriter writer;
  writer.add_tensor(view("one", TensorType::f32, {3}, floats.first(12)), TensorType::f32);
  writer.add_tensor(view("half", TensorType::f32, {2, 32}, floats), TensorType::f16);
  writer.add_tensor(view("brain", TensorType::bf16, {2, 32}, std::as_bytes(std::span(brains))), TensorType::f32);
  writer.add_tensor(view("scalar", TensorType::f32, {}, floats.first(4)), TensorType::f16);
  writer.add_tensor(view("none", TensorType::f32, {0, 32}, {}), TensorType::q8_0);
  writer.write(path);

  const GgufFile file(path);
  std::vector<float> row(32);
  EXPECT_EQ(file.find("one")->bytes.size(), 12U);
  for (const char* name : {"half", "brain"}) {
    const TensorView* tensor = file.find(name);
    ASSERT_NE(tensor, nullptr);
    EXPECT_EQ(tensor->shape, (std::vector<std::size_t>{2, 32}));
    tensor->row_to_float(1, row);
    EXPECT_EQ(row, std::vector<float>(numbers.begin() + 32, numbers.end()));
  }
  EXPECT_EQ(file.find("half")->type, TensorType::f16);
  EXPECT_EQ(file.find("brain")->type, TensorType::f32);
  EXPECT_EQ(file.find("scalar")->shape.size(), 0U);
  EXPECT_EQ(file.find("none")->size(), 0U);
}

TEST(GgufWriter, PacksQ8AsTheReferenceDoesAndCopiesItUnchanged) {
  const TemporaryFolder folder;
  const std::string numbers = file_text(AKIN_GOLDEN "/formats/q8_0.f32");
  const std::string packed = file_text(AKIN_GOLDEN "/formats/q8_0.bytes");
  GgufWriter writer;
  writer.add_tensor(view("packed", TensorType::f32, {6, 64}, testing::bytes_of(numbers)), TensorType::q8_0);
  writer.add_tensor(view("copied", TensorType::q8_0, {6, 64}, testing::bytes_of(packed)), TensorType::q8_0);
  writer.write(folder.path() / "x.gguf");
  const GgufFile file(folder.path() / "x.gguf");
  for (const char* name : {"packed", "copied"}) {
    const TensorView* tensor = file.find(name);
    ASSERT_EQ(tensor->bytes.size(), packed.size());
    EXPECT_EQ(std::memcmp(tensor->bytes.data(), packed.data(), packed.size()), 0) << name;
  }
}

TEST(GgufWriter, RefusesWhatTheFormatCannotHold) {
  const std::vector<float> numbers(64);
  const auto floats = std::as_bytes(std::span(numbers));
  GgufWriter writer;
  writer.add("k", 1);
  writer.add_tensor(view("w", TensorType::f32, {64}, floats), TensorType::f32);
  expect_error(ErrorCode::invalid_argument, "'k' is given twice", [&] { writer.add("k", 2); });
  expect_error(ErrorCode::invalid_argument, "always 32", [&] { writer.add("general.alignment", std::uint32_t{64}); });
  const auto refuses = [&](const char* message, TensorView source, TensorType type) {
    expect_error(ErrorCode::invalid_argument, message, [&] { writer.add_tensor(std::move(source), type); });
  };
  refuses("tensor 'w' is given twice", view("w", TensorType::f32, {64}, floats), TensorType::f32);
  refuses("cannot be stored in GGUF as BF16", view("a", TensorType::f32, {64}, floats), TensorType::bf16);
  refuses("'a' is I32", view("a", TensorType::i32, {64}, floats), TensorType::f32);
  refuses("multiple of 32", view("a", TensorType::f32, {2, 31}, floats.first(248)), TensorType::q8_0);
  refuses("disagree with its shape", view("a", TensorType::f32, {65}, floats), TensorType::f32);
  refuses("5 dimensions", view("a", TensorType::f32, {1, 1, 1, 1, 64}, floats), TensorType::f32);
}

TEST(GgufWriter, LeavesNothingBehindWhenANumberCannotBePacked) {
  const TemporaryFolder folder;
  std::vector<float> numbers(32, 1.0F);
  numbers[5] = std::numeric_limits<float>::quiet_NaN();
  GgufWriter writer;
  writer.add_tensor(view("w", TensorType::f32, {32}, std::as_bytes(std::span(numbers))), TensorType::q8_0);
  expect_error(ErrorCode::invalid_argument, "x.gguf: tensor 'w': Q8_0: a number is not finite",
               [&] { writer.write(folder.path() / "x.gguf"); });
  EXPECT_EQ(folder.n_entries(), 0U);
}

}  // namespace
}  // namespace akin
