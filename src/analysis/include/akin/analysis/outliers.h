// The odd ones out, by any method, and what their scores mean: a larger score is odder always. Tested by outliers_test.cc.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "akin/analysis/isolation_forest.h"
#include "akin/analysis/knn_graph.h"
#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/space/metric.h"

namespace akin {

enum class OutlierMethod {
  knn,          ///< neighbour_outliers.h: distance to the k-th neighbour
  lof,          ///< neighbour_outliers.h: local outlier factor
  iforest,      ///< isolation_forest.h
  mahalanobis,  ///< mahalanobis.h
  ecod,         ///< ecod.h
};
/// "knn", "lof", "iforest", "mahalanobis", "ecod".
std::string_view name_of(OutlierMethod method) noexcept;
/// Throws Error{invalid_argument} listing the names.
OutlierMethod outlier_method_from(std::string_view name);

struct OutlierOptions {
  OutlierMethod method = OutlierMethod::knn;
  std::size_t k = 20;  ///< neighbours of knn and lof; all others if there are fewer
  Metric metric = Metric::euclidean;
  IsolationForestOptions forest = {};
};

/// Made of rows; tells how odd they are among each other, and how odd others are beside them.
class OutlierDetector {
 public:
  /// `rows` must outlive it. Throws as the method does, and Error{invalid_argument} for the metric dot.
  OutlierDetector(MatrixView<const float> rows, const OutlierOptions& options, Context& context);
  ~OutlierDetector();
  OutlierDetector(OutlierDetector&&) noexcept;
  OutlierDetector& operator=(OutlierDetector&&) noexcept;

  /// Of the rows, each among the others.
  [[nodiscard]] const std::vector<double>& known() const noexcept;
  /// Of new rows, each by itself beside the known ones (novelty).
  [[nodiscard]] std::vector<double> scores(MatrixView<const float> rows, Context& context) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Of each score the share of scores at least as odd, itself counted: (1 + number of `calm` ≥ score) / (1 + calm.size()). Where `calm` are
/// scores of good rows, a good row has less than p with probability p at most. For the scores of the known rows themselves give the same
/// list: its own entry is then not counted twice.
std::vector<double> p_values(std::span<const double> scores, std::span<const double> calm, bool are_the_same = false);

/// The score above which a share `contamination` of the scores lies, between two of them as numpy's percentile. 0 < contamination < 1.
double score_threshold(std::span<const double> scores, double contamination);

/// Mean and deviation of each column, to bring columns of different units to one scale.
struct ColumnScale {
  std::vector<double> mean, deviation;  ///< 1 where a column does not vary
};
ColumnScale column_scale(MatrixView<const float> rows);
/// (x − mean) / deviation. Throws Error{mismatch} for rows of another width.
Matrix<float> scaled(MatrixView<const float> rows, const ColumnScale& scale);

}  // namespace akin
