#include "akin/base/matrix.h"

#include <gtest/gtest.h>

#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/throws.h"

namespace akin {
namespace {

Matrix<int> counted(std::size_t rows, std::size_t cols) {
  Matrix<int> m(rows, cols);
  for (std::size_t i = 0; i < m.size(); ++i) m.data()[i] = static_cast<int>(i);
  return m;
}

TEST(Matrix, StartsFilledWithZeroAndAligned) {
  for (const std::size_t cols : {1U, 3U, 64U, 1000U}) {
    const Matrix<float> m(7, cols);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(m.data()) % kAlignment, 0U);
    for (std::size_t i = 0; i < m.size(); ++i) ASSERT_EQ(m.data()[i], 0.0F);
  }
}

TEST(Matrix, LaysRowsOneAfterAnother) {
  Matrix<int> m = counted(3, 4);
  EXPECT_EQ(m(2, 1), 9);
  EXPECT_EQ(m.row(1)[3], 7);
  EXPECT_EQ(m.row(1).size(), 4U);
  m(1, 3) = -1;
  EXPECT_EQ(std::as_const(m).row(1)[3], -1);
}

TEST(Matrix, MovesLeaveTheOldOneEmpty) {
  Matrix<int> a = counted(2, 3);
  const int* numbers = a.data();
  Matrix<int> b = std::move(a);
  EXPECT_EQ(b.data(), numbers);
  EXPECT_TRUE(a.empty());  // NOLINT(bugprone-use-after-move): that it is empty is what is tested
  Matrix<int> c = counted(5, 5);
  c = std::move(b);
  EXPECT_EQ(c.data(), numbers);
  EXPECT_EQ(c.rows(), 2U);
  EXPECT_EQ(c.cols(), 3U);
  EXPECT_EQ(b.rows(), 0U);  // NOLINT(bugprone-use-after-move)
}

TEST(Matrix, IsCopiedOnlyBySpokenClone) {
  static_assert(!std::is_copy_constructible_v<Matrix<float>> && !std::is_copy_assignable_v<Matrix<float>>);
  Matrix<int> a = counted(2, 2);
  const Matrix<int> b = a.clone();
  a(0, 0) = 100;
  EXPECT_EQ(b(0, 0), 0);
  EXPECT_EQ(b(1, 1), 3);
}

TEST(Matrix, WithoutRowsOrColumnsIsEmpty) {
  EXPECT_TRUE(Matrix<float>().empty());
  EXPECT_TRUE(Matrix<float>(0, 5).empty());
  const Matrix<float> no_columns(std::numeric_limits<std::size_t>::max(), 0);
  EXPECT_TRUE(no_columns.empty());
  EXPECT_TRUE(no_columns.view().empty());
  EXPECT_TRUE(no_columns.clone().empty());
}

TEST(Matrix, RefusesASizeThatOverflows) {
  const auto half = std::numeric_limits<std::size_t>::max() / 2;
  testing::expect_error(ErrorCode::limit, "does not fit", [&] { Matrix<float> m(half, 3); });
  testing::expect_error(ErrorCode::limit, "does not fit", [] { Matrix<double> m(std::size_t{1} << 32, std::size_t{1} << 32); });
}

TEST(Matrix, RefusesASizeThatTheSystemWillNotGive) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the sanitizer's allocator ends the program instead";
#else
  testing::expect_error(ErrorCode::limit, "not enough memory",
                        [] { Matrix<char>::uninitialized(std::size_t{1} << 31, std::size_t{1} << 31); });
#endif
}

TEST(MatrixView, StepsByItsStride) {
  std::vector<int> numbers(12);
  for (int i = 0; i < 12; ++i) numbers[static_cast<std::size_t>(i)] = i;
  const MatrixView<int> view(numbers.data(), 3, 2, 4);
  EXPECT_EQ(view(2, 1), 9);
  EXPECT_EQ(view.row(1)[0], 4);
  EXPECT_EQ(view.row(1).size(), 2U);
  EXPECT_EQ(view.row_data(3), numbers.data() + 12);
}

TEST(MatrixView, CutsRowsAndColumns) {
  Matrix<int> m = counted(4, 5);
  const auto rows = m.view().middle_rows(1, 2);
  EXPECT_EQ(rows.rows(), 2U);
  EXPECT_EQ(rows(0, 0), 5);
  const auto cols = rows.middle_cols(2, 3);
  EXPECT_EQ(cols.cols(), 3U);
  EXPECT_EQ(cols.stride(), 5U);
  EXPECT_EQ(cols(1, 2), 14);
  cols(1, 2) = 0;
  EXPECT_EQ(m(2, 4), 0);
}

TEST(MatrixView, OfMutableNumbersIsAlsoOneOfConstants) {
  static_assert(std::is_convertible_v<MatrixView<float>, MatrixView<const float>>);
  static_assert(!std::is_convertible_v<MatrixView<const float>, MatrixView<float>>);
  Matrix<int> m = counted(2, 2);
  const MatrixView<const int> view = m.view();
  EXPECT_EQ(view.data(), m.data());
}

}  // namespace
}  // namespace akin
