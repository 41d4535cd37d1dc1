#include "akin/analysis/isolation_forest.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <span>
#include <string>
#include <utility>

#include "akin/analysis/rows.h"
#include "akin/base/error.h"
#include "akin/base/rng.h"

namespace akin {
namespace {

constexpr char kWho[] = "isolation forest";
// Nodes of a tree have 16-bit numbers.
constexpr std::size_t kLargestSample = 32'768;
// Rows of a piece stay in a core's cache while all trees look at them.
constexpr std::size_t kRowsAtOnce = 512;
// Rows that go down a tree side by side, so that one's memory is waited for while others step.
constexpr std::size_t kAbreast = 16;

void check(MatrixView<const float> rows, const IsolationForestOptions& options) {
  require(options.n_trees > 0, "isolation forest: at least one tree is wanted");
  require(options.sample > 0 && options.sample <= kLargestSample, "isolation forest: a sample has 1 – 32,768 rows");
  require(rows.cols() <= 65'535, "isolation forest: rows have more than 65,535 columns");
}

/// The first `n` of a shuffle of 0 … total − 1.
std::vector<std::uint32_t> drawn(std::size_t n, std::size_t total, Rng& rng) {
  std::vector<std::uint32_t> out;
  if (2 * n > total) {
    out.resize(total);
    std::iota(out.begin(), out.end(), 0U);
    for (std::size_t i = 0; i < n; ++i) std::swap(out[i], out[i + rng.below(total - i)]);
    out.resize(n);
    return out;
  }
  while (out.size() < n) {  // few of many: those that come twice are drawn again
    const auto row = static_cast<std::uint32_t>(rng.below(total));
    if (std::ranges::find(out, row) == out.end()) out.push_back(row);
  }
  return out;
}

}  // namespace

double mean_path_length(std::size_t n) noexcept {
  if (n <= 1) return 0;
  if (n == 2) return 1;
  const auto count = static_cast<double>(n);
  return 2 * (std::log(count - 1) + std::numbers::egamma) - 2 * (count - 1) / count;
}

/// Makes one tree.
class IsolationForest::Grower {
 public:
  Grower(MatrixView<const float> rows, std::vector<std::uint32_t> sample, int max_depth, Rng& rng)
      : rows_(rows), sample_(std::move(sample)), max_depth_(max_depth), rng_(rng), columns_(rows.cols()) {
    std::iota(columns_.begin(), columns_.end(), std::uint16_t{0});
  }

  Tree grow() {
    tree_.nodes.resize(1);
    tree_.lengths.resize(1);
    split(0, sample_, 0);
    return std::move(tree_);
  }

 private:
  struct Cut {
    std::uint16_t column = 0;
    float at = 0;
    bool exists = false;
  };

  /// A random column among those in which the rows differ, and a random place between its ends.
  Cut draw_cut(std::span<const std::uint32_t> part) {
    for (std::size_t left = columns_.size(); left > 0; --left) {
      std::swap(columns_[left - 1], columns_[rng_.below(left)]);
      const std::uint16_t column = columns_[left - 1];
      float low = std::numeric_limits<float>::infinity(), high = -low;
      for (const std::uint32_t r : part) {
        low = std::min(low, rows_(r, column));
        high = std::max(high, rows_(r, column));
      }
      if (!(low < high)) continue;
      const float at = low + rng_.uniform() * (high - low);
      return {column, at < high ? at : low, true};
    }
    return {};
  }

  void split(std::size_t node, std::span<std::uint32_t> part, int depth) {
    tree_.depth = std::max(tree_.depth, depth);
    const Cut cut = part.size() > 1 && depth < max_depth_ ? draw_cut(part) : Cut{};
    if (!cut.exists) {
      tree_.nodes[node] = {std::numeric_limits<float>::infinity(), 0, static_cast<std::uint16_t>(node)};
      tree_.lengths[node] = static_cast<float>(depth + mean_path_length(part.size()));
      return;
    }
    const auto right = std::partition(part.begin(), part.end(), [&](std::uint32_t r) { return rows_(r, cut.column) <= cut.at; });
    const std::size_t left = tree_.nodes.size(), n_left = static_cast<std::size_t>(right - part.begin());
    tree_.nodes[node] = {cut.at, cut.column, static_cast<std::uint16_t>(left)};
    tree_.nodes.resize(left + 2);
    tree_.lengths.resize(left + 2);
    split(left, part.first(n_left), depth + 1);
    split(left + 1, part.subspan(n_left), depth + 1);
  }

  MatrixView<const float> rows_;
  std::vector<std::uint32_t> sample_;
  int max_depth_;
  Rng& rng_;
  std::vector<std::uint16_t> columns_;
  Tree tree_;
};

IsolationForest::IsolationForest(MatrixView<const float> rows, const IsolationForestOptions& options, Context& context)
    : dim_(rows.cols()) {
  check_rows(rows, kWho, context);
  check(rows, options);
  sample_ = std::min(options.sample, rows.rows());
  const int max_depth = static_cast<int>(std::ceil(std::log2(static_cast<double>(std::max<std::size_t>(sample_, 2)))));
  trees_.resize(options.n_trees);
  context.progress.begin(kWho, options.n_trees, "trees");
  context.parallel_for(options.n_trees, 4, [&](std::size_t begin, std::size_t end) {
    for (std::size_t t = begin; t < end; ++t) {
      Rng rng = Rng(context.seed).fork(t);
      trees_[t] = Grower(rows, drawn(sample_, rows.rows(), rng), max_depth, rng).grow();
    }
    context.progress.advance(end - begin);
  });
  context.progress.end();
}

std::vector<double> IsolationForest::scores(MatrixView<const float> rows, Context& context) const {
  if (rows.rows() == 0) return {};
  if (rows.cols() != dim_)
    throw Error(ErrorCode::mismatch, std::string(kWho) + ": rows of " + std::to_string(rows.cols()) + " numbers; it was made of rows of " +
                                         std::to_string(dim_));
  check_rows(rows, kWho, context);
  std::vector<double> out(rows.rows());
  const double unit = static_cast<double>(trees_.size()) * mean_path_length(sample_);
  context.parallel_for(rows.rows(), kRowsAtOnce, [&](std::size_t begin, std::size_t end) {
    std::array<double, kRowsAtOnce> sums{};
    for (const Tree& tree : trees_) {
      for (std::size_t first = begin; first < end; first += kAbreast) {
        const std::size_t count = std::min(kAbreast, end - first);
        std::array<std::uint32_t, kAbreast> at{};
        for (int step = 0; step < tree.depth; ++step) {
          for (std::size_t i = 0; i < count; ++i) {
            const Node& node = tree.nodes[at[i]];
            at[i] = node.left + static_cast<std::uint32_t>(rows.row_data(first + i)[node.column] > node.at);
          }
        }
        for (std::size_t i = 0; i < count; ++i) sums[first - begin + i] += static_cast<double>(tree.lengths[at[i]]);
      }
    }
    for (std::size_t r = begin; r < end; ++r) out[r] = std::exp2(unit > 0 ? -sums[r - begin] / unit : -1);
  });
  return out;
}

}  // namespace akin
