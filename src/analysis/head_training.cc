#include "akin/analysis/head_training.h"

#include <algorithm>
#include <utility>

#include "akin/analysis/cross_validation.h"
#include "akin/analysis/linear_svm.h"
#include "akin/analysis/nearest_centroid.h"
#include "akin/analysis/rows.h"
#include "akin/analysis/softmax_regression.h"
#include "akin/base/error.h"

namespace akin {
namespace {

bool has_c(HeadKind kind) { return kind == HeadKind::softmax || kind == HeadKind::svm; }

CalibrationKind calibration_of(const HeadOptions& options) {
  if (options.calibration) return *options.calibration;
  return options.kind == HeadKind::svm || options.kind == HeadKind::centroid ? CalibrationKind::temperature : CalibrationKind::none;
}

LinearFit fit(const LabelledRows& data, const HeadOptions& options, double c, const LinearWeights* start, Context& context) {
  if (options.kind == HeadKind::centroid) return {nearest_centroid(data, context), 0, 0, true};
  const std::vector<double> weights =
      options.balanced ? balanced_weights(data.labels, data.n_classes) : std::vector<double>(data.n_classes, 1);
  if (options.kind == HeadKind::svm)
    return linear_svm(data, {c, options.svm_loss, options.max_iterations, options.tolerance, weights}, context);
  return softmax_regression(data, {c, options.max_iterations, options.tolerance, weights, start}, context);
}

/// Scores of rows held out, with one C. `last` keeps each fold's weights from one C to the next, which is near.
HeldOutScores held_out(const LabelledRows& data, std::span<const std::int32_t> folds, const HeadOptions& options, double c,
                       std::vector<LinearWeights>& last, Context& context) {
  last.resize(options.n_folds);
  return held_out_scores(
      data, folds,
      [&](const LabelledRows& trained, MatrixView<const float> asked, std::size_t fold) {
        if (options.kind == HeadKind::knn) return knn_shares(asked, trained, options.vote, context);
        LinearFit found = fit(trained, options, c, last[fold].bias.empty() ? nullptr : &last[fold], context);
        last[fold] = std::move(found.linear);
        return linear_scores(asked, last[fold], context);
      },
      context);
}

Calibration calibrate(CalibrationKind kind, const HeldOutScores& scores, Context& context) {
  return kind == CalibrationKind::temperature ? fit_temperature(scores.scores.view(), scores.labels, context)
                                              : fit_isotonic(scores.scores.view(), scores.labels, context);
}

void check(const LabelledRows& data, const HeadOptions& options, Context& context) {
  check_rows(data.rows, "train head", context);
  check_labels(data, "train head");
  require(options.kind != HeadKind::multilabel, "train head: multilabel heads are trained by train_multi_label()");
  require(!has_c(options.kind) || !options.c.empty(), "train head: no C is given");
  require(options.kind != HeadKind::knn || calibration_of(options) != CalibrationKind::temperature,
          "train head: shares of votes have no temperature: isotonic or none is wanted");
}

}  // namespace

TrainedHead train_head(const LabelledRows& data, const HeadOptions& options, Context& context) {
  check(data, options, context);
  TrainedHead out;
  const CalibrationKind calibration = calibration_of(options);
  std::vector<double> choices = has_c(options.kind) ? options.c : std::vector<double>{0};
  std::ranges::sort(choices);
  out.c = choices.front();
  if (choices.size() > 1 || calibration != CalibrationKind::none) {
    const std::vector<std::int32_t> folds = stratified_folds(data.labels, data.n_classes, options.n_folds, context.seed);
    std::vector<LinearWeights> last;
    for (const double c : choices) {
      const HeldOutScores scores = held_out(data, folds, options, c, last, context);
      const double accuracy = scores.accuracy();
      if (choices.size() > 1) out.tried.push_back({c, accuracy});
      if (out.held_out_accuracy && accuracy <= *out.held_out_accuracy) continue;
      out.held_out_accuracy = accuracy;
      out.c = c;
      if (calibration != CalibrationKind::none) out.head.calibration = calibrate(calibration, scores, context);
    }
  }
  out.head.kind = options.kind;
  if (options.kind == HeadKind::knn) {
    out.head.rows = Matrix<float>::uninitialized(data.rows.rows(), data.rows.cols());
    for (std::size_t r = 0; r < data.rows.rows(); ++r) std::ranges::copy(data.rows.row(r), out.head.rows.row(r).begin());
    out.head.row_labels.assign(data.labels.begin(), data.labels.end());
    out.head.vote = options.vote;
    return out;
  }
  LinearFit found = fit(data, options, out.c, nullptr, context);
  out.head.linear = std::move(found.linear);
  out.n_iterations = found.n_iterations;
  out.converged = found.converged;
  return out;
}

}  // namespace akin
