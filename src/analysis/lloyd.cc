#include "lloyd.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "akin/kernels/distance.h"
#include "akin/kernels/native_gemm.h"

namespace akin::analysis {
namespace {

// Of a piece of work: some milliseconds.
constexpr std::size_t kRowsOfPiece = 4096;
// Roundings of a score, of its length and of the comparison, in units of the largest square in play: sums of products are accurate to a
// few ulp times the logarithm of their number in the kernels.
constexpr float kRoundings = 64 * std::numeric_limits<float>::epsilon();
// From so many on a product is most of the work, and half of it is worth a copy of the rows.
constexpr std::size_t kColumnsOfHalves = 64, kCentresOfHalves = 32;
// Copying a row takes as long as scoring so many centres.
constexpr std::size_t kCentresOfCopy = 30;
// By halves, with the rows that are looked at again.
constexpr std::size_t kTenthsOfHalves = 6;
// Bounds grow and shrink by sums of rounded moves.
constexpr float kWiden = 1 + 8 * std::numeric_limits<float>::epsilon();

std::vector<float> squares_of(MatrixView<const float> rows, Context& context) {
  std::vector<float> out(rows.rows());
  context.parallel_for(rows.rows(), kRowsOfPiece, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) out[r] = kernels::dot(rows.row(r), rows.row(r));
  });
  return out;
}

float largest_of(std::span<const float> numbers) { return numbers.empty() ? 0.0F : *std::ranges::max_element(numbers); }

}  // namespace

Lloyd::Lloyd(MatrixView<const float> rows, const LloydOptions& options, Matrix<float> start, Context& context)
    : rows_(rows),
      options_(options),
      context_(context),
      sums_(start.rows(), rows.cols()),
      centres_(std::move(start)),
      labels_(rows.rows(), kNoCluster),
      squares_(squares_of(rows, context)),
      upper_(rows.rows(), std::numeric_limits<float>::infinity()),
      lower_(rows.rows(), 0),
      moved_(centres_.rows(), 0),
      others_(centres_.rows(), 0) {
  const bool pays = options.with_halves && rows.cols() >= kColumnsOfHalves && centres_.rows() >= kCentresOfHalves;
  if (!pays || !kernels::has_native(kernels::GemmType::bf16)) return;
  halves_.resize((rows.rows() + NearestCentre::kRowsAtOnce - 1) / NearestCentre::kRowsAtOnce);
  context.parallel_for(rows.rows(), NearestCentre::kRowsAtOnce, [&](std::size_t begin, std::size_t end) {
    kernels::prepare_rows(rows.middle_rows(begin, end - begin), kernels::GemmType::bf16, halves_[begin / NearestCentre::kRowsAtOnce]);
  });
}

KMeansResult Lloyd::run() {
  bool is_settled = false;  // no row changed its cluster: labels and centres agree
  KMeansResult out;
  while (out.n_iterations < options_.max_iterations && !is_settled && !out.converged) {
    context_.cancel.check();
    ++out.n_iterations;
    is_settled = assign() == 0;
    if (!is_settled) out.converged = move_centres() <= options_.tolerance;
    context_.progress.advance(1);
  }
  out.converged = out.converged || is_settled;
  if (!is_settled) assign();
  for (const float distance : distances_to_own()) out.inertia += static_cast<double>(distance);
  out.sizes = sums_.sizes();
  out.centres = std::move(centres_);
  out.labels = std::move(labels_);
  return out;
}

/// What a thread has while it looks at a piece.
struct Lloyd::Look {
  const NearestCentre& nearest;
  NearestCentre::Scratch& scratch;
  std::vector<RowMove>& moves;
  std::vector<std::size_t> open;  ///< rows that are still to be looked at, in float
  std::vector<kernels::BestTwo> found = std::vector<kernels::BestTwo>(NearestCentre::kRowsAtOnce);
  Matrix<float> gathered = {};
};

/// Each row to its nearest centre. Returns how many went elsewhere.
std::size_t Lloyd::assign() {
  const NearestCentre nearest(centres_.view(), options_.by_angle, !halves_.empty());
  const float largest_centre = options_.by_angle ? 1.0F : largest_of(squares_of(centres_.view(), context_));
  slack_ = kRoundings * (largest_of(squares_) + largest_centre);
  std::vector<std::vector<RowMove>> pieces((rows_.rows() + kRowsOfPiece - 1) / kRowsOfPiece);
  std::vector<NearestCentre::Scratch> scratch(static_cast<std::size_t>(context_.pool.n_threads()));
  context_.parallel_for(rows_.rows(), kRowsOfPiece, [&](std::size_t begin, std::size_t end) {
    Look look{nearest, scratch[static_cast<std::size_t>(ThreadPool::current_worker())], pieces[begin / kRowsOfPiece], {}};
    assign_piece(begin, end, look);
  });
  std::vector<RowMove> moves;
  for (const std::vector<RowMove>& piece : pieces) moves.insert(moves.end(), piece.begin(), piece.end());
  sums_.apply(rows_, moves, context_);
  return moves.size();
}

/// Whether a row's centre is certainly the nearest still, now that all have moved.
bool Lloyd::stays(std::size_t row) {
  if (!options_.with_bounds || labels_[row] == kNoCluster) return false;
  const auto own = static_cast<std::size_t>(labels_[row]);
  upper_[row] = (upper_[row] + moved_[own]) * kWiden;
  lower_[row] = lower_[row] / kWiden - others_[own];
  return upper_[row] * upper_[row] + slack_ < lower_[row] * lower_[row] && lower_[row] > 0;
}

