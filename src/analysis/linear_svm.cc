#include "akin/analysis/linear_svm.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "akin/analysis/rows.h"
#include "akin/base/error.h"
#include "akin/base/rng.h"
#include "akin/kernels/distance.h"

namespace akin {
namespace {

constexpr char kWho[] = "linear SVM";

void check(const LabelledRows& data, const SvmOptions& options) {
  require(options.c > 0 && std::isfinite(options.c), "linear SVM: C must be above 0");
  require(options.tolerance > 0, "linear SVM: the tolerance must be above 0");
  if (!options.class_weights.empty() && options.class_weights.size() != data.n_classes)
    throw Error(ErrorCode::mismatch, std::string(kWho) + ": " + std::to_string(options.class_weights.size()) + " class weights for " +
                                         std::to_string(data.n_classes) + " classes");
  for (const double weight : options.class_weights)
    require(weight > 0 && std::isfinite(weight), "linear SVM: class weights must be above 0");
}

/// What all machines share.
struct Rows {
  MatrixView<const float> view;
  std::vector<double> squares;  ///< ‖x‖² + 1 of each
};

/// The machine of one class against the rest. The dual: a number α ≥ 0 a row, of which the weights are Σ α y x.
class Machine {
 public:
  Machine(const Rows& rows, const LabelledRows& data, const SvmOptions& options, std::int32_t positive, Rng rng)
      : rows_(rows), data_(data), options_(options), positive_(positive), rng_(rng), alpha_(rows.view.rows()), w_(rows.view.cols()) {
    // A weight is of a row's own class, or of the rest's: the classes' own ones, as LIBLINEAR has them for one against the rest.
    const double weight = options.class_weights.empty() ? 1 : options.class_weights[static_cast<std::size_t>(positive)];
    upper_[1] = options.c * weight;
    upper_[0] = options.c * (options.class_weights.empty() || data.n_classes > 2 ? 1 : options.class_weights[0]);
  }

  /// Rounds that it took.
  std::size_t run(const CancelToken& cancel) {
    std::vector<std::uint32_t> active(rows_.view.rows());
    std::iota(active.begin(), active.end(), 0U);
    double high = std::numeric_limits<double>::infinity(), low = -high;  // of the last round's projected gradients
    for (std::size_t round = 1; round <= options_.max_iterations; ++round) {
      cancel.check();
      const auto [most, least] = go_round(active, high, low);
      if (most - least <= options_.tolerance) {
        converged_ = active.size() == rows_.view.rows();
        if (converged_) return round;
        active.resize(rows_.view.rows());  // rows that were left out may have become wrong
        std::iota(active.begin(), active.end(), 0U);
        high = std::numeric_limits<double>::infinity(), low = -high;
        continue;
      }
      high = most > 0 ? most : std::numeric_limits<double>::infinity();
      low = least < 0 ? least : -std::numeric_limits<double>::infinity();
    }
    return options_.max_iterations;
  }

  void write(std::span<float> weights, float& bias) {
    settle_weights();
    std::ranges::copy(w_, weights.begin());
    bias = static_cast<float>(bias_);
  }
  [[nodiscard]] bool converged() const { return converged_; }
  /// What was brought down.
  [[nodiscard]] double loss() const {
    double sum = bias_ * bias_;
    for (const float x : w_) sum += static_cast<double>(x) * static_cast<double>(x);
    sum /= 2;
    for (std::size_t r = 0; r < alpha_.size(); ++r) {
      const double short_of = std::max(0.0, 1 - sign(r) * score(r));
      sum += upper(r) * (options_.loss == SvmLoss::hinge ? short_of : short_of * short_of);
    }
    return sum;
  }

 private:
  struct Extremes {
    double most, least;
  };

  [[nodiscard]] double sign(std::size_t r) const { return data_.labels[r] == positive_ ? 1 : -1; }
  [[nodiscard]] double upper(std::size_t r) const { return upper_[data_.labels[r] == positive_ ? 1 : 0]; }
  [[nodiscard]] double score(std::size_t r) const { return static_cast<double>(kernels::dot(w_, rows_.view.row(r))) + bias_; }

