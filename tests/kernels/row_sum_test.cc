#include "akin/kernels/row_sum.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <string_view>
#include <vector>

#include "akin/base/half.h"
#include "akin/base/rng.h"
#include "akin/kernels/target.h"

namespace akin::kernels {
namespace {

constexpr RowType kTypes[] = {RowType::f32, RowType::f16, RowType::bf16, RowType::i8};

/// A table whose rows begin at odd addresses, with the numbers that its bytes stand for.
struct Table {
  std::vector<std::byte> bytes;
  std::vector<const std::byte*> rows;
  std::vector<std::vector<float>> numbers;
};

template <class Stored>
void put(std::byte* at, Stored stored) {
  std::memcpy(at, &stored, sizeof stored);
}

float store(RowType type, float x, std::byte* at) {
  switch (type) {
    case RowType::f32:
      put(at, x);
      return x;
    case RowType::f16:
      put(at, to_f16(x).bits);
      return to_float(to_f16(x));
    case RowType::bf16:
      put(at, to_bf16(x).bits);
      return to_float(to_bf16(x));
    case RowType::i8:
      put(at, static_cast<std::int8_t>(std::lround(x * 30)));
      return static_cast<float>(std::lround(x * 30));
  }
  return 0;
}

Table make_table(RowType type, std::size_t n_rows, std::size_t n_cols) {
  Table table;
  const std::size_t stride = n_cols * byte_size(type) + 3;
  table.bytes.resize(n_rows * stride + 1);
  Rng rng(n_cols * 7 + n_rows);
  for (std::size_t r = 0; r < n_rows; ++r) {
    std::byte* row = table.bytes.data() + r * stride + 1;
    table.rows.push_back(row);
    table.numbers.emplace_back();
    // Clamped: the i8 of the table must hold it.
    for (std::size_t c = 0; c < n_cols; ++c)
      table.numbers[r].push_back(store(type, std::fmax(-4.0F, std::fmin(4.0F, rng.normal())), row + c * byte_size(type)));
  }
  return table;
}

template <class Body>
void for_each_table(const Body& body) {
  for_each_target([&](std::string_view target) {
    for (const RowType type : kTypes)
      for (const std::size_t n_rows : {0, 1, 3, 40})
        for (const std::size_t n_cols : {0, 1, 3, 7, 8, 15, 16, 17, 31, 33, 64, 127, 128, 129, 300})
          body(target, type, make_table(type, n_rows, n_cols), n_cols);
  });
}

TEST(RowSum, AddsTheRowsOfEveryTypeInDouble) {
  for_each_table([](std::string_view target, RowType type, const Table& table, std::size_t n_cols) {
    std::vector<float> out(n_cols, -1);
    sum_rows(type, table.rows, {}, out);
    for (std::size_t c = 0; c < n_cols; ++c) {
      double sum = 0, size = 0;
      for (const auto& row : table.numbers) sum += static_cast<double>(row[c]), size += std::abs(static_cast<double>(row[c]));
      // One rounding of float an addition, 40 of them at most.
      ASSERT_NEAR(static_cast<double>(out[c]), sum, 40 * 6e-8 * size) << target;
    }
  });
}

TEST(RowSum, WeighsTheRows) {
  for_each_table([](std::string_view target, RowType type, const Table& table, std::size_t n_cols) {
    std::vector<float> out(n_cols, -1), weights;
    for (std::size_t r = 0; r < table.rows.size(); ++r) weights.push_back(0.25F + static_cast<float>(r));
    if (weights.empty()) return;
    sum_rows(type, table.rows, weights, out);
    for (std::size_t c = 0; c < n_cols; ++c) {
      double sum = 0, size = 0;
      for (std::size_t r = 0; r < weights.size(); ++r) {
        const double x = static_cast<double>(table.numbers[r][c]) * static_cast<double>(weights[r]);
        sum += x, size += std::abs(x);
      }
      ASSERT_NEAR(static_cast<double>(out[c]), sum, 80 * 6e-8 * size) << target;  // two roundings a row
    }
  });
}

TEST(RowSum, OfWholeNumbersIsExact) {
  const Table table = make_table(RowType::i8, 40, 70);
  std::vector<float> out(70);
  sum_rows(RowType::i8, table.rows, {}, out);
  for (std::size_t c = 0; c < out.size(); ++c) {
    float sum = 0;
    for (const auto& row : table.numbers) sum += row[c];
    EXPECT_EQ(out[c], sum);
  }
}

}  // namespace
}  // namespace akin::kernels
