// Tested by spanning_tree_test.cc.
#include "outside.h"

#include <algorithm>
#include <array>

#include "akin/analysis/kd_tree.h"
#include "akin/analysis/knn_graph.h"
#include "akin/kernels/distance.h"

namespace akin::analysis {
namespace {

constexpr std::uint32_t kMixed = kNobody;
constexpr std::size_t kRowsAtOnce = 128;
// Of a scan: rows whose distances are worked out together.
constexpr std::size_t kQueriesOfTile = 32, kRowsOfTile = 256;

/// After all that can be shorter than both the row's own way and its part's bound was looked at.
void settle(std::uint32_t row, const Round& round, const Reach& found) {
  WayOut& way = round.ways[row];
  const std::uint32_t part = round.part_of[row];
  way.best = found;
  round.bounds.lower(part, found.square);
  const float bound = round.bounds.of(part);
  way.is_best = found.square <= bound;
  way.least = std::max(way.least, way.is_best ? found.square : bound);
}

class OutsideByTree : public Outside {
 public:
  OutsideByTree(MatrixView<const float> rows, Context& context) : rows_(rows), tree_(rows, context) {
    place_.resize(rows.rows());
    for (std::uint32_t i = 0; i < place_.size(); ++i) place_[tree_.order()[i]] = i;
  }

  [[nodiscard]] std::size_t list_length(std::size_t m) const override { return std::max<std::size_t>(m, 6); }

  NeighbourLists lists(std::size_t k, Context& context) override {
    NeighbourLists out{Matrix<std::uint32_t>::uninitialized(rows_.rows(), k), Matrix<float>::uninitialized(rows_.rows(), k)};
    context.parallel_for(rows_.rows(), kRowsAtOnce, [&](std::size_t begin, std::size_t end) {
      std::vector<kernels::Scored> found;
      for (std::size_t i = begin; i < end; ++i) {
        const std::uint32_t row = tree_.order()[i];
        tree_.nearest(rows_.row(row), k, row, found);
        for (std::size_t j = 0; j < k; ++j) {
          out.ids(row, j) = static_cast<std::uint32_t>(found[j].id);
          out.squares(row, j) = found[j].distance;
        }
      }
      context.progress.advance(end - begin);
    });
    return out;
  }

  void search(std::span<const std::uint32_t> rows, const Round& round, Context& context) override {
    look_at_parts(round);
    std::vector<std::uint32_t> order(rows.begin(), rows.end());
    std::ranges::sort(order, {}, [&](std::uint32_t row) { return place_[row]; });
    context.parallel_for(order.size(), kRowsAtOnce, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) search_one(order[i], round);
    });
  }

 private:
  struct Visit {
    std::uint32_t node = 0;
    float square = 0;    ///< of the reachability, at least
    float distance = 0;  ///< squared, at least
  };

  /// The part that all rows of a node are of, and their least core.
  void look_at_parts(const Round& round) {
    parts_.assign(tree_.n_nodes(), kMixed);
    const bool has_cores = !cores_.empty();
    if (!has_cores) cores_.assign(tree_.n_nodes(), 0);
    for (std::size_t i = tree_.n_nodes(); i-- > 0;) {
      if (!tree_.is_leaf(i)) {
        if (parts_[2 * i + 1] == parts_[2 * i + 2]) parts_[i] = parts_[2 * i + 1];
        if (!has_cores) cores_[i] = std::min(cores_[2 * i + 1], cores_[2 * i + 2]);
        continue;
      }
      const auto ids = tree_.order().subspan(tree_.node(i).begin, tree_.node(i).end - tree_.node(i).begin);
      const std::uint32_t part = round.part_of[ids.front()];
      if (std::ranges::all_of(ids, [&](std::uint32_t id) { return round.part_of[id] == part; })) parts_[i] = part;
      if (has_cores) continue;
      cores_[i] = round.cores[ids.front()];
      for (const std::uint32_t id : ids) cores_[i] = std::min(cores_[i], round.cores[id]);
    }
  }

  [[nodiscard]] Visit visit(std::uint32_t node, std::span<const float> query, float core) const {
    const float distance = tree_.square_to(query, node);
    return {node, std::max({distance, core, cores_[node]}), distance};
  }

  void search_one(std::uint32_t row, const Round& round) const {
    const std::span<const float> query = rows_.row(row);
    const std::uint32_t own = round.part_of[row];
    const float core = round.cores[row];
    Reach best = round.ways[row].best;
    std::array<Visit, 80> stack;
    std::array<float, KdTree::kLeafRows> squares;
    std::size_t depth = 0;
    stack[depth++] = visit(0, query, core);
    while (depth > 0) {
      const Visit at = stack[--depth];
      if (parts_[at.node] == own || at.square > round.bounds.of(own) || at.square > best.square ||
          (at.square == best.square && at.distance > best.distance))
        continue;
      if (tree_.is_leaf(at.node)) {
        look_at_leaf(at.node, row, round, squares, best);
        continue;
      }
      Visit near = visit(2 * at.node + 1, query, core), far = visit(2 * at.node + 2, query, core);
      if (far.distance < near.distance) std::swap(near, far);
      stack[depth++] = far;
      stack[depth++] = near;
    }
    settle(row, round, best);
  }

