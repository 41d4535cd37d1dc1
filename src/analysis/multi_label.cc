#include "akin/analysis/multi_label.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "akin/analysis/rows.h"
#include "akin/base/error.h"
#include "akin/base/rng.h"
#include "lbfgs.h"
#include "logistic_loss.h"

namespace akin {
namespace {

constexpr char kWho[] = "multi-label regression";

std::vector<std::string> parts_of(const std::string& text, char separator) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    const std::size_t first = text.find_first_not_of(" \t", at), last = text.find_last_not_of(" \t", end == 0 ? 0 : end - 1);
    if (first != std::string::npos && first < end) out.push_back(text.substr(first, last - first + 1));
    at = end + 1;
  }
  return out;
}

void check(const MultiLabelRows& data, const MultiLabelOptions& options) {
  require(options.c > 0 && std::isfinite(options.c), "multi-label regression: C must be above 0");
  require(options.tolerance > 0, "multi-label regression: the tolerance must be above 0");
  require(options.n_folds != 1, "multi-label regression: at least two parts are held out in turn, or none");
  require(data.truth.cols() > 0, "multi-label regression: there are no labels");
  if (data.truth.rows() != data.rows.rows())
    throw Error(ErrorCode::mismatch, std::string(kWho) + ": " + std::to_string(data.truth.rows()) + " rows of labels for " +
                                         std::to_string(data.rows.rows()) + " vectors");
}

/// Each class by itself: its score becomes the gradient.
double row_loss(std::span<const std::uint8_t> truth, std::span<float> scores, double weight) {
  double sum = 0;
  for (std::size_t c = 0; c < scores.size(); ++c) {
    const double score = static_cast<double>(scores[c]), is_it = truth[c], tail = std::exp(-std::abs(score));
    const double probability = score >= 0 ? 1 / (1 + tail) : tail / (1 + tail);
    sum += std::max(score, 0.0) - score * is_it + std::log1p(tail);
    scores[c] = static_cast<float>(weight * (probability - is_it));
  }
  return weight * sum;
}

/// Of one class.
float best_threshold(std::span<const std::pair<float, std::uint8_t>> sorted) {  // probabilities, the highest first
  const auto n_true =
      std::accumulate(sorted.begin(), sorted.end(), std::size_t{0}, [](std::size_t n, const auto& p) { return n + p.second; });
  float best = 0.5F;
  double best_f1 = 0;
  std::size_t n_right = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    n_right += sorted[i].second;
    if (i + 1 < sorted.size() && sorted[i + 1].first == sorted[i].first) continue;
    const double f1 = 2 * static_cast<double>(n_right) / static_cast<double>(i + 1 + n_true);
    if (f1 <= best_f1) continue;
    best_f1 = f1;
    best = i + 1 < sorted.size() ? sorted[i].first + (sorted[i + 1].first - sorted[i].first) / 2 : sorted[i].first;
  }
  return best;
}

struct Split {
  Matrix<float> rows;
  Matrix<std::uint8_t> truth;
};

Split split_of(const MultiLabelRows& data, std::span<const std::size_t> chosen) {
  Split out{Matrix<float>::uninitialized(chosen.size(), data.rows.cols()), Matrix<std::uint8_t>(chosen.size(), data.truth.cols())};
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    std::ranges::copy(data.rows.row(chosen[i]), out.rows.row(i).begin());
    std::ranges::copy(data.truth.row(chosen[i]), out.truth.row(i).begin());
  }
  return out;
}

Matrix<float> probabilities_of(MatrixView<const float> rows, const LinearWeights& linear, Context& context) {
  return to_probabilities(linear_scores(rows, linear, context).view(), ScoreKind::sigmoid, {}, context);
}