void Lloyd::assign_piece(std::size_t begin, std::size_t end, Look& look) {
  for (std::size_t first = begin; first < end; first += NearestCentre::kRowsAtOnce)
    look_at_block(first, std::min(end, first + NearestCentre::kRowsAtOnce), look);
  look_at_open(look);
}

void Lloyd::look_at_block(std::size_t begin, std::size_t end, Look& look) {
  const std::size_t n_before = look.open.size(), n_rows = end - begin;
  for (std::size_t row = begin; row < end; ++row)
    if (!stays(row)) look.open.push_back(row);
  // Where few stay, looking at all is less work than bringing the others together.
  const std::size_t k = centres_.rows(), work_of_all = halves_.empty() ? 10 * k : kTenthsOfHalves * k;
  if (10 * (look.open.size() - n_before) * (k + kCentresOfCopy) < n_rows * work_of_all) return;
  look.open.resize(n_before);
  const std::span<kernels::BestTwo> found(look.found.data(), n_rows);
  if (halves_.empty()) {
    look.nearest.find(rows_.middle_rows(begin, n_rows), found, look.scratch);
    for (std::size_t i = 0; i < n_rows; ++i) take(begin + i, found[i], 0, look.moves);
    return;
  }
  look.nearest.find_by_halves(halves_[begin / NearestCentre::kRowsAtOnce], found, look.scratch);
  for (std::size_t i = 0; i < n_rows; ++i) {
    const float error = look.nearest.half_error(std::sqrt(squares_[begin + i]));
    if (found[i].best - found[i].second > 2 * error + slack_) {
      take(begin + i, found[i], error, look.moves);
    } else {
      look.open.push_back(begin + i);
    }
  }
}

void Lloyd::look_at_open(Look& look) {
  if (look.open.empty()) return;
  look.gathered = Matrix<float>::uninitialized(std::min(look.open.size(), NearestCentre::kRowsAtOnce), rows_.cols());
  for (std::size_t first = 0; first < look.open.size(); first += NearestCentre::kRowsAtOnce) {
    const std::size_t count = std::min(NearestCentre::kRowsAtOnce, look.open.size() - first);
    for (std::size_t i = 0; i < count; ++i) std::copy_n(rows_.row_data(look.open[first + i]), rows_.cols(), look.gathered.row(i).data());
    look.nearest.find(look.gathered.view().middle_rows(0, count), std::span(look.found).first(count), look.scratch);
    for (std::size_t i = 0; i < count; ++i) take(look.open[first + i], look.found[i], 0, look.moves);
  }
}

void Lloyd::take(std::size_t row, const kernels::BestTwo& found, float error, std::vector<RowMove>& moves) {
  // ‖x − c‖² = ‖x‖² − 2 (x·c − ‖c‖²/2); by angle the score is x·c, and ‖c‖ = 1.
  const float square = squares_[row] + (options_.by_angle ? 1.0F : 0.0F), doubt = slack_ + 2 * error;
  upper_[row] = std::sqrt(std::max(0.0F, square - 2 * found.best) + doubt);
  lower_[row] = std::sqrt(std::max(0.0F, square - 2 * found.second - doubt));
  const auto now = static_cast<std::int32_t>(found.column);
  if (now == labels_[row]) return;
  moves.push_back({static_cast<std::uint32_t>(row), labels_[row], now});
  labels_[row] = now;
}

/// To the mean of its rows. Returns the sum of the squares of the moves.
double Lloyd::move_centres() {
  fill_empty();
  const Matrix<float> old = centres_.clone();
  sums_.write_centres(centres_.view(), options_.by_angle);
  double sum = 0;
  for (std::size_t c = 0; c < moved_.size(); ++c) {
    const float square = kernels::squared_l2(old.row(c), centres_.row(c));
    sum += static_cast<double>(square);
    moved_[c] = std::sqrt(square) * (1 + 64 * std::numeric_limits<float>::epsilon());
  }
  const auto furthest = std::ranges::max_element(moved_);
  float second = 0;
  for (auto at = moved_.begin(); at != moved_.end(); ++at)
    if (at != furthest) second = std::max(second, *at);
  others_.assign(moved_.size(), *furthest);
  others_[static_cast<std::size_t>(furthest - moved_.begin())] = second;
  return sum;
}

std::vector<float> Lloyd::distances_to_own() const {
  std::vector<float> out(rows_.rows());
  context_.parallel_for(out.size(), kRowsOfPiece, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r)
      out[r] = kernels::squared_l2(rows_.row(r), centres_.row(static_cast<std::size_t>(labels_[r])));
  });
  return out;
}

/// An empty cluster gets the row that is furthest from its centre.
void Lloyd::fill_empty() {
  if (std::ranges::find(sums_.sizes(), std::size_t{0}) == sums_.sizes().end()) return;
  std::vector<float> distances = distances_to_own();
  for (std::size_t c = 0; c < sums_.sizes().size(); ++c) {
    if (sums_.sizes()[c] > 0) continue;
    const auto furthest = static_cast<std::size_t>(std::ranges::max_element(distances) - distances.begin());
    if (!(distances[furthest] > 0)) return;  // no more different rows
    const RowMove move{static_cast<std::uint32_t>(furthest), labels_[furthest], static_cast<std::int32_t>(c)};
    labels_[furthest] = move.to;
    upper_[furthest] = std::numeric_limits<float>::infinity();
    distances[furthest] = 0;
    sums_.apply(rows_, {&move, 1}, context_);
  }
}

}  // namespace akin::analysis
