#include "dendrogram_panel.h"

#include <cmath>
#include <utility>

#include "akin/base/error.h"
#include "drawing.h"

namespace akin::plot {
namespace {

constexpr double kLongestName = 0.4;  // of the panel

/// A tree's nodes, and where those that are drawn stand.
class TreeDrawing {
 public:
  TreeDrawing(Canvas& canvas, const Dendrogram& tree, const Box& box, Theme theme)
      : tree_(tree), n_(tree.joins.size() + 1), first_drawn_(0), box_(box), drawing_(canvas, box, theme) {
    if (n_ > std::max<std::size_t>(tree.most_leaves, 2)) first_drawn_ = n_ - std::max<std::size_t>(tree.most_leaves, 2);
    sizes_.assign(2 * n_ - 1, 1);
    for (std::size_t m = 0; m < tree.joins.size(); ++m) sizes_[n_ + m] = sizes_[tree.joins[m].a] + sizes_[tree.joins[m].b];
    order_leaves();
  }

  void draw() {
    std::vector<std::string> names;
    const double size = std::clamp((box_.height - 60) / static_cast<double>(leaves_.size()) * 0.8, 4.0, kTickSize);
    for (const std::size_t leaf : leaves_) names.push_back(fitted_text(name_of(leaf), size, kLongestName * box_.width));
    drawing_.lay_out(tree_.title, {tree_.height_label}, {}, 0, widest(names, size) + 3 * kGap);
    const Box& plot = drawing_.plot_;
    RangeFinder heights;
    heights.add(0);
    for (const DendrogramJoin& join : tree_.joins) heights.add(join.height);
    const double top = heights.range().high * 1.03;
    x_ = {{0, top}, plot.right(), plot.x};
    drawing_.x_axis(ticks_of({0, top}, n_ticks(plot.width, kPointsPerTickX)), x_, true);
    place_leaves();
    for (std::size_t i = 0; i < leaves_.size(); ++i)
      drawing_.canvas_.text({plot.right() + 1.5 * kGap, y_[leaves_[i]] + 0.35 * size}, names[i],
                            {size, drawing_.colors_.text, Anchor::start, false, false});
    for (std::size_t m = first_drawn_; m < tree_.joins.size(); ++m) draw_join(m);
    if (tree_.cut > 0 && tree_.cut < top)
      drawing_.line({x_(tree_.cut), plot.y}, {x_(tree_.cut), plot.bottom()}, drawing_.colors_.faint_text, 1, true);
  }

 private:
  [[nodiscard]] bool is_leaf(std::size_t node) const { return node < n_ + first_drawn_; }
  [[nodiscard]] std::string name_of(std::size_t node) const {
    if (node >= n_) return tick_label(static_cast<double>(sizes_[node]), 1) + " things";
    return tree_.names.empty() ? tick_label(static_cast<double>(node), 1) : tree_.names[node];
  }
  [[nodiscard]] double height_of(std::size_t node) const { return node < n_ ? 0 : tree_.joins[node - n_].height; }

  /// The first of a join's two nodes above the second, all the way down; the larger one is the first.
  void order_leaves() {
    std::vector<std::size_t> open = {2 * n_ - 2};
    while (!open.empty()) {
      const std::size_t node = open.back();
      open.pop_back();
      if (is_leaf(node)) {
        leaves_.push_back(node);
        continue;
      }
      std::size_t first = tree_.joins[node - n_].a, second = tree_.joins[node - n_].b;
      if (sizes_[second] > sizes_[first]) std::swap(first, second);
      open.push_back(second);
      open.push_back(first);
    }
  }
  /// Leaves evenly, joins between their two; colours by the groups under the cut, from the top down.
  void place_leaves() {
    const Box& plot = drawing_.plot_;
    y_.assign(2 * n_ - 1, 0);
    for (std::size_t i = 0; i < leaves_.size(); ++i)
      y_[leaves_[i]] = plot.y + plot.height * (static_cast<double>(i) + 0.5) / static_cast<double>(leaves_.size());
    for (std::size_t m = first_drawn_; m < tree_.joins.size(); ++m) y_[n_ + m] = (y_[tree_.joins[m].a] + y_[tree_.joins[m].b]) / 2;
    std::vector<std::size_t> above(2 * n_ - 1);
    for (std::size_t node = 0; node < above.size(); ++node) above[node] = node;
    for (std::size_t m = tree_.joins.size(); m-- > first_drawn_;) {
      if (tree_.joins[m].height > tree_.cut) continue;
      above[tree_.joins[m].a] = above[tree_.joins[m].b] = above[n_ + m];
    }
    group_.assign(2 * n_ - 1, -1);
    std::int32_t n_groups = 0;
    for (const std::size_t leaf : leaves_) {
      if (group_[above[leaf]] < 0) group_[above[leaf]] = n_groups++;
    }
    for (std::size_t node = 0; node < above.size(); ++node) group_[node] = group_[above[node]];
  }
  [[nodiscard]] Color color_of(std::size_t node) const {
    const bool in_group = tree_.cut > 0 && height_of(node) <= tree_.cut && group_[node] >= 0;
    return in_group ? group_color(group_[node], drawing_.theme_) : drawing_.colors_.faint_text;
  }
  void draw_join(std::size_t m) {
    const DendrogramJoin& join = tree_.joins[m];
    const double x = x_(join.height);
    for (const std::size_t child : {std::size_t{join.a}, std::size_t{join.b}})
      drawing_.line({x, y_[child]}, {x_(std::min(height_of(child), join.height)), y_[child]}, color_of(n_ + m), 1.3);
    drawing_.line({x, y_[join.a]}, {x, y_[join.b]}, color_of(n_ + m), 1.3);
  }

  const Dendrogram& tree_;
  std::size_t n_, first_drawn_;
  Box box_;
  Drawing drawing_;
  Scale x_;
  std::vector<std::size_t> sizes_, leaves_;
  std::vector<double> y_;
  std::vector<std::int32_t> group_;
};

}  // namespace

void check_dendrogram(const Dendrogram& tree) {
  const std::size_t n = tree.joins.size() + 1;
  require(tree.names.empty() || tree.names.size() == n, "a tree has one more name than joins, or none");
  require(std::isfinite(tree.cut) && tree.cut >= 0, "a tree is cut at a height");
  std::vector<bool> joined(2 * n - 1);
  for (std::size_t m = 0; m < tree.joins.size(); ++m) {
    const DendrogramJoin& join = tree.joins[m];
    require(std::isfinite(join.height) && join.height >= 0, "the joins of a tree have heights from 0 on");
    for (const std::size_t node : {std::size_t{join.a}, std::size_t{join.b}}) {
      require(node < n + m && !joined[node], "the joins of a tree take nodes that are there, each once");
      joined[node] = true;
    }
  }
}

void draw_dendrogram(Canvas& canvas, const Dendrogram& tree, const Box& box, Theme theme) { TreeDrawing(canvas, tree, box, theme).draw(); }

}  // namespace akin::plot
