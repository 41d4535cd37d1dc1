#include "spanning_tree.h"

#include <algorithm>
#include <numeric>

#include "outside.h"
#include "parts.h"

namespace akin::analysis {
namespace {

constexpr std::size_t kRowsAtOnce = 2048;

/// An edge that a part of the tree chose.
struct Choice {
  Reach reach;
  std::uint32_t from = kNobody;

  [[nodiscard]] std::uint32_t low() const noexcept { return std::min(from, reach.to); }
  [[nodiscard]] std::uint32_t high() const noexcept { return std::max(from, reach.to); }
  friend bool operator<(const Choice& a, const Choice& b) noexcept {
    if (a.reach.square != b.reach.square) return a.reach.square < b.reach.square;
    if (a.reach.distance != b.reach.distance) return a.reach.distance < b.reach.distance;
    return a.low() != b.low() ? a.low() < b.low() : a.high() < b.high();
  }
};

class Boruvka {
 public:
  Boruvka(Outside& outside, const NeighbourLists& lists, std::span<const float> cores, Context& context)
      : outside_(outside),
        lists_(lists),
        cores_(cores),
        context_(context),
        parts_(cores.size()),
        part_of_(cores.size()),
        ways_(cores.size()),
        bounds_(cores.size()) {
    std::iota(part_of_.begin(), part_of_.end(), 0U);
  }

  std::vector<TreeEdge> run() {
    std::vector<TreeEdge> edges;
    edges.reserve(cores_.size());
    while (edges.size() + 1 < cores_.size()) {
      context_.cancel.check();
      const std::size_t before = edges.size();
      const std::uint32_t largest = parts_.largest();
      look_at_lists(largest);
      search(largest);
      join(largest, edges);
      context_.progress.advance(edges.size() - before);
    }
    return edges;
  }

 private:
  /// What the lists of neighbours tell of each row's way out. The largest part need not choose: all others find their way to it.
  void look_at_lists(std::uint32_t largest) {
    bounds_.reset();
    context_.parallel_for(cores_.size(), kRowsAtOnce, [&](std::size_t begin, std::size_t end) {
      for (auto row = static_cast<std::uint32_t>(begin); row < end; ++row) {
        if (part_of_[row] == largest) continue;
        WayOut& way = ways_[row];
        // What is not the best may have come by another thread's timing.
        way.is_best = way.is_best && part_of_[way.best.to] != part_of_[row];
        if (!way.is_best) {
          way.best = {};
          look_at_list(row, way);
        }
        bounds_.lower(part_of_[row], way.best.square);
      }
    });
  }

  void look_at_list(std::uint32_t row, WayOut& way) const {
    const auto ids = lists_.ids.row(row);
    const auto squares = lists_.squares.row(row);
    for (std::size_t j = 0; j < ids.size() && squares[j] <= way.best.square; ++j) {
      if (part_of_[ids[j]] == part_of_[row]) continue;
      const Reach reach{std::max({squares[j], cores_[row], cores_[ids[j]]}), squares[j], ids[j]};
      if (reach < way.best) way.best = reach;
    }
    // Who is not in the list is no nearer than its last, and comes behind it in the order.
    const bool has_all = ids.size() + 1 == cores_.size();
    way.least = std::max({way.least, cores_[row], ids.empty() ? 0.0F : squares.back()});
    way.is_best = way.best.to != kNobody && (has_all || way.best.square <= std::max(cores_[row], squares.back()));
  }

  void search(std::uint32_t largest) {
    std::vector<std::uint32_t> open;
    for (std::uint32_t row = 0; row < cores_.size(); ++row) {
      const std::uint32_t part = part_of_[row];
      if (part != largest && !ways_[row].is_best && ways_[row].least <= bounds_.of(part)) open.push_back(row);
    }
    if (!open.empty()) outside_.search(open, {part_of_, cores_, ways_, bounds_}, context_);
  }

  void join(std::uint32_t largest, std::vector<TreeEdge>& edges) {
    std::vector<Choice> choices(cores_.size());
    for (std::uint32_t row = 0; row < cores_.size(); ++row) {
      if (part_of_[row] == largest || ways_[row].best.to == kNobody) continue;
      const Choice choice{ways_[row].best, row};
      Choice& best = choices[part_of_[row]];
      if (best.from == kNobody || choice < best) best = choice;
    }
    for (const Choice& choice : choices) {
      if (choice.from == kNobody || !parts_.join(choice.from, choice.reach.to)) continue;
      edges.push_back({choice.low(), choice.high(), choice.reach.square});
    }
    for (std::uint32_t row = 0; row < cores_.size(); ++row) part_of_[row] = parts_.of(row);
  }

  Outside& outside_;
  const NeighbourLists& lists_;
  std::span<const float> cores_;
  Context& context_;
  Parts parts_;
  std::vector<std::uint32_t> part_of_;
  std::vector<WayOut> ways_;
  PartBounds bounds_;
};

}  // namespace

SpanningTree spanning_tree(MatrixView<const float> rows, std::size_t min_samples, Context& context) {
  SpanningTree out;
  const std::size_t n = rows.rows();
  out.cores.assign(n, 0);
  if (n < 2) return out;
  const std::unique_ptr<Outside> outside = make_outside(rows, context);
  const std::size_t m = std::min(min_samples, n - 1);
  context.progress.begin("neighbours", n, "vectors");
  const NeighbourLists lists = outside->lists(std::min(outside->list_length(m), n - 1), context);
  context.progress.end();
  for (std::size_t r = 0; m > 0 && r < n; ++r) out.cores[r] = lists.squares(r, m - 1);
  context.progress.begin("spanning tree", n - 1, "edges");
  out.edges = Boruvka(*outside, lists, out.cores, context).run();
  context.progress.end();
  return out;
}

}  // namespace akin::analysis
