#include "akin/analysis/dbscan.h"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>
#include <span>

#include "akin/analysis/kd_tree.h"
#include "akin/analysis/knn_graph.h"
#include "akin/analysis/rows.h"
#include "akin/base/error.h"
#include "akin/kernels/distance.h"
#include "parts.h"
#include "unit_rows.h"

namespace akin {
namespace {

using analysis::Parts;

constexpr std::size_t kRowsAtOnce = 64;
constexpr std::size_t kOthersAtOnce = 256;
// Rows whose neighbours are held at a time.
constexpr std::size_t kRowsOfBatch = 4096;
// A box is held for narrow enough if it is by this much narrower: sums of a dozen squares are off by a millionth.
constexpr float kRounding = 1 - 1e-5F;

/// Neighbours by a tree. A node that is narrower than the distance is tight: its rows are all neighbours, its dense rows one cluster at
/// sight, and one of them that is near to a row stands for all. So many rows of one place cost no more than others.
class TreeNear {
 public:
  TreeNear(MatrixView<const float> rows, float square, Context& context)
      : rows_(rows), square_(square), tree_(rows, context), is_tight_(tree_.n_nodes()), has_dense_(tree_.n_nodes()) {
    for (std::size_t i = 0; i < is_tight_.size(); ++i) is_tight_[i] = tree_.square_across(i) <= square_ * kRounding;
  }

  void find_dense(std::size_t min_samples, Context& context) {
    is_dense_.assign(rows_.rows(), 0);
    context.parallel_for(rows_.rows(), kRowsAtOnce, [&](std::size_t begin, std::size_t end) {
      for (std::size_t r = begin; r < end; ++r) is_dense_[r] = has_near(rows_.row(r), min_samples) ? 1 : 0;
      context.progress.advance(end - begin);
    });
    for (std::size_t i = tree_.n_nodes(); i-- > 0;) {
      const KdTree::Node& at = tree_.node(i);
      has_dense_[i] = tree_.is_leaf(i) ? std::ranges::any_of(tree_.order().subspan(at.begin, at.end - at.begin),
                                                             [&](std::uint32_t id) { return is_dense_[id] != 0; })
                                       : has_dense_[2 * i + 1] || has_dense_[2 * i + 2];
    }
  }
  [[nodiscard]] bool is_dense(std::size_t row) const noexcept { return is_dense_[row] != 0; }

  void join_at_sight(Parts& parts) const {
    for_each_node([&](std::size_t i) {
      const KdTree::Node& at = tree_.node(i);
      if (!is_tight_[i]) return true;
      std::uint32_t last = KdTree::kNone;
      for (const std::uint32_t id : tree_.order().subspan(at.begin, at.end - at.begin)) {
        if (!is_dense(id)) continue;
        if (last != KdTree::kNone) parts.join(last, id);
        last = id;
      }
      return false;
    });
  }
  void learn(Parts& /*parts*/) const noexcept {}

  /// Dense rows near to each of some, of a tight node but one.
  void find(std::span<const std::uint32_t> some, std::span<std::vector<std::uint32_t>> lists) const {
    for (std::size_t i = 0; i < some.size(); ++i) {
      lists[i].clear();
      const std::span<const float> query = rows_.row(some[i]);
      for_each_node([&](std::size_t node) {
        if (!has_dense_[node] || tree_.square_to(query, node) > square_) return false;
        if (is_tight_[node]) {
          take_dense(query, node, true, lists[i]);
          return false;
        }
        if (tree_.is_leaf(node)) take_dense(query, node, false, lists[i]);
        return true;
      });
    }
  }

 private:
  /// From the root down, below nodes for which enter() says so.
  template <class Enter>
  void for_each_node(const Enter& enter, std::size_t root = 0) const {
    std::array<std::size_t, 80> stack;  // one a level, and a sibling each
    std::size_t depth = 0;
    stack[depth++] = root;
    while (depth > 0) {
      const std::size_t node = stack[--depth];
      if (!enter(node) || tree_.is_leaf(node)) continue;
      stack[depth++] = 2 * node + 2;
      stack[depth++] = 2 * node + 1;
    }
  }

