#include "akin/analysis/kd_tree.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "akin/analysis/rows.h"
#include "akin/base/error.h"

namespace akin {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
// Of a piece of work.
constexpr std::size_t kLeavesAtOnce = 64;

/// The column in which rows order[begin, end) spread the most; of equal ones the first.
std::size_t widest_column(MatrixView<const float> rows, std::span<const std::uint32_t> ids) {
  std::vector<float> low(rows.cols(), kInfinity), high(rows.cols(), -kInfinity);
  for (const std::uint32_t id : ids) {
    const float* row = rows.row_data(id);
    for (std::size_t c = 0; c < low.size(); ++c) {
      low[c] = std::min(low[c], row[c]);
      high[c] = std::max(high[c], row[c]);
    }
  }
  std::size_t widest = 0;
  for (std::size_t c = 1; c < low.size(); ++c)
    if (high[c] - low[c] > high[widest] - low[widest]) widest = c;
  return widest;
}

/// A node to be looked at, and the least that its rows may be away.
struct Visit {
  std::uint32_t node = 0;
  float square = 0;
};
// One a level, and a sibling each.
using Stack = std::array<Visit, 80>;

/// The k best so far, the worst on top.
class Heap {
 public:
  Heap(std::size_t k, std::vector<kernels::Scored>& kept) : k_(k), kept_(kept) { kept_.clear(); }
  /// Whether a row of this node may still get in.
  [[nodiscard]] bool may_enter(float square, std::uint32_t least_id) const noexcept {
    return kept_.size() < k_ || square < kept_.front().distance || (square == kept_.front().distance && least_id < kept_.front().id);
  }
  void offer(float square, std::uint32_t id) {
    if (!may_enter(square, id)) return;
    if (kept_.size() == k_) {
      std::pop_heap(kept_.begin(), kept_.end());
      kept_.back() = {square, id};
    } else {
      kept_.push_back({square, id});
    }
    std::push_heap(kept_.begin(), kept_.end());
  }
  void sort() { std::sort_heap(kept_.begin(), kept_.end()); }

 private:
  std::size_t k_;
  std::vector<kernels::Scored>& kept_;
};

}  // namespace

KdTree::KdTree(MatrixView<const float> rows, Context& context) : dim_(rows.cols()) {
  check_rows(rows, "kd-tree", context);
  require(rows.rows() < 0x8000'0000U, "kd-tree: 2^31 rows or more");
  order_.resize(rows.rows());
  std::iota(order_.begin(), order_.end(), 0U);
  std::size_t n_leaves = 1;
  while ((rows.rows() + n_leaves - 1) / n_leaves > kLeafRows) n_leaves *= 2;
  nodes_.resize(2 * n_leaves - 1);
  nodes_[0] = {0, static_cast<std::uint32_t>(rows.rows()), 0};
  split(rows, context);
  measure_boxes(rows, context);
  copy_leaves(rows, context);
}

/// Level by level: the nodes of one are independent.
void KdTree::split(MatrixView<const float> rows, Context& context) {
  for (std::size_t first = 0; first < nodes_.size() / 2; first = 2 * first + 1) {
    context.parallel_for(first + 1, 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = first + begin; i < first + end; ++i) {
        const Node& node = nodes_[i];
        const std::uint32_t middle = node.begin + (node.end - node.begin) / 2;
        const std::size_t column = widest_column(rows, std::span(order_).subspan(node.begin, node.end - node.begin));
        std::nth_element(order_.begin() + node.begin, order_.begin() + middle, order_.begin() + node.end,
                         [&](std::uint32_t a, std::uint32_t b) {
                           const float x = rows(a, column), y = rows(b, column);
                           return x != y ? x < y : a < b;
                         });
        nodes_[2 * i + 1] = {node.begin, middle, 0};
        nodes_[2 * i + 2] = {middle, node.end, 0};
      }
    });
  }
}

