#include "akin/analysis/kmeans.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "akin/analysis/rows.h"
#include "akin/base/error.h"
#include "akin/base/rng.h"
#include "akin/space/normalize.h"
#include "kmeans_start.h"
#include "lloyd.h"
#include "nearest_centre.h"
#include "unit_rows.h"

namespace akin {
namespace {

using namespace analysis;

// Of a piece of work: some milliseconds.
constexpr std::size_t kRowsOfPiece = 4096;

struct RowMean {
  std::vector<float> mean;
  double square_length = 0;  ///< of the mean
  double variance = 0;       ///< Σ over columns
};

// Rows from which mean and variance are read: evenly spaced, as neither needs more than three digits.
constexpr std::size_t kRowsOfMean = 16384;

RowMean mean_of(MatrixView<const float> rows) {
  const std::size_t n = std::min(rows.rows(), kRowsOfMean);
  std::vector<double> sums(rows.cols()), squares(rows.cols());
  for (std::size_t i = 0; i < n; ++i) {
    const std::span<const float> row = rows.row(i * rows.rows() / n);
    for (std::size_t c = 0; c < row.size(); ++c) {
      const auto x = static_cast<double>(row[c]);
      sums[c] += x;
      squares[c] += x * x;
    }
  }
  RowMean out{std::vector<float>(rows.cols()), 0, 0};
  for (std::size_t c = 0; c < sums.size(); ++c) {
    const double mean = sums[c] / static_cast<double>(n);
    out.mean[c] = static_cast<float>(mean);
    out.square_length += mean * mean;
    out.variance += std::max(0.0, squares[c] / static_cast<double>(n) - mean * mean);
  }
  return out;
}

/// The rows that Lloyd's rounds see: as they are, at length 1, or moved so that their mean is the origin.
struct WorkRows {
  std::optional<UnitRows> unit;
  Matrix<float> copy;
  MatrixView<const float> view;
  std::vector<float> shift;  ///< that was taken away; empty: nothing
  double mean_variance = 0;  ///< over columns
};

// Scores are differences of numbers as large as ‖x‖²: rows that lie further from the origin than they are spread lose digits there.
constexpr double kFarFromOrigin = 2;

WorkRows prepare(MatrixView<const float> rows, bool spherical, Context& context) {
  WorkRows out;
  out.view = out.unit.emplace(rows, spherical, context).view();
  RowMean mean = mean_of(out.view);
  out.mean_variance = mean.variance / static_cast<double>(rows.cols());
  if (!spherical && mean.square_length > kFarFromOrigin * mean.variance) {
    out.copy = Matrix<float>::uninitialized(rows.rows(), rows.cols());
    context.parallel_for(rows.rows(), kRowsOfPiece, [&](std::size_t begin, std::size_t end) {
      for (std::size_t r = begin; r < end; ++r)
        for (std::size_t c = 0; c < rows.cols(); ++c) out.copy(r, c) = rows(r, c) - mean.mean[c];
    });
    out.view = out.copy.view();
    out.shift = std::move(mean.mean);
  }
  return out;
}

/// Calls take(first, found) for blocks of at most NearestCentre::kRowsAtOnce rows.
template <class Take>
void find_nearest(MatrixView<const float> rows, const NearestCentre& nearest, Context& context, const Take& take) {
  std::vector<NearestCentre::Scratch> scratch(static_cast<std::size_t>(context.pool.n_threads()));
  context.parallel_for(rows.rows(), kRowsOfPiece, [&](std::size_t begin, std::size_t end) {
    std::vector<kernels::BestTwo> found(NearestCentre::kRowsAtOnce);
    for (std::size_t first = begin; first < end; first += NearestCentre::kRowsAtOnce) {
      const std::size_t count = std::min(NearestCentre::kRowsAtOnce, end - first);
      nearest.find(rows.middle_rows(first, count), std::span(found).first(count),
                   scratch[static_cast<std::size_t>(ThreadPool::current_worker())]);
      take(first, std::span<const kernels::BestTwo>(found).first(count));
    }
  });
}

void check(MatrixView<const float> rows, const KMeansOptions& options) {
  require(options.k > 0, "k-means: k must be at least 1");
  require(options.n_starts > 0, "k-means: n_starts must be at least 1");
  require(options.tolerance >= 0, "k-means: the tolerance must not be negative");
  if (options.k > rows.rows())
    throw Error(ErrorCode::invalid_argument, "k-means: " + std::to_string(options.k) + " clusters of " + std::to_string(rows.rows()) +
                                                 (rows.rows() == 1 ? " vector" : " vectors") + ": k must not be larger than their number");
  require(rows.rows() <= 0x7FFF'FFFF, "k-means: there are more than 2^31 vectors");
  if (!options.start.empty() && (options.start.rows() != options.k || options.start.cols() != rows.cols()))
    throw Error(ErrorCode::invalid_argument, "k-means: the start has " + std::to_string(options.start.rows()) + " centres of " +
                                                 std::to_string(options.start.cols()) + " numbers; " + std::to_string(options.k) + " of " +
                                                 std::to_string(rows.cols()) + " are wanted");
}

Matrix<float> start_of(const WorkRows& work, const KMeansOptions& options, std::size_t run, Context& context) {
  Matrix<float> centres(options.k, work.view.cols());
  if (options.start.empty()) {
    Rng rng = Rng(context.seed).fork(run);
    const std::vector<std::size_t> chosen = spread_rows(work.view, options.k, rng, context);
    for (std::size_t c = 0; c < options.k; ++c) std::ranges::copy(work.view.row(chosen[c]), centres.row(c).begin());
    return centres;
  }
  for (std::size_t c = 0; c < options.k; ++c) {
    std::ranges::copy(options.start.row(c), centres.row(c).begin());
    for (std::size_t i = 0; i < work.shift.size(); ++i) centres(c, i) -= work.shift[i];
    if (options.spherical) normalize(centres.row(c));
  }
  return centres;
}

}  // namespace

KMeansResult kmeans(MatrixView<const float> rows, const KMeansOptions& options, Context& context) {
  check_rows(rows, "k-means", context);
  if (!options.start.empty()) check_rows(options.start, "k-means: the start", context);
  check(rows, options);
  const WorkRows work = prepare(rows, options.spherical, context);
  std::optional<KMeansResult> best;
  const std::size_t n_runs = options.start.empty() ? options.n_starts : 1;
  for (std::size_t run = 0; run < n_runs; ++run) {
    Matrix<float> start = start_of(work, options, run, context);
    context.progress.begin("k-means", 0, "rounds");
    const LloydOptions rounds{options.max_iterations, options.tolerance * work.mean_variance, options.spherical};
    KMeansResult result = Lloyd(work.view, rounds, std::move(start), context).run();
    context.progress.end();
    if (!best || result.inertia < best->inertia) best = std::move(result);
  }
  for (std::size_t c = 0; c < options.k; ++c)
    for (std::size_t i = 0; i < work.shift.size(); ++i) best->centres(c, i) += work.shift[i];
  return std::move(*best);
}

std::vector<std::int32_t> nearest_centres(MatrixView<const float> rows, MatrixView<const float> centres, bool spherical, Context& context) {
  if (rows.cols() != centres.cols())
    throw Error(ErrorCode::mismatch,
                "nearest_centres: vectors of " + std::to_string(rows.cols()) + " numbers, centres of " + std::to_string(centres.cols()));
  std::vector<std::int32_t> labels(rows.rows());
  find_nearest(rows, NearestCentre(centres, spherical), context, [&](std::size_t first, std::span<const kernels::BestTwo> found) {
    for (std::size_t i = 0; i < found.size(); ++i) labels[first + i] = static_cast<std::int32_t>(found[i].column);
  });
  return labels;
}

}  // namespace akin
