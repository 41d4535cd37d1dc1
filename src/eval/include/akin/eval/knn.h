// Do texts of one label lie together? A text gets the label that most of its k nearest neighbours have; the share that is right. A simple
// measure of what tuning did to a space. Tested by knn_test.cc.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/embed/embedder.h"

namespace akin {

struct LabelledVectors {
  MatrixView<const float> vectors;
  std::span<const std::string> labels;  ///< one a row
};

/// Share of `asked` whose label is that of most of its `k` nearest rows of `known` by cosine; equal counts go to the label that is nearer.
/// Throws Error{invalid_argument} if either is empty or k is 0, Error{mismatch} for labels that are not one a row.
double knn_accuracy(const LabelledVectors& known, const LabelledVectors& asked, std::size_t k, Context& context);
/// The same of every row of `all` among the others.
double knn_accuracy(const LabelledVectors& all, std::size_t k, Context& context);

}  // namespace akin