  /// Every active row once, shuffled; rows that lie fast at a bound are left out of the next ones (shrinking).
  Extremes go_round(std::vector<std::uint32_t>& active, double high, double low) {
    Extremes out{-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
    for (std::size_t i = active.size(); i > 1; --i) std::swap(active[i - 1], active[rng_.below(i)]);
    std::size_t kept = 0;
    for (const std::uint32_t r : active) {
      const double y = sign(r), limit = upper(r);
      const double diagonal = options_.loss == SvmLoss::hinge ? 0 : 0.5 / limit;
      const double most_alpha = options_.loss == SvmLoss::hinge ? limit : std::numeric_limits<double>::infinity();
      const double gradient = y * score(r) - 1 + diagonal * alpha_[r];
      double projected = gradient;
      if (alpha_[r] == 0) {
        if (gradient > high) continue;
        projected = std::min(gradient, 0.0);
      } else if (alpha_[r] >= most_alpha) {
        if (gradient < low) continue;
        projected = std::max(gradient, 0.0);
      }
      active[kept++] = r;
      out.most = std::max(out.most, projected);
      out.least = std::min(out.least, projected);
      if (std::abs(projected) < 1e-12) continue;
      const double before = alpha_[r];
      alpha_[r] = std::clamp(before - gradient / (rows_.squares[r] + diagonal), 0.0, most_alpha);
      add_row(r, (alpha_[r] - before) * y);
    }
    active.resize(kept);
    if (kept == 0) return {0, 0};
    return out;
  }

  void add_row(std::size_t r, double step) {
    const float scale = static_cast<float>(step);
    const std::span<const float> row = rows_.view.row(r);
    for (std::size_t c = 0; c < w_.size(); ++c) w_[c] += scale * row[c];
    bias_ += step;
  }

  /// Anew from the alphas: the steps' roundings do not stay.
  void settle_weights() {
    std::vector<double> sums(w_.size());
    bias_ = 0;
    for (std::size_t r = 0; r < alpha_.size(); ++r) {
      if (alpha_[r] == 0) continue;
      const double part = alpha_[r] * sign(r);
      for (std::size_t c = 0; c < sums.size(); ++c) sums[c] += part * static_cast<double>(rows_.view(r, c));
      bias_ += part;
    }
    for (std::size_t c = 0; c < sums.size(); ++c) w_[c] = static_cast<float>(sums[c]);
  }

  const Rows& rows_;
  const LabelledRows& data_;
  const SvmOptions& options_;
  std::int32_t positive_;
  Rng rng_;
  double upper_[2] = {1, 1};  ///< C of the rest and of the class
  std::vector<double> alpha_;
  std::vector<float> w_;
  double bias_ = 0;
  bool converged_ = false;
};

Rows rows_of(MatrixView<const float> view, Context& context) {
  Rows out{view, std::vector<double>(view.rows())};
  context.parallel_for(view.rows(), 4096, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) out.squares[r] = 1 + static_cast<double>(kernels::dot(view.row(r), view.row(r)));
  });
  return out;
}

}  // namespace

std::string_view name_of(SvmLoss loss) noexcept { return loss == SvmLoss::hinge ? "hinge" : "squared-hinge"; }

LinearFit linear_svm(const LabelledRows& data, const SvmOptions& options, Context& context) {
  check_rows(data.rows, kWho, context);
  check_labels(data, kWho);
  check(data, options);
  const Rows rows = rows_of(data.rows, context);
  const std::size_t first = data.n_classes == 2 ? 1 : 0, n_machines = data.n_classes - first;
  LinearFit out{{Matrix<float>(data.n_classes, data.rows.cols()), std::vector<float>(data.n_classes)}, 0, 0, true};
  std::vector<std::size_t> rounds(n_machines), has_converged(n_machines);
  std::vector<double> losses(n_machines);
  context.progress.begin(kWho, n_machines, "classes");
  context.parallel_for(n_machines, 1, [&](std::size_t m, std::size_t) {
    const std::size_t c = m + first;
    Machine machine(rows, data, options, static_cast<std::int32_t>(c), Rng(context.seed).fork(c));
    rounds[m] = machine.run(context.cancel);
    machine.write(out.linear.weights.row(c), out.linear.bias[c]);
    losses[m] = machine.loss();
    has_converged[m] = machine.converged() ? 1 : 0;
    context.progress.advance(1);
  });
  context.progress.end();
  if (first == 1) {
    for (std::size_t i = 0; i < data.rows.cols(); ++i) out.linear.weights(0, i) = -out.linear.weights(1, i);
    out.linear.bias[0] = -out.linear.bias[1];
  }
  for (std::size_t m = 0; m < n_machines; ++m) {
    out.n_iterations = std::max(out.n_iterations, rounds[m]);
    out.converged = out.converged && has_converged[m] == 1;
    out.loss += losses[m] / static_cast<double>(n_machines);
  }
  return out;
}

}  // namespace akin