  [[nodiscard]] bool has_near(std::span<const float> query, std::size_t n_wanted) const {
    std::size_t n = 0;
    std::array<float, KdTree::kLeafRows> squares;
    for_each_node([&](std::size_t node) {
      if (n >= n_wanted || tree_.square_to(query, node) > square_) return false;
      const std::size_t size = tree_.node(node).end - tree_.node(node).begin;
      if (tree_.furthest_square(query, node) <= square_ * kRounding) {
        n += size;
        return false;
      }
      if (!tree_.is_leaf(node)) return true;
      tree_.squares_to_leaf(query, node, squares);
      n += static_cast<std::size_t>(std::ranges::count_if(std::span(squares).first(size), [&](float x) { return x <= square_; }));
      return false;
    });
    return n >= n_wanted;
  }

  /// Dense rows below a node that are near, or but one of them.
  void take_dense(std::span<const float> query, std::size_t top, bool one, std::vector<std::uint32_t>& out) const {
    const std::size_t enough = one ? out.size() + 1 : out.size() + tree_.size();
    std::array<float, KdTree::kLeafRows> squares;
    const auto enter = [&](std::size_t node) {
      if (out.size() >= enough || !has_dense_[node] || tree_.square_to(query, node) > square_) return false;
      if (!tree_.is_leaf(node)) return true;
      tree_.squares_to_leaf(query, node, squares);
      const KdTree::Node& at = tree_.node(node);
      for (std::uint32_t j = at.begin; j < at.end && out.size() < enough; ++j)
        if (squares[j - at.begin] <= square_ && is_dense(tree_.order()[j])) out.push_back(tree_.order()[j]);
      return false;
    };
    for_each_node(enter, top);
  }

  MatrixView<const float> rows_;
  float square_;
  KdTree tree_;
  std::vector<bool> is_tight_, has_dense_;
  std::vector<std::uint8_t> is_dense_;
};

/// Neighbours by a look at all rows.
class ScanNear {
 public:
  ScanNear(MatrixView<const float> rows, float square, Context& /*context*/) : rows_(rows), square_(square), stands_for_(rows.rows()) {
    std::iota(stands_for_.begin(), stands_for_.end(), 0U);
  }

  void find_dense(std::size_t min_samples, Context& context) {
    is_dense_.assign(rows_.rows(), 0);
    context.parallel_for(rows_.rows(), kRowsAtOnce, [&](std::size_t begin, std::size_t end) {
      std::array<std::size_t, kRowsAtOnce> counts{};
      for_each_near(rows_.middle_rows(begin, end - begin), [&](std::size_t i, std::uint32_t /*other*/) { ++counts[i]; });
      for (std::size_t r = begin; r < end; ++r) is_dense_[r] = counts[r - begin] >= min_samples ? 1 : 0;
      context.progress.advance(end - begin);
    });
  }
  [[nodiscard]] bool is_dense(std::size_t row) const noexcept { return is_dense_[row] != 0; }

  void join_at_sight(Parts& /*parts*/) const noexcept {}
  /// What is one part already: a member stands for all in what find() tells, or lists would be as long as there are rows.
  void learn(Parts& parts) noexcept {
    for (std::uint32_t i = 0; i < stands_for_.size(); ++i) stands_for_[i] = parts.of(i);
  }

  /// Of the parts of dense rows near to each of some, a member.
  void find(std::span<const std::uint32_t> some, std::span<std::vector<std::uint32_t>> lists) const {
    Matrix<float> queries = Matrix<float>::uninitialized(some.size(), rows_.cols());
    for (std::size_t i = 0; i < some.size(); ++i) {
      std::ranges::copy(rows_.row(some[i]), queries.row(i).begin());
      lists[i].clear();
    }
    for_each_near(queries.view(), [&](std::size_t i, std::uint32_t other) {
      if (is_dense(other)) keep(lists[i], stands_for_[other]);
    });
  }

 private:
  /// Appends what is not the last; others that are there are taken out now and then.
  static void keep(std::vector<std::uint32_t>& list, std::uint32_t member) {
    if (!list.empty() && list.back() == member) return;
    list.push_back(member);
    if (list.size() < 1024 || !std::has_single_bit(list.size())) return;
    std::ranges::sort(list);
    list.erase(std::unique(list.begin(), list.end()), list.end());
  }

