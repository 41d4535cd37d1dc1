#include "akin/analysis/softmax_regression.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "akin/analysis/rows.h"
#include "akin/base/error.h"
#include "akin/kernels/cross_entropy.h"
#include "lbfgs.h"
#include "logistic_loss.h"

namespace akin {
namespace {

using analysis::LogisticLoss;

constexpr char kWho[] = "softmax regression";

void check(const LabelledRows& data, const SoftmaxOptions& options) {
  require(options.c > 0 && std::isfinite(options.c), "softmax regression: C must be above 0");
  require(options.tolerance > 0, "softmax regression: the tolerance must be above 0");
  if (!options.class_weights.empty() && options.class_weights.size() != data.n_classes)
    throw Error(ErrorCode::mismatch, std::string(kWho) + ": " + std::to_string(options.class_weights.size()) + " class weights for " +
                                         std::to_string(data.n_classes) + " classes");
  for (const double weight : options.class_weights)
    require(weight >= 0 && std::isfinite(weight), "softmax regression: class weights must not be negative");
  if (options.start != nullptr && (options.start->weights.rows() != data.n_classes || options.start->weights.cols() != data.rows.cols() ||
                                   options.start->bias.size() != data.n_classes))
    throw Error(ErrorCode::mismatch, std::string(kWho) + ": the start is of other classes or vectors");
}

/// Of each class, parts of a whole over all rows.
std::vector<float> row_weights(const LabelledRows& data, std::span<const double> class_weights, double& sum) {
  const std::vector<std::size_t> sizes = class_sizes(data.labels, data.n_classes);
  std::vector<double> weights(data.n_classes, 1);
  if (!class_weights.empty()) weights.assign(class_weights.begin(), class_weights.end());
  sum = 0;
  for (std::size_t c = 0; c < weights.size(); ++c) sum += weights[c] * static_cast<double>(sizes[c]);
  require(sum > 0, "softmax regression: all class weights are 0");
  std::vector<float> out(weights.size());
  for (std::size_t c = 0; c < out.size(); ++c) out[c] = static_cast<float>(weights[c] / sum);
  return out;
}

LogisticLoss::RowLoss softmax_loss(std::span<const std::int32_t> labels, std::span<const float> weights) {
  return [labels, weights](std::size_t row, std::span<float> scores) {
    const auto label = static_cast<std::size_t>(labels[row]);
    return static_cast<double>(weights[label]) * kernels::cross_entropy(scores, label, weights[label]);
  };
}

/// Two classes: the score is that of the second against the first.
LogisticLoss::RowLoss sigmoid_loss(std::span<const std::int32_t> labels, std::span<const float> weights) {
  return [labels, weights](std::size_t row, std::span<float> scores) {
    const auto label = static_cast<std::size_t>(labels[row]);
    const double score = static_cast<double>(scores[0]), weight = static_cast<double>(weights[label]);
    const double tail = std::exp(-std::abs(score));
    const double probability = score >= 0 ? 1 / (1 + tail) : tail / (1 + tail);
    scores[0] = static_cast<float>(weight * (probability - static_cast<double>(label)));
    return weight * (std::max(score, 0.0) - score * static_cast<double>(label) + std::log1p(tail));
  };
}

/// The numbers that are looked for, from and to weights; `first`: classes without numbers of their own.
std::vector<double> flat(const LinearWeights& linear, std::size_t first) {
  std::vector<double> x;
  for (std::size_t c = first; c < linear.weights.rows(); ++c)
    for (std::size_t i = 0; i < linear.weights.cols(); ++i)
      x.push_back(static_cast<double>(linear.weights(c, i)) - (first > 0 ? static_cast<double>(linear.weights(0, i)) : 0));
  for (std::size_t c = first; c < linear.bias.size(); ++c)
    x.push_back(static_cast<double>(linear.bias[c]) - (first > 0 ? static_cast<double>(linear.bias[0]) : 0));
  return x;
}

LinearWeights from_flat(std::span<const double> x, std::size_t n_classes, std::size_t dim, std::size_t first) {
  LinearWeights out{Matrix<float>(n_classes, dim), std::vector<float>(n_classes)};
  const std::size_t n_weights = (n_classes - first) * dim;
  for (std::size_t i = 0; i < n_weights; ++i) out.weights.data()[first * dim + i] = static_cast<float>(x[i]);
  for (std::size_t c = first; c < n_classes; ++c) out.bias[c] = static_cast<float>(x[n_weights + c - first]);
  return out;
}

}  // namespace

LinearFit softmax_regression(const LabelledRows& data, const SoftmaxOptions& options, Context& context) {
  check_rows(data.rows, kWho, context);
  check_labels(data, kWho);
  check(data, options);
  double weight_sum = 0;
  const std::vector<float> weights = row_weights(data, options.class_weights, weight_sum);
  const std::size_t first = data.n_classes == 2 ? 1 : 0;
  LogisticLoss loss(data.rows, data.n_classes - first, first == 1 ? sigmoid_loss(data.labels, weights) : softmax_loss(data.labels, weights),
                    1 / (options.c * weight_sum), context);
  std::vector<double> x = options.start == nullptr ? std::vector<double>(loss.size()) : flat(*options.start, first);
  context.progress.begin(kWho, 0, "rounds");
  const analysis::LbfgsResult found =
      analysis::minimize([&](std::span<const double> at, std::span<double> gradient) { return loss(at, gradient); }, x,
                         {.max_iterations = options.max_iterations, .tolerance = options.tolerance}, context);
  context.progress.end();
  return {from_flat(x, data.n_classes, data.rows.cols(), first), found.value, found.n_iterations, found.converged};
}

}  // namespace akin
