#include "akin/analysis/central_rows.h"

#include <algorithm>
#include <string>

#include "akin/base/error.h"
#include "akin/kernels/distance.h"
#include "akin/kernels/top_k.h"
#include "centre_sums.h"

namespace akin {
namespace {

void check_labels(MatrixView<const float> rows, std::span<const std::int32_t> labels) {
  if (labels.size() != rows.rows())
    throw Error(ErrorCode::mismatch, std::to_string(rows.rows()) + " vectors have " + std::to_string(labels.size()) + " labels");
}

}  // namespace

std::size_t n_clusters_of(std::span<const std::int32_t> labels) {
  std::int32_t last = -1;
  for (const std::int32_t label : labels) {
    require(label >= -1, "labels are −1 or from 0 on");
    last = std::max(last, label);
  }
  return static_cast<std::size_t>(last + 1);
}

Matrix<float> cluster_means(MatrixView<const float> rows, std::span<const std::int32_t> labels, Context& context) {
  check_labels(rows, labels);
  const std::size_t k = n_clusters_of(labels);
  analysis::CentreSums sums(k, rows.cols());
  std::vector<analysis::RowMove> moves;
  for (std::size_t r = 0; r < labels.size(); ++r)
    if (labels[r] >= 0) moves.push_back({static_cast<std::uint32_t>(r), analysis::kNoCluster, labels[r]});
  sums.apply(rows, moves, context);
  Matrix<float> means(k, rows.cols());
  sums.write_centres(means.view(), false);
  return means;
}

std::vector<std::vector<std::size_t>> central_rows(MatrixView<const float> rows, std::span<const std::int32_t> labels, std::size_t n,
                                                   Context& context) {
  const Matrix<float> means = cluster_means(rows, labels, context);
  std::vector<std::vector<std::uint32_t>> members(means.rows());
  for (std::size_t r = 0; r < labels.size(); ++r)
    if (labels[r] >= 0) members[static_cast<std::size_t>(labels[r])].push_back(static_cast<std::uint32_t>(r));
  std::vector<std::vector<std::size_t>> out(means.rows());
  if (n == 0) return out;
  context.parallel_for(members.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t c = begin; c < end; ++c) {
      std::vector<float> distances(members[c].size());
      kernels::squared_l2_selected(means.row(c), rows, members[c], distances);
      for (const kernels::Scored& found : kernels::smallest_k(distances, n)) out[c].push_back(members[c][found.id]);
    }
  });
  return out;
}

}  // namespace akin
