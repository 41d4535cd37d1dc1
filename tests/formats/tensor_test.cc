#include "akin/formats/tensor.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "akin/base/half.h"
#include "akin/formats/q8_0.h"
#include "base/throws.h"

namespace akin {
namespace {

using testing::expect_error;

template <class T>
TensorView matrix_of(TensorType type, const std::vector<T>& numbers, std::vector<std::size_t> shape) {
  return {"w", type, std::move(shape), std::as_bytes(std::span(numbers))};
}

std::vector<float> row(const TensorView& tensor, std::size_t r, std::size_t cols) {
  std::vector<float> out(cols);
  tensor.row_to_float(r, out);
  return out;
}

TEST(Tensor, NamesAndMeasuresItsTypes) {
  EXPECT_EQ(name_of(TensorType::bf16), "BF16");
  EXPECT_EQ(name_of(TensorType::q8_0), "Q8_0");
  EXPECT_EQ(byte_size(TensorType::f16, 5), 10U);
  EXPECT_EQ(byte_size(TensorType::q8_0, 64), 68U);
  EXPECT_EQ(byte_size(TensorType::boolean, 3), 3U);
  expect_error(ErrorCode::invalid_argument, "multiple of 32", [] { static_cast<void>(byte_size(TensorType::q8_0, 33)); });
  expect_error(ErrorCode::limit, "does not fit",
               [] { static_cast<void>(byte_size(TensorType::f64, std::numeric_limits<std::size_t>::max() / 4)); });
}

TEST(Tensor, CountsItsElements) {
  EXPECT_EQ((TensorView{"w", TensorType::f32, {2, 3, 4}, {}}.size()), 24U);
  EXPECT_EQ((TensorView{"w", TensorType::f32, {}, {}}.size()), 1U);
  EXPECT_EQ((TensorView{"w", TensorType::f32, {5, 0}, {}}.size()), 0U);
}

TEST(Tensor, GivesARowOfEveryType) {
  const std::vector<float> wanted = {-1.5F, 2.0F, 0.25F};
  EXPECT_EQ(row(matrix_of(TensorType::f32, std::vector<float>{9, 9, 9, -1.5F, 2.0F, 0.25F}, {2, 3}), 1, 3), wanted);
  EXPECT_EQ(row(matrix_of(TensorType::f64, std::vector<double>{-1.5, 2.0, 0.25}, {3}), 0, 3), wanted);
  EXPECT_EQ(row(matrix_of(TensorType::f16, std::vector{to_f16(-1.5F), to_f16(2), to_f16(0.25F)}, {1, 3}), 0, 3), wanted);
  EXPECT_EQ(row(matrix_of(TensorType::bf16, std::vector{to_bf16(-1.5F), to_bf16(2), to_bf16(0.25F)}, {1, 3}), 0, 3), wanted);
  const std::vector<float> whole = {-3, 0, 7};
  EXPECT_EQ(row(matrix_of(TensorType::i64, std::vector<std::int64_t>{-3, 0, 7}, {1, 3}), 0, 3), whole);
  EXPECT_EQ(row(matrix_of(TensorType::i32, std::vector<std::int32_t>{-3, 0, 7}, {1, 3}), 0, 3), whole);
  EXPECT_EQ(row(matrix_of(TensorType::i16, std::vector<std::int16_t>{-3, 0, 7}, {1, 3}), 0, 3), whole);
  EXPECT_EQ(row(matrix_of(TensorType::i8, std::vector<std::int8_t>{-3, 0, 7}, {1, 3}), 0, 3), whole);
  EXPECT_EQ(row(matrix_of(TensorType::u8, std::vector<std::uint8_t>{200, 0}, {1, 2}), 0, 2), (std::vector<float>{200, 0}));
  EXPECT_EQ(row(matrix_of(TensorType::boolean, std::vector<std::uint8_t>{1, 0}, {1, 2}), 0, 2), (std::vector<float>{1, 0}));
}

TEST(Tensor, GivesARowOfQ8Blocks) {
  std::vector<float> numbers(2 * 64, 0.0F);
  for (std::size_t i = 0; i < 64; ++i) numbers[64 + i] = static_cast<float>(i) - 32;
  numbers[64] = -127;  // a scale of one in the first block
  std::vector<std::byte> packed(byte_size(TensorType::q8_0, numbers.size()));
  quantize_q8_0(numbers, packed);
  const auto found = row({"w", TensorType::q8_0, {2, 64}, packed}, 1, 64);
  EXPECT_EQ(found[0], -127);
  EXPECT_EQ(found[31], -1);
  EXPECT_NEAR(found[63], 31, 31 * 0x1p-11);  // the scale 31/127 is rounded to binary16
}

TEST(Tensor, ConvertsEveryHalfAsTheScalarFunctionDoes) {
  std::vector<std::uint16_t> halves(65536);
  for (std::size_t i = 0; i < halves.size(); ++i) halves[i] = static_cast<std::uint16_t>(i);
  const auto found = row(matrix_of(TensorType::f16, halves, {65536}), 0, 65536);
  for (std::size_t i = 0; i < halves.size(); ++i) {
    const float expected = to_float(f16{halves[i]});
    if (std::isnan(expected)) {
      EXPECT_TRUE(std::isnan(found[i])) << i;
    } else {
      EXPECT_EQ(std::bit_cast<std::uint32_t>(found[i]), std::bit_cast<std::uint32_t>(expected)) << i;
    }
  }
}

TEST(Tensor, ReadsFromAnyAddress) {
  std::vector<std::byte> bytes(1 + 2 * sizeof(float));
  const float numbers[] = {1.5F, -2.5F};
  std::memcpy(bytes.data() + 1, numbers, sizeof numbers);
  EXPECT_EQ(row({"w", TensorType::f32, {2}, std::span(bytes).subspan(1)}, 0, 2), (std::vector<float>{1.5F, -2.5F}));
}

TEST(Tensor, RefusesRowsThatAreNotThere) {
  const std::vector<float> numbers(6);
  const TensorView tensor = matrix_of(TensorType::f32, numbers, {2, 3});
  std::vector<float> out(3);
  expect_error(ErrorCode::invalid_argument, "tensor 'w' has 2 rows, row 2", [&] { tensor.row_to_float(2, out); });
  out.resize(2);
  expect_error(ErrorCode::invalid_argument, "a row of 3", [&] { tensor.row_to_float(0, out); });
}

}  // namespace
}  // namespace akin
