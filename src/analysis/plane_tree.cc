#include "plane_tree.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace akin::analysis {
namespace {

constexpr int kLevels = 20;  // bits a coordinate
constexpr std::size_t kPointsAtOnce = 4096;

/// Bits of a number apart, with room for another's between.
std::uint64_t spread(std::uint32_t bits) {
  std::uint64_t x = bits;
  x = (x | x << 16) & 0x0000FFFF0000FFFFULL;
  x = (x | x << 8) & 0x00FF00FF00FF00FFULL;
  x = (x | x << 4) & 0x0F0F0F0F0F0F0F0FULL;
  x = (x | x << 2) & 0x3333333333333333ULL;
  return (x | x << 1) & 0x5555555555555555ULL;
}

/// Sorts (code, point) by code, points with equal codes in order: eight bits at a time, the lowest first.
void sort_by_code(std::vector<std::uint64_t>& codes, std::vector<std::uint32_t>& order) {
  constexpr std::size_t kBits = 8, kBuckets = 1U << kBits;
  std::vector<std::uint64_t> codes_there(codes.size());
  std::vector<std::uint32_t> order_there(order.size());
  for (std::size_t shift = 0; shift < 2 * kLevels; shift += kBits) {
    std::array<std::size_t, kBuckets> at{};
    for (const std::uint64_t code : codes) ++at[code >> shift & (kBuckets - 1)];
    std::exclusive_scan(at.begin(), at.end(), at.begin(), std::size_t{0});
    for (std::size_t i = 0; i < codes.size(); ++i) {
      const std::size_t to = at[codes[i] >> shift & (kBuckets - 1)]++;
      codes_there[to] = codes[i];
      order_there[to] = order[i];
    }
    codes.swap(codes_there);
    order.swap(order_there);
  }
}

}  // namespace

void PlaneTree::Sources::clear() {
  x.clear();
  y.clear();
  mass.clear();
}

void PlaneTree::build(std::span<const float> x, std::span<const float> y, Context& context) {
  const std::size_t n = x.size();
  const auto [low_x, high_x] = std::ranges::minmax(x);
  const auto [low_y, high_y] = std::ranges::minmax(y);
  const float side = std::max({high_x - low_x, high_y - low_y, 1e-30F});
  const float scale = static_cast<float>(1 << kLevels) / side, last = static_cast<float>((1 << kLevels) - 1);
  codes_.resize(n);
  order_.resize(n);
  std::iota(order_.begin(), order_.end(), 0U);
  const float left = low_x, below = low_y;
  context.parallel_for(n, kPointsAtOnce, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const auto column = static_cast<std::uint32_t>(std::min((x[i] - left) * scale, last));
      const auto row = static_cast<std::uint32_t>(std::min((y[i] - below) * scale, last));
      codes_[i] = spread(column) | spread(row) << 1;
    }
  });
  sort_by_code(codes_, order_);
  x_.resize(n);
  y_.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    x_[i] = x[order_[i]];
    y_[i] = y[order_[i]];
  }
  cells_.clear();
  leaves_.clear();
  cut(0, static_cast<std::uint32_t>(n), kLevels, side);
}

// Levels run out before memory does: a cell is cut at most twenty times.
void PlaneTree::cut(std::uint32_t begin, std::uint32_t end, int level, float side) {
  const std::size_t self = cells_.size();
  cells_.push_back({0, 0, side, begin, end, 0, level == 0 || end - begin <= kLeaf});
  double sum_x = 0, sum_y = 0;
  if (cells_[self].is_leaf) {
    leaves_.push_back(static_cast<std::uint32_t>(self));
    for (std::uint32_t i = begin; i < end; ++i) {
      sum_x += static_cast<double>(x_[i]);
      sum_y += static_cast<double>(y_[i]);
    }
  } else {
    const int shift = 2 * (level - 1);
    for (std::uint32_t at = begin; at < end;) {
      const std::uint64_t quarter = codes_[at] >> shift;
      const auto stop = std::upper_bound(codes_.begin() + at, codes_.begin() + end, quarter,
                                         [&](std::uint64_t q, std::uint64_t code) { return q < code >> shift; });
      const auto to = static_cast<std::uint32_t>(stop - codes_.begin());
      const std::size_t child = cells_.size();
      cut(at, to, level - 1, side / 2);
      sum_x += static_cast<double>(cells_[child].x) * (to - at);
      sum_y += static_cast<double>(cells_[child].y) * (to - at);
      at = to;
    }
  }
  cells_[self].x = static_cast<float>(sum_x / (end - begin));
  cells_[self].y = static_cast<float>(sum_y / (end - begin));
  cells_[self].next = static_cast<std::uint32_t>(cells_.size());
}

PlaneTree::Box PlaneTree::box_of(const Cell& cell) const {
  const auto [low_x, high_x] = std::ranges::minmax(x().subspan(cell.begin, cell.end - cell.begin));
  const auto [low_y, high_y] = std::ranges::minmax(y().subspan(cell.begin, cell.end - cell.begin));
  return {low_x, high_x, low_y, high_y};
}

void PlaneTree::collect(const Box& box, float theta, Sources& out) const {
  out.clear();
  for (std::size_t c = 0; c < cells_.size();) {
    const Cell& cell = cells_[c];
    const float dx = std::max({box.low_x - cell.x, cell.x - box.high_x, 0.0F});
    const float dy = std::max({box.low_y - cell.y, cell.y - box.high_y, 0.0F});
    if (cell.side * cell.side < theta * theta * (dx * dx + dy * dy)) {
      out.x.push_back(cell.x);
      out.y.push_back(cell.y);
      out.mass.push_back(static_cast<float>(cell.end - cell.begin));
      c = cell.next;
    } else if (cell.is_leaf) {
      out.x.insert(out.x.end(), x_.begin() + cell.begin, x_.begin() + cell.end);
      out.y.insert(out.y.end(), y_.begin() + cell.begin, y_.begin() + cell.end);
      out.mass.insert(out.mass.end(), cell.end - cell.begin, 1.0F);
      c = cell.next;
    } else {
      ++c;
    }
  }
}

}  // namespace akin::analysis
