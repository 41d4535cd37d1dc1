// From labelled vectors to a head: the algorithm of its kind, how much its rows count by cross-validation where that is asked for, and
// probabilities calibrated on rows held out. Tested by head_training_test.cc.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "akin/analysis/class_labels.h"
#include "akin/analysis/head.h"
#include "akin/analysis/linear_svm.h"
#include "akin/base/context.h"

namespace akin {

struct HeadOptions {
  HeadKind kind = HeadKind::softmax;
  /// Of softmax and svm: how much the rows count against the penalty. Several: the one with the highest accuracy on rows held out is taken,
  /// of equal ones the smallest.
  std::vector<double> c = {10};
  bool balanced = false;    ///< of softmax and svm: every class counts alike, however many rows it has
  std::size_t n_folds = 5;  ///< parts of cross-validation
  std::size_t max_iterations = 1000;
  double tolerance = 1e-4;  ///< as the algorithm's
  SvmLoss svm_loss = SvmLoss::squared_hinge;
  KnnVoteOptions vote = {};  ///< of knn
  /// Fitted on rows held out; none given: temperature where scores are no probabilities (svm, centroid), else none.
  std::optional<CalibrationKind> calibration = std::nullopt;
};

struct TriedC {
  double c = 0;
  double accuracy = 0;  ///< on rows held out
};

struct TrainedHead {
  Head head;  ///< without labels' names, model and fingerprint, which are the caller's to fill in
  double c = 0;
  std::vector<TriedC> tried;                ///< where there was a choice
  std::optional<double> held_out_accuracy;  ///< where rows were held out: of the C taken
  std::size_t n_iterations = 0;
  bool converged = true;
};

/// The result depends on data, options and context.seed only. Throws as the algorithms do, and Error{invalid_argument} for a temperature
/// of knn, whose scores have none, for no C, and for the kind multilabel: see multi_label.h.
TrainedHead train_head(const LabelledRows& data, const HeadOptions& options, Context& context);

}  // namespace akin
