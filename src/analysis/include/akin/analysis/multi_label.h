// Rows that may have several classes, or none: a logistic regression of each class by itself, all at once through the same products, and
// for each class the probability from which on it is given. Tested by multi_label_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "akin/analysis/head_training.h"
#include "akin/analysis/softmax_regression.h"
#include "akin/base/context.h"
#include "akin/base/matrix.h"

namespace akin {

/// Rows (n, dim), and truth (n, n_classes): 1 where a row has a class, else 0.
struct MultiLabelRows {
  MatrixView<const float> rows;
  MatrixView<const std::uint8_t> truth;
};

/// Names in the order of their bytes, and which of them each row has.
struct LabelSets {
  std::vector<std::string> names;
  Matrix<std::uint8_t> truth;
};
/// "red;round" with ';' between: red and round. Spaces around a label are not of it; an empty text is a row without labels. `names`: the
/// only ones that are known, others are left out; empty: all that come. Throws Error{invalid_argument} where there is no label at all.
LabelSets label_sets(std::span<const std::string> labels, char separator, std::span<const std::string> names = {});

struct MultiLabelOptions {
  double c = 10;
  std::size_t max_iterations = 1000;
  double tolerance = 1e-4;
  /// Parts that are held out in turn, to find for each class the threshold with the best F1; 0: thresholds are 0.5.
  std::size_t n_folds = 5;
};

/// Weights of each class's own logistic regression. A class that every row has, or none, is no mistake. Throws as softmax_regression().
LinearFit multi_label_regression(const MultiLabelRows& data, const MultiLabelOptions& options, Context& context);

/// For each class the threshold with the best F1, between two probabilities; of equally good ones the highest; 0.5 for a class that no row
/// has.
std::vector<float> best_thresholds(MatrixView<const float> probabilities, MatrixView<const std::uint8_t> truth);

/// A head of kind multilabel, without names, model and fingerprint. The result depends on data, options and context.seed only.
TrainedHead train_multi_label(const MultiLabelRows& data, const MultiLabelOptions& options, Context& context);

}  // namespace akin
