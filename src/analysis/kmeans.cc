#include "akin/analysis/kmeans.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "akin/analysis/rows.h"
#include "akin/base/error.h"
#include "akin/base/rng.h"
#include "akin/kernels/distance.h"
#include "akin/space/normalize.h"
#include "centre_sums.h"
#include "kmeans_start.h"
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

RowMean mean_of(MatrixView<const float> rows, Context& context) {
  const auto n = static_cast<double>(rows.rows());
  std::vector<double> sums(rows.cols()), squares(rows.cols());
  context.parallel_for(rows.cols(), 32, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = 0; r < rows.rows(); ++r) {
      const float* row = rows.row_data(r);
      for (std::size_t c = begin; c < end; ++c) {
        const auto x = static_cast<double>(row[c]);
        sums[c] += x;
        squares[c] += x * x;
      }
    }
  });
  RowMean out{std::vector<float>(rows.cols()), 0, 0};
  for (std::size_t c = 0; c < sums.size(); ++c) {
    const double mean = sums[c] / n;
    out.mean[c] = static_cast<float>(mean);
    out.square_length += mean * mean;
    out.variance += std::max(0.0, squares[c] / n - mean * mean);
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
  RowMean mean = mean_of(out.view, context);
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

/// One run from one start.
class Lloyd {
 public:
  Lloyd(const WorkRows& rows, const KMeansOptions& options, Matrix<float> start, Context& context)
      : rows_(rows.view),
        options_(options),
        tolerance_(options.tolerance * rows.mean_variance),
        context_(context),
        sums_(options.k, rows.view.cols()),
        centres_(std::move(start)),
        labels_(rows.view.rows(), kNoCluster) {}

  KMeansResult run() {
    bool is_settled = false;  // no row changed its cluster: labels and centres agree
    KMeansResult out;
    while (out.n_iterations < options_.max_iterations && !is_settled && !out.converged) {
      context_.cancel.check();
      ++out.n_iterations;
      is_settled = assign() == 0;
      if (!is_settled) out.converged = move_centres() <= tolerance_;
      context_.progress.advance(1);
    }
    out.converged = out.converged || is_settled;
    if (!is_settled) assign();
    out.inertia = inertia();
    out.sizes = sums_.sizes();
    out.centres = std::move(centres_);
    out.labels = std::move(labels_);
    return out;
  }

 private:
  /// Each row to its nearest centre. Returns how many went elsewhere.
  std::size_t assign() {
    const NearestCentre nearest(centres_.view(), options_.spherical);
    std::vector<std::vector<RowMove>> pieces((rows_.rows() + kRowsOfPiece - 1) / kRowsOfPiece);
    find_nearest(rows_, nearest, context_, [&](std::size_t first, std::span<const kernels::BestTwo> found) {
      for (std::size_t i = 0; i < found.size(); ++i) {
        std::int32_t& label = labels_[first + i];
        const auto now = static_cast<std::int32_t>(found[i].column);
        if (now == label) continue;
        pieces[first / kRowsOfPiece].push_back({static_cast<std::uint32_t>(first + i), label, now});
        label = now;
      }
    });
    std::vector<RowMove> moves;
    for (const std::vector<RowMove>& piece : pieces) moves.insert(moves.end(), piece.begin(), piece.end());
    sums_.apply(rows_, moves, context_);
    return moves.size();
  }

  /// To the mean of its rows. Returns the sum of the squares of the moves.
  double move_centres() {
    fill_empty();
    const Matrix<float> old = centres_.clone();
    sums_.write_centres(centres_.view(), options_.spherical);
    double moved = 0;
    for (std::size_t c = 0; c < options_.k; ++c) moved += static_cast<double>(kernels::squared_l2(old.row(c), centres_.row(c)));
    return moved;
  }

  std::vector<float> distances_to_own() {
    std::vector<float> out(rows_.rows());
    context_.parallel_for(out.size(), kRowsOfPiece, [&](std::size_t begin, std::size_t end) {
      for (std::size_t r = begin; r < end; ++r)
        out[r] = kernels::squared_l2(rows_.row(r), centres_.row(static_cast<std::size_t>(labels_[r])));
    });
    return out;
  }

  /// An empty cluster gets the row that is furthest from its centre.
  void fill_empty() {
    if (std::ranges::find(sums_.sizes(), std::size_t{0}) == sums_.sizes().end()) return;
    std::vector<float> distances = distances_to_own();
    for (std::size_t c = 0; c < options_.k; ++c) {
      if (sums_.sizes()[c] > 0) continue;
      const auto furthest = static_cast<std::size_t>(std::ranges::max_element(distances) - distances.begin());
      if (!(distances[furthest] > 0)) return;  // no more different rows
      const RowMove move{static_cast<std::uint32_t>(furthest), labels_[furthest], static_cast<std::int32_t>(c)};
      labels_[furthest] = move.to;
      distances[furthest] = 0;
      sums_.apply(rows_, {&move, 1}, context_);
    }
  }

  double inertia() {
    const std::vector<float> distances = distances_to_own();
    double sum = 0;
    for (const float distance : distances) sum += static_cast<double>(distance);
    return sum;
  }

  MatrixView<const float> rows_;
  const KMeansOptions& options_;
  double tolerance_;
  Context& context_;
  CentreSums sums_;
  Matrix<float> centres_;
  std::vector<std::int32_t> labels_;
};

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
    KMeansResult result = Lloyd(work, options, std::move(start), context).run();
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
