#include "akin/analysis/minibatch_kmeans.h"

#include <algorithm>
#include <limits>
#include <string>

#include "akin/analysis/central_rows.h"
#include "akin/analysis/rows.h"
#include "akin/base/error.h"
#include "akin/base/rng.h"
#include "akin/kernels/distance.h"
#include "akin/space/normalize.h"
#include "kmeans_start.h"
#include "row_sample.h"
#include "unit_rows.h"

namespace akin {
namespace {

constexpr std::size_t kRowsAtOnce = 4096;
// Rows that the start is chosen among, in batches.
constexpr std::size_t kBatchesOfStart = 3;

Matrix<float> draw(MatrixView<const float> rows, std::size_t n, Rng& rng) {
  Matrix<float> out = Matrix<float>::uninitialized(n, rows.cols());
  for (std::size_t i = 0; i < n; ++i) std::ranges::copy(rows.row(rng.below(rows.rows())), out.row(i).begin());
  return out;
}

class Steps {
 public:
  Steps(MatrixView<const float> rows, const MinibatchKMeansOptions& options, Context& context)
      : rows_(rows), options_(options), context_(context), rng_(context.seed), centres_(options.k, rows.cols()), seen_(options.k) {
    const std::size_t n_start = std::min(rows.rows(), std::max(kBatchesOfStart * options.batch, 3 * options.k));
    const Matrix<float> some = analysis::draw_rows(rows, n_start, rng_);
    const std::vector<std::size_t> chosen = analysis::spread_rows(some.view(), options.k, rng_, context);
    for (std::size_t c = 0; c < options.k; ++c) std::ranges::copy(some.row(chosen[c]), centres_.row(c).begin());
  }

  /// Returns how many steps there were.
  std::size_t run() {
    double smoothed = -1, least = std::numeric_limits<double>::infinity();
    std::size_t step = 0, n_without_gain = 0;
    // What a batch weighs in the smoothed inertia, as scikit-learn has it.
    const double share = std::min(1.0, 2.0 * static_cast<double>(options_.batch) / static_cast<double>(rows_.rows() + 1));
    while (step < options_.max_steps && n_without_gain < options_.patience) {
      context_.cancel.check();
      const double inertia = take_batch();
      ++step;
      context_.progress.advance(1);
      smoothed = smoothed < 0 ? inertia : smoothed * (1 - share) + inertia * share;
      n_without_gain = smoothed < least ? 0 : n_without_gain + 1;
      least = std::min(least, smoothed);
    }
    return step;
  }
  [[nodiscard]] Matrix<float>& centres() noexcept { return centres_; }

 private:
  /// Moves the centres. Returns the batch's mean square before.
  double take_batch() {
    const Matrix<float> batch = draw(rows_, options_.batch, rng_);
    const std::vector<std::int32_t> labels = nearest_centres(batch.view(), centres_.view(), options_.spherical, context_);
    double inertia = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const auto c = static_cast<std::size_t>(labels[i]);
      inertia += static_cast<double>(kernels::squared_l2(batch.row(i), centres_.row(c)));
    }
    const Matrix<float> means = cluster_means(batch.view(), labels, context_);
    std::vector<std::size_t> n_now(options_.k);
    for (const std::int32_t label : labels) ++n_now[static_cast<std::size_t>(label)];
    for (std::size_t c = 0; c < means.rows(); ++c) {
      if (n_now[c] == 0) continue;
      seen_[c] += n_now[c];
      const float step = static_cast<float>(n_now[c]) / static_cast<float>(seen_[c]);
      for (std::size_t i = 0; i < centres_.cols(); ++i) centres_(c, i) += step * (means(c, i) - centres_(c, i));
      if (options_.spherical) normalize(centres_.row(c));
    }
    return inertia / static_cast<double>(labels.size());
  }

  MatrixView<const float> rows_;
  const MinibatchKMeansOptions& options_;
  Context& context_;
  Rng rng_;
  Matrix<float> centres_;
  std::vector<std::size_t> seen_;
};

double inertia_of(MatrixView<const float> rows, const KMeansResult& result, Context& context) {
  return context.pool.parallel_reduce(
      rows.rows(), kRowsAtOnce, 0.0,
      [&](std::size_t begin, std::size_t end) {
        double sum = 0;
        for (std::size_t r = begin; r < end; ++r)
          sum += static_cast<double>(kernels::squared_l2(rows.row(r), result.centres.row(static_cast<std::size_t>(result.labels[r]))));
        return sum;
      },
      [](double a, double b) { return a + b; }, &context.cancel);
}

}  // namespace

KMeansResult minibatch_kmeans(MatrixView<const float> rows, const MinibatchKMeansOptions& options, Context& context) {
  check_rows(rows, "k-means", context);
  require(options.k > 0, "k-means: k must be at least 1");
  require(options.batch > 0 && options.max_steps > 0 && options.patience > 0, "k-means: batch, max_steps and patience must be at least 1");
  if (options.k > rows.rows())
    throw Error(ErrorCode::invalid_argument, "k-means: " + std::to_string(options.k) + " clusters of " + std::to_string(rows.rows()) +
                                                 (rows.rows() == 1 ? " vector" : " vectors") + ": k must not be larger than their number");
  const analysis::UnitRows work(rows, options.spherical, context);
  Steps steps(work.view(), options, context);
  context.progress.begin("mini-batch k-means", options.max_steps, "steps");
  KMeansResult out;
  out.n_iterations = steps.run();
  context.progress.end();
  out.converged = out.n_iterations < options.max_steps;
  out.centres = std::move(steps.centres());
  out.labels = nearest_centres(work.view(), out.centres.view(), options.spherical, context);
  out.sizes.assign(options.k, 0);
  for (const std::int32_t label : out.labels) ++out.sizes[static_cast<std::size_t>(label)];
  out.inertia = inertia_of(work.view(), out, context);
  return out;
}

}  // namespace akin