  void look_at_leaf(std::uint32_t node, std::uint32_t row, const Round& round, std::span<float> squares, Reach& best) const {
    tree_.squares_to_leaf(rows_.row(row), node, squares);
    const KdTree::Node& leaf = tree_.node(node);
    for (std::uint32_t j = leaf.begin; j < leaf.end; ++j) {
      const float square = squares[j - leaf.begin];
      const std::uint32_t to = tree_.order()[j];
      if (square > best.square || round.part_of[to] == round.part_of[row]) continue;
      const Reach reach{std::max({square, round.cores[row], round.cores[to]}), square, to};
      if (reach < best) best = reach;
    }
  }

  MatrixView<const float> rows_;
  KdTree tree_;
  std::vector<std::uint32_t> place_, parts_;
  std::vector<float> cores_;
};

class OutsideByScan : public Outside {
 public:
  explicit OutsideByScan(MatrixView<const float> rows) : rows_(rows) {}

  // A longer list costs a scan little, and leaves less open.
  [[nodiscard]] std::size_t list_length(std::size_t m) const override { return std::max<std::size_t>(2 * m, 32); }

  NeighbourLists lists(std::size_t k, Context& context) override {
    KnnOptions options;
    options.k = k;
    options.method = KnnMethod::scan;
    KnnGraph graph = knn_graph(rows_, options, context);
    context.parallel_for(rows_.rows(), kRowsAtOnce, [&](std::size_t begin, std::size_t end) {
      for (std::size_t r = begin; r < end; ++r) kernels::squared_l2_selected(rows_.row(r), rows_, graph.ids.row(r), graph.distances.row(r));
    });
    return {std::move(graph.ids), std::move(graph.distances)};
  }

  void search(std::span<const std::uint32_t> rows, const Round& round, Context& context) override {
    context.parallel_for(rows.size(), kQueriesOfTile,
                         [&](std::size_t begin, std::size_t end) { search_some(rows.subspan(begin, end - begin), round); });
  }

 private:
  void search_some(std::span<const std::uint32_t> rows, const Round& round) const {
    Matrix<float> queries = Matrix<float>::uninitialized(rows.size(), rows_.cols());
    Matrix<float> tile = Matrix<float>::uninitialized(rows.size(), kRowsOfTile);
    std::vector<Reach> best;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      std::ranges::copy(rows_.row(rows[i]), queries.row(i).begin());
      best.push_back(round.ways[rows[i]].best);
    }
    for (std::size_t first = 0; first < rows_.rows(); first += kRowsOfTile) {
      const std::size_t count = std::min(kRowsOfTile, rows_.rows() - first);
      const MatrixView<float> squares = tile.view().middle_cols(0, count);
      kernels::squared_l2_tile(queries.view(), rows_.middle_rows(first, count), squares);
      for (std::size_t i = 0; i < rows.size(); ++i) look_at(squares.row(i), static_cast<std::uint32_t>(first), rows[i], round, best[i]);
    }
    for (std::size_t i = 0; i < rows.size(); ++i) settle(rows[i], round, best[i]);
  }

  static void look_at(std::span<const float> squares, std::uint32_t first, std::uint32_t row, const Round& round, Reach& best) {
    const std::uint32_t own = round.part_of[row];
    const float core = round.cores[row];
    for (std::uint32_t j = 0; j < squares.size(); ++j) {
      const std::uint32_t to = first + j;
      if (squares[j] > best.square || round.part_of[to] == own) continue;
      const Reach reach{std::max({squares[j], core, round.cores[to]}), squares[j], to};
      if (reach < best) best = reach;
    }
  }

  MatrixView<const float> rows_;
};

}  // namespace

std::unique_ptr<Outside> make_outside_by_tree(MatrixView<const float> rows, Context& context) {
  return std::make_unique<OutsideByTree>(rows, context);
}

std::unique_ptr<Outside> make_outside_by_scan(MatrixView<const float> rows) { return std::make_unique<OutsideByScan>(rows); }

std::unique_ptr<Outside> make_outside(MatrixView<const float> rows, Context& context) {
  return rows.cols() <= kTreeDims ? make_outside_by_tree(rows, context) : make_outside_by_scan(rows);
}

}  // namespace akin::analysis
