#include "akin/analysis/choose_k.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "akin/analysis/cluster_scores.h"
#include "akin/base/error.h"
#include "akin/base/rng.h"
#include "row_sample.h"

namespace akin {
namespace {

/// How far each trial lies below the line through the first and the last, with both axes from 0 to 1.
std::size_t elbow_of(const std::vector<KTrial>& trials) {
  const auto width = static_cast<double>(trials.back().k - trials.front().k);
  const double height = trials.front().inertia - trials.back().inertia;
  if (width <= 0 || height <= 0) return 0;
  std::size_t best = 0;
  double furthest = 0;
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const double x = static_cast<double>(trials[i].k - trials.front().k) / width, y = (trials[i].inertia - trials.back().inertia) / height;
    if (1 - x - y > furthest) furthest = 1 - x - y, best = i;
  }
  return best;
}

/// The first of those with the largest silhouette.
std::size_t most_apart(const std::vector<KTrial>& trials) {
  return static_cast<std::size_t>(std::ranges::max_element(trials, {}, &KTrial::silhouette) - trials.begin());
}

/// Nothing where all are few enough.
Matrix<float> sample_of(MatrixView<const float> rows, std::size_t n, Context& context) {
  if (n == 0 || rows.rows() <= n) return {};
  Rng rng(context.seed);
  return analysis::draw_rows(rows, n, rng);
}

double silhouette_of(MatrixView<const float> rows, const KMeansResult& result, const ChooseKOptions& choice, bool by_angle,
                     Context& context) {
  const auto n_filled = std::ranges::count_if(result.sizes, [](std::size_t size) { return size > 0; });
  if (n_filled < 2 || static_cast<std::size_t>(n_filled) >= rows.rows()) return -1;
  return silhouette(rows, result.labels, {by_angle ? Metric::cosine : Metric::euclidean, choice.sample}, context);
}

}  // namespace

std::vector<std::size_t> default_candidates(std::size_t n_rows) {
  const auto last = std::min<std::size_t>(100, static_cast<std::size_t>(2 * std::sqrt(static_cast<double>(n_rows))));
  std::vector<std::size_t> out;
  for (std::size_t k = 2; k <= last && k < n_rows; k += k < 10 ? 1 : k / 4) out.push_back(k);
  return out;
}

ChosenK choose_k(MatrixView<const float> rows, const ChooseKOptions& choice, const KMeansOptions& options, Context& context) {
  const Matrix<float> some = sample_of(rows, choice.trial_rows, context);
  const MatrixView<const float> tried = some.empty() ? rows : some.view();
  const std::vector<std::size_t> candidates = choice.candidates.empty() ? default_candidates(tried.rows()) : choice.candidates;
  require(std::ranges::is_sorted(candidates), "choose_k: candidates must rise");
  if (candidates.empty())
    throw Error(ErrorCode::invalid_argument,
                "the number of clusters can be chosen for 3 vectors or more; there are " + std::to_string(rows.rows()));
  KMeansOptions own = options;
  own.start = {};
  ChosenK out;
  std::vector<KMeansResult> results;
  for (const std::size_t k : candidates) {
    own.k = k;
    results.push_back(kmeans(tried, own, context));
    const bool is_measured = choice.by == KChoice::silhouette;
    out.trials.push_back(
        {k, results.back().inertia, is_measured ? silhouette_of(tried, results.back(), choice, own.spherical, context) : 0});
  }
  const std::size_t best = choice.by == KChoice::elbow ? elbow_of(out.trials) : most_apart(out.trials);
  out.k = own.k = candidates[best];
  out.result = some.empty() ? std::move(results[best]) : kmeans(rows, own, context);
  return out;
}

}  // namespace akin
