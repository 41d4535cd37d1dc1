// k nearest neighbours vote for a row's class. Nothing is learnt: the rows are kept. Neighbours are exact. Tested by
// knn_classifier_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "akin/analysis/class_labels.h"
#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/space/metric.h"

namespace akin {

enum class KnnVote {
  uniform,   ///< every neighbour counts alike
  distance,  ///< as 1 / its distance; neighbours at distance 0, where there are any, count alone
};
/// "uniform", "distance".
std::string_view name_of(KnnVote vote) noexcept;

struct KnnVoteOptions {
  std::size_t k = 10;  ///< neighbours that vote; all if there are fewer
  KnnVote vote = KnnVote::uniform;
  Metric metric = Metric::cosine;
};

/// The share of the votes that each class has, (queries, n_classes). O(queries · n · dim). Throws Error{invalid_argument} for k = 0 and
/// numbers that are not finite, Error{mismatch} for queries of another width, Error{cancelled}.
Matrix<float> knn_shares(MatrixView<const float> queries, const LabelledRows& known, const KnnVoteOptions& options, Context& context);

}  // namespace akin