void KdTree::measure_boxes(MatrixView<const float> rows, Context& context) {
  boxes_ = Matrix<float>::uninitialized(nodes_.size(), 2 * dim_);
  const std::size_t first_leaf = nodes_.size() / 2;
  context.parallel_for(n_leaves(), kLeavesAtOnce, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = first_leaf + begin; i < first_leaf + end; ++i) {
      Node& node = nodes_[i];
      const auto ids = std::span(order_).subspan(node.begin, node.end - node.begin);
      std::ranges::sort(ids);
      node.least_id = ids.empty() ? kNone : ids.front();
      float *low = boxes_.row(i).data(), *high = low + dim_;
      std::fill_n(low, dim_, kInfinity);
      std::fill_n(high, dim_, -kInfinity);
      for (const std::uint32_t id : ids) {
        for (std::size_t c = 0; c < dim_; ++c) {
          low[c] = std::min(low[c], rows(id, c));
          high[c] = std::max(high[c], rows(id, c));
        }
      }
    }
  });
  for (std::size_t i = first_leaf; i-- > 0;) {
    nodes_[i].least_id = std::min(nodes_[2 * i + 1].least_id, nodes_[2 * i + 2].least_id);
    for (std::size_t c = 0; c < dim_; ++c) {
      boxes_(i, c) = std::min(boxes_(2 * i + 1, c), boxes_(2 * i + 2, c));
      boxes_(i, dim_ + c) = std::max(boxes_(2 * i + 1, dim_ + c), boxes_(2 * i + 2, dim_ + c));
    }
  }
}

void KdTree::copy_leaves(MatrixView<const float> rows, Context& context) {
  leaves_ = Matrix<float>::uninitialized(n_leaves(), dim_ * kLeafRows);
  context.parallel_for(n_leaves(), kLeavesAtOnce, [&](std::size_t begin, std::size_t end) {
    for (std::size_t leaf = begin; leaf < end; ++leaf) {
      const Node& node = nodes_[nodes_.size() / 2 + leaf];
      std::ranges::fill(leaves_.row(leaf), kInfinity);
      for (std::size_t j = 0; j < node.end - node.begin; ++j)
        for (std::size_t c = 0; c < dim_; ++c) leaves_(leaf, c * kLeafRows + j) = rows(order_[node.begin + j], c);
    }
  });
}

float KdTree::square_to(std::span<const float> query, std::size_t node) const noexcept {
  const float *low = boxes_.row(node).data(), *high = low + dim_;
  float sum = 0;
  for (std::size_t c = 0; c < dim_; ++c) {
    const float away = std::max(std::max(low[c] - query[c], query[c] - high[c]), 0.0F);
    sum += away * away;
  }
  return sum;
}

float KdTree::furthest_square(std::span<const float> query, std::size_t node) const noexcept {
  const float *low = boxes_.row(node).data(), *high = low + dim_;
  float sum = 0;
  for (std::size_t c = 0; c < dim_; ++c) {
    const float away = std::max(query[c] - low[c], high[c] - query[c]);
    sum += away * away;
  }
  return sum;
}

float KdTree::square_across(std::size_t node) const noexcept {
  const float *low = boxes_.row(node).data(), *high = low + dim_;
  float sum = 0;
  for (std::size_t c = 0; c < dim_; ++c) sum += (high[c] - low[c]) * (high[c] - low[c]);
  return sum;
}

void KdTree::squares_to_leaf(std::span<const float> query, std::size_t node, std::span<float> out) const noexcept {
  const float* column = leaves_.row(node - nodes_.size() / 2).data();
  std::array<float, kLeafRows> sums{};
  for (std::size_t c = 0; c < dim_; ++c, column += kLeafRows) {
    const float x = query[c];
    for (std::size_t j = 0; j < kLeafRows; ++j) {
      const float away = column[j] - x;
      sums[j] += away * away;
    }
  }
  std::ranges::copy(sums, out.begin());
}

void KdTree::nearest(std::span<const float> query, std::size_t k, std::uint32_t except, std::vector<kernels::Scored>& out) const {
  AKIN_DCHECK(query.size() == dim_ && k > 0);
  Heap heap(k, out);
  Stack stack;
  std::array<float, kLeafRows> squares;
  std::size_t depth = 0;
  stack[depth++] = {0, square_to(query, 0)};
  while (depth > 0) {
    const Visit visit = stack[--depth];
    const Node& at = nodes_[visit.node];
    if (!heap.may_enter(visit.square, at.least_id)) continue;
    if (is_leaf(visit.node)) {
      squares_to_leaf(query, visit.node, squares);
      for (std::uint32_t j = at.begin; j < at.end; ++j)
        if (order_[j] != except) heap.offer(squares[j - at.begin], order_[j]);
      continue;
    }
    Visit near{2 * visit.node + 1, square_to(query, 2 * visit.node + 1)}, far{2 * visit.node + 2, square_to(query, 2 * visit.node + 2)};
    if (far.square < near.square || (far.square == near.square && nodes_[far.node].least_id < nodes_[near.node].least_id))
      std::swap(near, far);
    stack[depth++] = far;
    stack[depth++] = near;
  }
  heap.sort();
}

}  // namespace akin
