#include "akin/analysis/dbscan.h"

#include <algorithm>
#include <array>
#include <memory>

#include "akin/analysis/kd_tree.h"
#include "akin/analysis/knn_graph.h"
#include "akin/analysis/rows.h"
#include "akin/base/error.h"
#include "akin/kernels/distance.h"
#include "parts.h"
#include "unit_rows.h"

namespace akin {
namespace {

constexpr std::size_t kRowsAtOnce = 64;
constexpr std::size_t kOthersAtOnce = 256;
// Rows whose neighbours are held at a time.
constexpr std::size_t kRowsOfBatch = 4096;

/// Rows within a distance of others.
class Near {
 public:
  Near(MatrixView<const float> rows, float square, Context& context) : rows_(rows), square_(square) {
    if (rows.cols() <= kTreeDims) tree_ = std::make_unique<KdTree>(rows, context);
  }

  /// Neighbours of rows [begin, end), rising, themselves among them.
  void find(std::size_t begin, std::size_t end, std::span<std::vector<std::uint32_t>> out) const {
    if (tree_) {
      for (std::size_t r = begin; r < end; ++r) tree_->within(rows_.row(r), square_, out[r - begin]);
      return;
    }
    for (std::vector<std::uint32_t>& list : out) list.clear();
    Matrix<float> tile = Matrix<float>::uninitialized(end - begin, kOthersAtOnce);
    for (std::size_t first = 0; first < rows_.rows(); first += kOthersAtOnce) {
      const std::size_t count = std::min(kOthersAtOnce, rows_.rows() - first);
      const MatrixView<float> squares = tile.view().middle_cols(0, count);
      kernels::squared_l2_tile(rows_.middle_rows(begin, end - begin), rows_.middle_rows(first, count), squares);
      for (std::size_t i = 0; i < out.size(); ++i)
        for (std::size_t j = 0; j < count; ++j)
          if (squares(i, j) <= square_) out[i].push_back(static_cast<std::uint32_t>(first + j));
    }
  }

 private:
  MatrixView<const float> rows_;
  float square_;
  std::unique_ptr<KdTree> tree_;
};

/// Calls take(row, neighbours) for rows [begin, end), on all threads.
template <class Take>
void for_each_row(const Near& near, std::size_t begin, std::size_t end, Context& context, const Take& take) {
  context.parallel_for(end - begin, kRowsAtOnce, [&](std::size_t from, std::size_t to) {
    std::array<std::vector<std::uint32_t>, kRowsAtOnce> lists;
    near.find(begin + from, begin + to, std::span(lists).first(to - from));
    for (std::size_t r = from; r < to; ++r) take(begin + r, lists[r - from]);
    context.progress.advance(to - from);
  });
}

std::vector<bool> dense_rows(const Near& near, std::size_t n, std::size_t min_samples, Context& context) {
  std::vector<std::uint8_t> is_dense(n);
  for_each_row(near, 0, n, context,
               [&](std::size_t row, const std::vector<std::uint32_t>& list) { is_dense[row] = list.size() >= min_samples ? 1 : 0; });
  return {is_dense.begin(), is_dense.end()};
}

/// Joins dense rows that are near each other. Of other rows, the dense ones near them go to `borders`.
void join_dense(const Near& near, const std::vector<bool>& is_dense, analysis::Parts& parts,
                std::vector<std::vector<std::uint32_t>>& borders, Context& context) {
  const std::size_t n = is_dense.size();
  std::vector<std::vector<std::uint32_t>> lists(std::min(n, kRowsOfBatch));
  for (std::size_t first = 0; first < n; first += kRowsOfBatch) {
    const std::size_t end = std::min(n, first + kRowsOfBatch);
    for_each_row(near, first, end, context, [&](std::size_t row, const std::vector<std::uint32_t>& list) {
      std::vector<std::uint32_t>& kept = is_dense[row] ? lists[row - first] : borders[row];
      kept.clear();
      for (const std::uint32_t other : list)
        if (is_dense[other] && (!is_dense[row] || other < row)) kept.push_back(other);
    });
    for (std::size_t row = first; row < end; ++row)
      if (is_dense[row])
        for (const std::uint32_t other : lists[row - first]) parts.join(static_cast<std::uint32_t>(row), other);
  }
}

}  // namespace

DbscanResult dbscan(MatrixView<const float> rows, const DbscanOptions& options, Context& context) {
  check_rows(rows, "DBSCAN", context);
  require(options.epsilon > 0, "DBSCAN: epsilon must be positive");
  require(options.min_samples > 0, "DBSCAN: min_samples must be at least 1");
  require(options.metric == Metric::euclidean || options.metric == Metric::cosine, "DBSCAN: the metric is euclidean or cosine");
  const bool by_angle = options.metric == Metric::cosine;
  const analysis::UnitRows work(rows, by_angle, context);
  const std::size_t n = rows.rows();
  const Near near(work.view(), static_cast<float>(by_angle ? 2 * options.epsilon : options.epsilon * options.epsilon), context);
  DbscanResult out;
  context.progress.begin("neighbours", 2 * n, "vectors");
  out.is_dense = dense_rows(near, n, options.min_samples, context);
  analysis::Parts parts(n);
  std::vector<std::vector<std::uint32_t>> borders(n);
  join_dense(near, out.is_dense, parts, borders, context);
  context.progress.end();

  std::vector<std::int32_t> number(n, -1);
  std::int32_t n_clusters = 0;
  out.labels.assign(n, -1);
  for (std::uint32_t row = 0; row < n; ++row) {
    if (!out.is_dense[row]) continue;
    std::int32_t& of_part = number[parts.of(row)];
    if (of_part < 0) of_part = n_clusters++;
    out.labels[row] = of_part;
  }
  for (std::size_t row = 0; row < n; ++row)
    for (const std::uint32_t other : borders[row])
      if (out.labels[row] < 0 || out.labels[other] < out.labels[row]) out.labels[row] = out.labels[other];
  return out;
}

}  // namespace akin