  template <class Take>
  void for_each_near(MatrixView<const float> queries, const Take& take) const {
    Matrix<float> tile = Matrix<float>::uninitialized(queries.rows(), kOthersAtOnce);
    for (std::size_t first = 0; first < rows_.rows(); first += kOthersAtOnce) {
      const std::size_t count = std::min(kOthersAtOnce, rows_.rows() - first);
      const MatrixView<float> squares = tile.view().middle_cols(0, count);
      kernels::squared_l2_tile(queries, rows_.middle_rows(first, count), squares);
      for (std::size_t i = 0; i < queries.rows(); ++i)
        for (std::size_t j = 0; j < count; ++j)
          if (squares(i, j) <= square_) take(i, static_cast<std::uint32_t>(first + j));
    }
  }

  MatrixView<const float> rows_;
  float square_;
  std::vector<std::uint32_t> stands_for_;
  std::vector<std::uint8_t> is_dense_;
};

/// Calls take(row, dense rows near) for the rows that are dense or for the others, a batch found on all threads, in order of rows.
template <class Near, class Take>
void for_each_list(Near& near, bool of_dense, Parts& parts, Context& context, const Take& take) {
  std::vector<std::uint32_t> some;
  for (std::uint32_t r = 0; r < parts.size(); ++r)
    if (near.is_dense(r) == of_dense) some.push_back(r);
  std::vector<std::vector<std::uint32_t>> lists(std::min(some.size(), kRowsOfBatch));
  for (std::size_t first = 0; first < some.size(); first += kRowsOfBatch) {
    const std::size_t n = std::min(kRowsOfBatch, some.size() - first);
    near.learn(parts);
    context.parallel_for(n, kRowsAtOnce, [&](std::size_t begin, std::size_t end) {
      near.find(std::span(some).subspan(first + begin, end - begin), std::span(lists).subspan(begin, end - begin));
      context.progress.advance(end - begin);
    });
    for (std::size_t i = 0; i < n; ++i) take(some[first + i], lists[i]);
  }
}

template <class Near>
DbscanResult cluster(Near near, std::size_t n, std::size_t min_samples, Context& context) {
  DbscanResult out;
  context.progress.begin("neighbours", 2 * n, "vectors");
  near.find_dense(min_samples, context);
  Parts parts(n);
  near.join_at_sight(parts);
  for_each_list(near, true, parts, context, [&](std::uint32_t row, const std::vector<std::uint32_t>& dense) {
    for (const std::uint32_t other : dense) parts.join(row, other);
  });
  std::vector<std::int32_t> number(n, -1);
  std::int32_t n_clusters = 0;
  out.labels.assign(n, -1);
  for (std::uint32_t row = 0; row < n; ++row) {
    out.is_dense.push_back(near.is_dense(row));
    if (!near.is_dense(row)) continue;
    std::int32_t& of_part = number[parts.of(row)];
    if (of_part < 0) of_part = n_clusters++;
    out.labels[row] = of_part;
  }
  for_each_list(near, false, parts, context, [&](std::uint32_t row, const std::vector<std::uint32_t>& dense) {
    for (const std::uint32_t other : dense)
      if (out.labels[row] < 0 || out.labels[other] < out.labels[row]) out.labels[row] = out.labels[other];
  });
  context.progress.end();
  return out;
}

}  // namespace

DbscanResult dbscan(MatrixView<const float> rows, const DbscanOptions& options, Context& context) {
  check_rows(rows, "DBSCAN", context);
  require(options.epsilon > 0, "DBSCAN: epsilon must be positive");
  require(options.min_samples > 0, "DBSCAN: min_samples must be at least 1");
  require(options.metric == Metric::euclidean || options.metric == Metric::cosine, "DBSCAN: the metric is euclidean or cosine");
  const bool by_angle = options.metric == Metric::cosine;
  const analysis::UnitRows work(rows, by_angle, context);
  const auto square = static_cast<float>(by_angle ? 2 * options.epsilon : options.epsilon * options.epsilon);
  if (rows.cols() <= kTreeDims) return cluster(TreeNear(work.view(), square, context), rows.rows(), options.min_samples, context);
  return cluster(ScanNear(work.view(), square, context), rows.rows(), options.min_samples, context);
}

}  // namespace akin
