#include "akin/analysis/rows.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "akin/base/error.h"

namespace akin {
namespace {

constexpr std::size_t kRowsAtOnce = 4096;
constexpr std::size_t kSummedRows = 512;  // a fixed cut: sums are the same on any number of threads

/// The first row of [begin, end) with a number that is not finite or too large; `end` if there is none.
std::size_t first_bad_row(MatrixView<const float> rows, std::size_t begin, std::size_t end) {
  for (std::size_t r = begin; r < end; ++r) {
    std::size_t n_bad = 0;
    for (const float x : rows.row(r)) n_bad += std::abs(x) <= kLargestNumber ? 0 : 1;  // a NaN is not ≤ anything
    if (n_bad > 0) return r;
  }
  return end;
}

}  // namespace

void check_rows(MatrixView<const float> rows, std::string_view who, Context& context) {
  if (rows.empty()) throw Error(ErrorCode::invalid_argument, std::string(who) + ": there are no vectors");
  const std::size_t none = rows.rows();
  const std::size_t bad = context.pool.parallel_reduce(
      rows.rows(), kRowsAtOnce, none,
      [&](std::size_t begin, std::size_t end) {
        const std::size_t found = first_bad_row(rows, begin, end);
        return found == end ? none : found;
      },
      [](std::size_t a, std::size_t b) { return std::min(a, b); }, &context.cancel);
  if (bad == none) return;
  const bool is_finite = std::ranges::all_of(rows.row(bad), [](float x) { return std::isfinite(x); });
  throw Error(ErrorCode::invalid_argument, std::string(who) + ": row " + std::to_string(bad) + " has a number that is " +
                                               (is_finite ? "larger than 1e17" : "not finite") + " (rows count from 0)");
}

std::vector<double> column_means(MatrixView<const float> rows, Context& context) {
  std::vector<double> means = context.pool.parallel_reduce<std::vector<double>>(
      rows.rows(), kSummedRows, std::vector<double>(rows.cols(), 0.0),
      [&](std::size_t begin, std::size_t end) {
        std::vector<double> part(rows.cols(), 0.0);
        for (std::size_t r = begin; r < end; ++r)
          for (std::size_t c = 0; c < rows.cols(); ++c) part[c] += static_cast<double>(rows(r, c));
        return part;
      },
      [](std::vector<double> total, const std::vector<double>& part) {
        for (std::size_t c = 0; c < total.size(); ++c) total[c] += part[c];
        return total;
      },
      &context.cancel);
  for (double& x : means) x /= static_cast<double>(rows.rows());
  return means;
}

}  // namespace akin
