#include "akin/embed/nearest_rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "akin/base/half.h"
#include "akin/base/rng.h"
#include "akin/formats/q8_0.h"
#include "base/throws.h"

namespace akin {
namespace {

using akin::testing::expect_error;

// Wide enough for several blocks of 32,768 floats and several pieces of 2^20 a thread.
constexpr std::size_t kRows = 9001, kCols = 256;

Matrix<float> random_rows(std::size_t rows, std::size_t cols, std::uint64_t seed) {
  Matrix<float> x(rows, cols);
  Rng rng(seed);
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = rng.normal();
  return x;
}

/// A table of `type`, whose bytes begin `shift` bytes after an aligned address.
struct Stored {
  std::vector<std::byte> bytes;
  TensorView table;

  Stored(MatrixView<const float> rows, TensorType type, std::size_t shift = 0) {
    const std::size_t row_bytes = byte_size(type, rows.cols());
    bytes.resize(shift + rows.rows() * row_bytes);
    for (std::size_t r = 0; r < rows.rows(); ++r) put(rows.row(r), type, bytes.data() + shift + r * row_bytes);
    table = {"table", type, {rows.rows(), rows.cols()}, std::span(bytes).subspan(shift)};
  }

  static void put(std::span<const float> row, TensorType type, std::byte* out) {
    if (type == TensorType::f32) std::memcpy(out, row.data(), row.size_bytes());
    for (std::size_t i = 0; i < row.size() && type != TensorType::f32; ++i) {
      const std::uint16_t bits = type == TensorType::f16 ? to_f16(row[i]).bits : to_bf16(row[i]).bits;
      std::memcpy(out + 2 * i, &bits, 2);
    }
  }
};

/// Every distance, sorted.
std::vector<NearRow> by_hand(const TensorView& table, std::span<const float> query, Metric metric) {
  std::vector<NearRow> all;
  std::vector<float> row(table.shape[1]);
  for (std::size_t r = 0; r < table.shape[0]; ++r) {
    table.row_to_float(r, row);
    all.push_back({r, distance_between(metric, query, row)});
  }
  std::ranges::stable_sort(all, {}, &NearRow::distance);
  return all;
}

class EveryMetric : public ::testing::TestWithParam<Metric> {};

TEST_P(EveryMetric, GivesTheRowsOfASearchByHandWhateverTheTableIsStoredAs) {
  const Metric metric = GetParam();
  const Matrix<float> rows = random_rows(kRows, kCols, 1), queries = random_rows(2, kCols, 2);
  Context context(2);
  for (const TensorType type : {TensorType::f32, TensorType::f16, TensorType::bf16}) {
    for (const std::size_t shift : {std::size_t{0}, std::size_t{1}}) {
      const Stored stored(rows.view(), type, shift);
      const auto found = nearest_rows(stored.table, queries.view(), {.k = 7, .metric = metric}, context);
      ASSERT_EQ(found.size(), 2U);
      for (std::size_t q = 0; q < 2; ++q) {
        const auto want = by_hand(stored.table, queries.row(q), metric);
        ASSERT_EQ(found[q].size(), 7U);
        for (std::size_t i = 0; i < 7; ++i) {
          EXPECT_EQ(found[q][i].row, want[i].row) << name_of(metric) << " " << name_of(type) << " " << i;
          // Sums of 256 float products in another order: about 256 ulp of the largest, of sums of about 256 (Manhattan: 300).
          EXPECT_NEAR(found[q][i].distance, want[i].distance, 1e-4) << name_of(metric) << " " << name_of(type);
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, EveryMetric, ::testing::Values(Metric::cosine, Metric::dot, Metric::euclidean, Metric::manhattan),
                         [](const auto& test) { return std::string(name_of(test.param)); });

TEST(NearestRows, AreTheSameBitsOnAnyNumberOfThreads) {
  const Matrix<float> rows = random_rows(kRows, kCols, 3), query = random_rows(1, kCols, 4);
  const Stored stored(rows.view(), TensorType::bf16);
  Context one(1), three(3);
  EXPECT_EQ(nearest_rows(stored.table, query.view(), {.k = 50}, one), nearest_rows(stored.table, query.view(), {.k = 50}, three));
}

TEST(NearestRows, OfEightBitBlocksAreFoundToo) {
  // One block a row: scale 1, numbers r, 0, 0, …
  std::vector<std::byte> bytes(3 * kQ8BlockBytes);
  for (std::size_t r = 0; r < 3; ++r) {
    const std::uint16_t one = to_f16(1.0F).bits;
    std::memcpy(bytes.data() + r * kQ8BlockBytes, &one, 2);
    bytes[r * kQ8BlockBytes + 2] = static_cast<std::byte>(r);
  }
  const TensorView table{"table", TensorType::q8_0, {3, kQ8BlockSize}, bytes};
  Matrix<float> query(1, kQ8BlockSize);
  query(0, 0) = 2;
  Context context(1);
  const auto found = nearest_rows(table, query.view(), {.k = 2, .metric = Metric::euclidean}, context).front();
  EXPECT_EQ(found, (std::vector<NearRow>{{2, 0.0F}, {1, 1.0F}}));
}

TEST(NearestRows, LeaveOutWhatIsExcludedAndStillGiveK) {
  const Matrix<float> rows = random_rows(40, 8, 5);
  Context context(1);
  const TensorView table = as_table(rows.view());
  const MatrixView<const float> query = rows.view().middle_rows(11, 1);
  const auto all = nearest_rows(table, query, {.k = 4}, context).front();
  EXPECT_EQ(all.front().row, 11U);
  const auto others = nearest_rows(table, query, {.k = 3, .excluded = {11}}, context).front();
  EXPECT_EQ(others, std::vector<NearRow>(all.begin() + 1, all.end()));
}

TEST(NearestRows, GoByTheLowerRowWhereTheyAreEquallyFar) {
  Matrix<float> rows(9, 4);
  for (std::size_t r = 0; r < 9; ++r) rows(r, r == 4 ? 1 : 0) = 1;
  Context context(2);
  const auto found = nearest_rows(as_table(rows.view()), rows.view().middle_rows(0, 1), {.k = 100}, context).front();
  ASSERT_EQ(found.size(), 9U) << "a k beyond the table gives the whole table";
  EXPECT_EQ(found[0].row, 0U);
  EXPECT_EQ(found[4].row, 5U);
  EXPECT_EQ(found[8].row, 4U);
}

TEST(NearestRows, HaveCosineDistanceOneFromZeroAndComeLastIfNotANumber) {
  Matrix<float> rows(3, 4);
  rows(1, 0) = NAN;
  rows(2, 0) = 1;
  Context context(1);
  const auto found = nearest_rows(as_table(rows.view()), rows.view().middle_rows(2, 1), {.k = 3}, context).front();
  EXPECT_EQ(found[0], (NearRow{2, 0}));
  EXPECT_EQ(found[1], (NearRow{0, 1}));
  EXPECT_EQ(found[2].row, 1U);
  EXPECT_TRUE(nearest_rows({"none", TensorType::f32, {0, 4}, {}}, rows.view(), {}, context).front().empty());
}

TEST(NearestRows, RefuseQuestionsWithoutAnAnswer) {
  const Matrix<float> rows = random_rows(4, 8, 6), wide = random_rows(1, 9, 6);
  Context context(1);
  const TensorView table = as_table(rows.view());
  expect_error(ErrorCode::invalid_argument, "k must be above 0", [&] { nearest_rows(table, rows.view(), {.k = 0}, context); });
  expect_error(ErrorCode::mismatch, "a vector of 9 numbers is compared with rows of 8",
               [&] { nearest_rows(table, wide.view(), {}, context); });
  const TensorView flat{"flat", TensorType::f32, {32}, table.bytes};
  expect_error(ErrorCode::invalid_argument, "'flat' is no table", [&] { nearest_rows(flat, rows.view(), {}, context); });
  context.cancel.cancel();
  expect_error(ErrorCode::cancelled, "", [&] { nearest_rows(table, rows.view(), {}, context); });
}

}  // namespace
}  // namespace akin
