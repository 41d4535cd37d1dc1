#include "kmeans_start.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "akin/kernels/distance.h"

namespace akin::analysis {
namespace {

// Rows of a piece of work; sums are kept a piece, so that a draw looks through one piece only.
constexpr std::size_t kRowsAtOnce = 2048;

/// Uniform in [0, 1).
double uniform(Rng& rng) { return static_cast<double>(rng.next() >> 11) * 0x1p-53; }

class Spread {
 public:
  Spread(MatrixView<const float> rows, std::size_t n_candidates, Context& context)
      : rows_(rows),
        context_(context),
        candidates_(Matrix<float>::uninitialized(n_candidates, rows.cols())),
        distances_(Matrix<float>::uninitialized(n_candidates, rows.rows())),
        nearest_(rows.rows(), std::numeric_limits<float>::infinity()),
        n_pieces_((rows.rows() + kRowsAtOnce - 1) / kRowsAtOnce),
        sums_(n_pieces_) {}

  /// Of these rows, the one that leaves the least sum is taken.
  std::size_t take_best(const std::vector<std::size_t>& candidates) {
    for (std::size_t i = 0; i < candidates.size(); ++i) std::ranges::copy(rows_.row(candidates[i]), candidates_.row(i).begin());
    std::vector<std::vector<double>> sums(n_pieces_);
    context_.parallel_for(rows_.rows(), kRowsAtOnce, [&](std::size_t begin, std::size_t end) {
      const MatrixView<float> out = distances_.view().middle_rows(0, candidates.size()).middle_cols(begin, end - begin);
      kernels::squared_l2_tile(candidates_.view().middle_rows(0, candidates.size()), rows_.middle_rows(begin, end - begin), out);
      for (std::size_t i = 0; i < candidates.size(); ++i) {
        double sum = 0;
        for (std::size_t r = begin; r < end; ++r) {
          float& distance = out(i, r - begin);
          distance = std::min(distance, nearest_[r]);
          sum += static_cast<double>(distance);
        }
        sums[begin / kRowsAtOnce].push_back(sum);
      }
    });
    std::vector<double> totals(candidates.size());
    for (const std::vector<double>& piece : sums)
      for (std::size_t i = 0; i < totals.size(); ++i) totals[i] += piece[i];
    const auto best = static_cast<std::size_t>(std::ranges::min_element(totals) - totals.begin());
    std::ranges::copy(distances_.row(best), nearest_.begin());
    for (std::size_t p = 0; p < n_pieces_; ++p) sums_[p] = sums[p][best];
    total_ = totals[best];
    return candidates[best];
  }

  /// A row by the squares of the distances; rows() if all are 0.
  std::size_t draw(Rng& rng) const {
    double left = uniform(rng) * total_;
    std::size_t piece = 0;
    while (piece + 1 < n_pieces_ && left >= sums_[piece]) left -= sums_[piece++];
    std::size_t last = rows_.rows();
    for (std::size_t r = piece * kRowsAtOnce; r < std::min(rows_.rows(), (piece + 1) * kRowsAtOnce); ++r) {
      if (nearest_[r] == 0) continue;
      last = r;
      left -= static_cast<double>(nearest_[r]);
      if (left < 0) break;
    }
    return last;
  }
  [[nodiscard]] bool is_covered() const noexcept { return total_ == 0; }

 private:
  MatrixView<const float> rows_;
  Context& context_;
  Matrix<float> candidates_, distances_;
  std::vector<float> nearest_;
  std::size_t n_pieces_;
  std::vector<double> sums_;
  double total_ = 0;
};

/// Those rows that come first and are not in `taken`, until it has k.
void fill_up(std::vector<std::size_t>& taken, std::size_t k, std::size_t n) {
  std::vector<bool> is_taken(n);
  for (const std::size_t row : taken) is_taken[row] = true;
  for (std::size_t r = 0; taken.size() < k && r < n; ++r)
    if (!is_taken[r]) taken.push_back(r);
}

}  // namespace

std::vector<std::size_t> spread_rows(MatrixView<const float> rows, std::size_t k, Rng& rng, Context& context) {
  const auto n_candidates = 2 + static_cast<std::size_t>(std::log(static_cast<double>(k)));
  Spread spread(rows, n_candidates, context);
  std::vector<std::size_t> taken = {spread.take_best({rng.below(rows.rows())})};
  context.progress.begin("choosing starts", k, "centres");
  while (taken.size() < k && !spread.is_covered()) {
    std::vector<std::size_t> candidates;
    for (std::size_t i = 0; i < n_candidates; ++i)
      if (const std::size_t row = spread.draw(rng); row < rows.rows()) candidates.push_back(row);
    if (candidates.empty()) break;  // sums that are lost in rounding
    taken.push_back(spread.take_best(candidates));
    context.progress.advance(1);
  }
  context.progress.end();
  fill_up(taken, k, rows.rows());
  return taken;
}

}  // namespace akin::analysis
