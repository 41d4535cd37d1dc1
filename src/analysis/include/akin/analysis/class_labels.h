// What classifiers are taught with: rows and the class of each, as numbers that stand for names. Tested by class_labels_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "akin/base/matrix.h"

namespace akin {

/// Names in the order of their bytes, and each row's as its place among them.
struct ClassLabels {
  std::vector<std::string> names;
  std::vector<std::int32_t> of_rows;
};
/// Throws Error{invalid_argument} for a row without a label: the message names the first.
ClassLabels class_labels(std::span<const std::string> labels);
/// Each row's place among `names`, −1 where it is none of them.
std::vector<std::int32_t> places_among(std::span<const std::string> names, std::span<const std::string> labels);

/// Rows (n, dim) of which each has one class, 0 – n_classes − 1.
struct LabelledRows {
  MatrixView<const float> rows;
  std::span<const std::int32_t> labels;
  std::size_t n_classes = 0;
};
/// Throws Error{invalid_argument} beginning with `who` unless there are two classes or more and each has a row, Error{mismatch} unless
/// there is a label a row. The numbers of the rows are not looked at: see rows.h.
void check_labels(const LabelledRows& data, std::string_view who);

/// Rows of each class.
std::vector<std::size_t> class_sizes(std::span<const std::int32_t> labels, std::size_t n_classes);
/// Weights with which every class counts alike, 1 on average over the rows: n / (n_classes · its rows).
std::vector<double> balanced_weights(std::span<const std::int32_t> labels, std::size_t n_classes);

}  // namespace akin
