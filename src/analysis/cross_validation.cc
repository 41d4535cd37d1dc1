#include "akin/analysis/cross_validation.h"

#include <algorithm>
#include <utility>

#include "akin/analysis/linear_scores.h"
#include "akin/base/error.h"
#include "akin/base/rng.h"

namespace akin {
namespace {

struct Part {
  Matrix<float> rows;
  std::vector<std::int32_t> labels;
};

/// The rows of one fold, or all others.
Part part_of(const LabelledRows& data, std::span<const std::int32_t> folds, std::int32_t fold, bool held_out) {
  Part out;
  std::vector<std::size_t> chosen;
  for (std::size_t r = 0; r < folds.size(); ++r)
    if ((folds[r] == fold) == held_out) chosen.push_back(r);
  out.rows = Matrix<float>::uninitialized(chosen.size(), data.rows.cols());
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    std::ranges::copy(data.rows.row(chosen[i]), out.rows.row(i).begin());
    out.labels.push_back(data.labels[chosen[i]]);
  }
  return out;
}

}  // namespace

std::vector<std::int32_t> stratified_folds(std::span<const std::int32_t> labels, std::size_t n_classes, std::size_t n_folds,
                                           std::uint64_t seed) {
  require(n_folds >= 2, "cross-validation: at least two parts are wanted");
  std::vector<std::vector<std::size_t>> rows_of(n_classes);
  for (std::size_t r = 0; r < labels.size(); ++r) rows_of[static_cast<std::size_t>(labels[r])].push_back(r);
  std::vector<std::int32_t> folds(labels.size(), kNeverHeldOut);
  std::size_t next = 0;
  for (std::size_t c = 0; c < n_classes; ++c) {
    std::vector<std::size_t>& rows = rows_of[c];
    if (rows.size() < 2) continue;
    Rng rng = Rng(seed).fork(c);
    for (std::size_t i = rows.size() - 1; i > 0; --i) std::swap(rows[i], rows[rng.below(i + 1)]);
    for (const std::size_t row : rows) folds[row] = static_cast<std::int32_t>(next++ % n_folds);
  }
  require(next > 0, "cross-validation: no class has two rows");
  return folds;
}

double HeldOutScores::accuracy() const {
  const std::vector<std::int32_t> best = best_columns(scores.view());
  std::size_t n_right = 0;
  for (std::size_t r = 0; r < labels.size(); ++r) n_right += best[r] == labels[r] ? 1 : 0;
  return static_cast<double>(n_right) / static_cast<double>(labels.size());
}

HeldOutScores held_out_scores(const LabelledRows& data, std::span<const std::int32_t> folds, const FoldScores& score, Context& context) {
  const auto n_held_out = static_cast<std::size_t>(std::ranges::count_if(folds, [](std::int32_t fold) { return fold >= 0; }));
  HeldOutScores out{Matrix<float>::uninitialized(n_held_out, data.n_classes), {}};
  const std::int32_t n_folds = *std::ranges::max_element(folds) + 1;
  for (std::int32_t fold = 0; fold < n_folds; ++fold) {
    context.cancel.check();
    const Part asked = part_of(data, folds, fold, true);
    if (asked.labels.empty()) continue;
    const Part trained = part_of(data, folds, fold, false);
    const Matrix<float> scores =
        score({trained.rows.view(), trained.labels, data.n_classes}, asked.rows.view(), static_cast<std::size_t>(fold));
    for (std::size_t r = 0; r < asked.labels.size(); ++r) std::ranges::copy(scores.row(r), out.scores.row(out.labels.size() + r).begin());
    out.labels.insert(out.labels.end(), asked.labels.begin(), asked.labels.end());
  }
  return out;
}

}  // namespace akin
