#include "akin/analysis/join_outliers.h"

#include <algorithm>
#include <string>

#include "akin/analysis/knn_graph.h"
#include "akin/base/error.h"

namespace akin {
namespace {

Matrix<float> rows_at(MatrixView<const float> rows, const std::vector<std::size_t>& ids) {
  Matrix<float> out = Matrix<float>::uninitialized(ids.size(), rows.cols());
  for (std::size_t i = 0; i < ids.size(); ++i) std::ranges::copy(rows.row(ids[i]), out.row(i).begin());
  return out;
}

}  // namespace

std::vector<std::int32_t> join_outliers(MatrixView<const float> rows, std::span<const std::int32_t> labels, Metric metric,
                                        Context& context) {
  if (labels.size() != rows.rows())
    throw Error(ErrorCode::mismatch, std::to_string(rows.rows()) + " vectors have " + std::to_string(labels.size()) + " labels");
  std::vector<std::size_t> inside, outside;
  for (std::size_t r = 0; r < labels.size(); ++r) (labels[r] < 0 ? outside : inside).push_back(r);
  std::vector<std::int32_t> out(labels.begin(), labels.end());
  if (inside.empty() || outside.empty()) return out;
  KnnOptions options;
  options.k = 1;
  options.metric = metric;
  options.exact = true;
  const KnnGraph near = knn_of(rows_at(rows, outside).view(), rows_at(rows, inside).view(), options, context);
  for (std::size_t i = 0; i < outside.size(); ++i) out[outside[i]] = labels[inside[near.ids(i, 0)]];
  return out;
}

}  // namespace akin
