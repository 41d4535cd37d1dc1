#include "akin/analysis/ecod.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <span>
#include <string>
#include <utility>

#include "akin/analysis/rows.h"
#include "akin/base/error.h"

namespace akin {
namespace {

// Columns whose parts of the scores wait to be added in order.
constexpr std::size_t kColumnsAtOnce = 16;
constexpr std::size_t kRowsAtOnce = 1024;

struct Placed {
  std::uint32_t key, row;
};

/// Whole numbers in the order of the floats; −0 as 0.
std::uint32_t key_of(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x + 0.0F);
  return (bits & 0x8000'0000U) != 0 ? ~bits : bits | 0x8000'0000U;
}
float number_of(std::uint32_t key) { return std::bit_cast<float>((key & 0x8000'0000U) != 0 ? key & 0x7FFF'FFFFU : ~key); }

constexpr int kPasses = 3, kDigitBits = 11;
constexpr std::uint32_t kDigits = 1U << kDigitBits;

/// By three passes of 11 bits; where each digit's items begin is counted in one pass before.
void radix_sort(std::vector<Placed>& items, std::vector<Placed>& other) {
  const auto digit = [](std::uint32_t key, int pass) { return (key >> (pass * kDigitBits)) & (kDigits - 1); };
  std::array<std::array<std::uint32_t, kDigits>, kPasses> starts{};
  for (const Placed& item : items)
    for (int pass = 0; pass < kPasses; ++pass) ++starts[static_cast<std::size_t>(pass)][digit(item.key, pass)];
  for (int pass = 0; pass < kPasses; ++pass) {
    std::array<std::uint32_t, kDigits>& start = starts[static_cast<std::size_t>(pass)];
    std::uint32_t sum = 0;
    for (std::uint32_t& count : start) sum += std::exchange(count, sum);
    for (const Placed& item : items) other[start[digit(item.key, pass)]++] = item;
    items.swap(other);
  }
}

/// Sign of the third moment.
std::int8_t skew_of(std::span<const float> column) {
  double mean = 0, cubes = 0, squares = 0;
  for (const float x : column) mean += static_cast<double>(x);
  mean /= static_cast<double>(column.size());
  for (const float x : column) {
    const double gap = static_cast<double>(x) - mean;
    squares += gap * gap;
    cubes += gap * gap * gap;
  }
  if (!(squares > 0)) return 0;
  return cubes > 0 ? 1 : cubes < 0 ? -1 : 0;
}

/// Of a number that `low` numbers are not above and `high` are not below, its own place counted.
double oddness(double left, double right, std::int8_t skew) { return skew == 0 ? left + right : std::max(left, right); }

}  // namespace

Ecod::Ecod(MatrixView<const float> rows, Context& context) : skew_(rows.cols()), known_(rows.rows()) {
  check_rows(rows, "ECOD", context);
  const std::size_t n = rows.rows();
  require(n < 0x8000'0000U, "ECOD: 2^31 rows or more");
  sorted_ = Matrix<float>::uninitialized(rows.cols(), n);
  std::vector<double> tail(n + 1);  // of so many of n
  context.parallel_for(n, kRowsAtOnce, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin + 1; i <= end; ++i) tail[i] = -std::log(static_cast<double>(i) / static_cast<double>(n));
  });
  Matrix<double> parts = Matrix<double>::uninitialized(std::min(kColumnsAtOnce, rows.cols()), n);
  context.progress.begin("ECOD", rows.cols(), "columns");
  for (std::size_t first = 0; first < rows.cols(); first += kColumnsAtOnce) {
    const std::size_t count = std::min(kColumnsAtOnce, rows.cols() - first);
    context.parallel_for(count, 1, [&](std::size_t i, std::size_t) {
      const std::size_t column = first + i;
      const std::span<float> sorted = sorted_.row(column);
      for (std::size_t r = 0; r < n; ++r) sorted[r] = rows(r, column);
      skew_[column] = skew_of(sorted);
      std::vector<Placed> items(n), other(n);
      for (std::size_t r = 0; r < n; ++r) items[r] = {key_of(sorted[r]), static_cast<std::uint32_t>(r)};
      radix_sort(items, other);
      for (std::size_t begin = 0, end = 0; begin < n; begin = end) {
        while (end < n && items[end].key == items[begin].key) ++end;
        const double odd = oddness(tail[end], tail[n - begin], skew_[column]);
        for (std::size_t at = begin; at < end; ++at) {
          parts(i, items[at].row) = odd;
          sorted[at] = number_of(items[at].key);
        }
      }
    });
    context.parallel_for(n, kRowsAtOnce, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = 0; i < count; ++i)
        for (std::size_t r = begin; r < end; ++r) known_[r] += parts(i, r);
    });
    context.progress.advance(count);
  }
  context.progress.end();
}

std::vector<double> Ecod::scores(MatrixView<const float> rows, Context& context) const {
  if (rows.rows() == 0) return {};
  if (rows.cols() != sorted_.rows())
    throw Error(ErrorCode::mismatch,
                "ECOD: rows of " + std::to_string(rows.cols()) + " numbers; it was made of rows of " + std::to_string(sorted_.rows()));
  check_rows(rows, "ECOD", context);
  std::vector<double> out(rows.rows());
  const auto all = static_cast<double>(sorted_.cols() + 1);
  context.parallel_for(rows.rows(), kRowsAtOnce, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) {
      for (std::size_t c = 0; c < rows.cols(); ++c) {
        const auto column = sorted_.row(c);
        const auto not_above = std::ranges::upper_bound(column, rows(r, c)) - column.begin();
        const auto below = std::ranges::lower_bound(column, rows(r, c)) - column.begin();
        const double left = -std::log(static_cast<double>(not_above + 1) / all);
        const double right = -std::log((all - static_cast<double>(below)) / all);
        out[r] += oddness(left, right, skew_[c]);
      }
    }
  });
  return out;
}

}  // namespace akin