std::vector<float> held_out_thresholds(const MultiLabelRows& data, const MultiLabelOptions& options, Context& context) {
  const std::size_t n = data.rows.rows();
  if (options.n_folds == 0 || n < 2) return std::vector<float>(data.truth.cols(), 0.5F);
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  Rng rng(context.seed);
  for (std::size_t i = n; i > 1; --i) std::swap(order[i - 1], order[rng.below(i)]);
  Matrix<float> probabilities = Matrix<float>::uninitialized(n, data.truth.cols());
  for (std::size_t fold = 0; fold < std::min(options.n_folds, n); ++fold) {
    std::vector<std::size_t> asked, trained;
    for (std::size_t i = 0; i < n; ++i) (i % options.n_folds == fold ? asked : trained).push_back(order[i]);
    const Split known = split_of(data, trained), held_out = split_of(data, asked);
    const LinearFit fit = multi_label_regression({known.rows.view(), known.truth.view()}, options, context);
    const Matrix<float> found = probabilities_of(held_out.rows.view(), fit.linear, context);
    for (std::size_t i = 0; i < asked.size(); ++i) std::ranges::copy(found.row(i), probabilities.row(asked[i]).begin());
  }
  return best_thresholds(probabilities.view(), data.truth);
}

}  // namespace

LabelSets label_sets(std::span<const std::string> labels, char separator, std::span<const std::string> names) {
  std::vector<std::vector<std::string>> sets;
  LabelSets out{{names.begin(), names.end()}, {}};
  for (const std::string& label : labels) {
    sets.push_back(parts_of(label, separator));
    if (names.empty()) out.names.insert(out.names.end(), sets.back().begin(), sets.back().end());
  }
  std::ranges::sort(out.names);
  out.names.erase(std::unique(out.names.begin(), out.names.end()), out.names.end());
  require(!out.names.empty(), "no row has a label");
  out.truth = Matrix<std::uint8_t>(labels.size(), out.names.size());
  for (std::size_t r = 0; r < sets.size(); ++r)
    for (const std::int32_t place : places_among(out.names, sets[r]))
      if (place >= 0) out.truth(r, static_cast<std::size_t>(place)) = 1;
  return out;
}

LinearFit multi_label_regression(const MultiLabelRows& data, const MultiLabelOptions& options, Context& context) {
  check_rows(data.rows, kWho, context);
  check(data, options);
  const double n = static_cast<double>(data.rows.rows());
  const std::size_t n_classes = data.truth.cols(), dim = data.rows.cols();
  analysis::LogisticLoss loss(
      data.rows, n_classes, [&](std::size_t row, std::span<float> scores) { return row_loss(data.truth.row(row), scores, 1 / n); },
      1 / (options.c * n), context);
  std::vector<double> x(loss.size());
  context.progress.begin(kWho, 0, "rounds");
  const analysis::LbfgsResult found =
      analysis::minimize([&](std::span<const double> at, std::span<double> gradient) { return loss(at, gradient); }, x,
                         {.max_iterations = options.max_iterations, .tolerance = options.tolerance}, context);
  context.progress.end();
  LinearFit out{{Matrix<float>(n_classes, dim), std::vector<float>(n_classes)}, found.value, found.n_iterations, found.converged};
  for (std::size_t i = 0; i < n_classes * dim; ++i) out.linear.weights.data()[i] = static_cast<float>(x[i]);
  for (std::size_t c = 0; c < n_classes; ++c) out.linear.bias[c] = static_cast<float>(x[n_classes * dim + c]);
  return out;
}

std::vector<float> best_thresholds(MatrixView<const float> probabilities, MatrixView<const std::uint8_t> truth) {
  require(probabilities.rows() == truth.rows() && probabilities.cols() == truth.cols(),
          "thresholds: probabilities and truth are of other rows or classes");
  std::vector<float> out(truth.cols());
  for (std::size_t c = 0; c < out.size(); ++c) {
    std::vector<std::pair<float, std::uint8_t>> sorted(truth.rows());
    for (std::size_t r = 0; r < sorted.size(); ++r) sorted[r] = {probabilities(r, c), truth(r, c)};
    std::ranges::stable_sort(sorted, [](const auto& a, const auto& b) { return a.first > b.first; });
    out[c] = best_threshold(sorted);
  }
  return out;
}

TrainedHead train_multi_label(const MultiLabelRows& data, const MultiLabelOptions& options, Context& context) {
  check_rows(data.rows, kWho, context);
  check(data, options);
  TrainedHead out;
  out.c = options.c;
  out.head.kind = HeadKind::multilabel;
  out.head.thresholds = held_out_thresholds(data, options, context);
  LinearFit fit = multi_label_regression(data, options, context);
  out.head.linear = std::move(fit.linear);
  out.n_iterations = fit.n_iterations;
  out.converged = fit.converged;
  return out;
}

}  // namespace akin
