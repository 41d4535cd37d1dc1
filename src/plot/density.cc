#include "density.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>

namespace akin::plot {
namespace {

constexpr double kCells = 160;
constexpr int kPasses = 3;  // of a box filter: near enough to a bell

/// A running mean of 2 · half + 1 numbers, `step` apart; outside is 0.
void box_filter(std::vector<double>& values, std::size_t begin, std::size_t n, std::size_t step, std::size_t half) {
  std::vector<double> line(n);
  for (std::size_t i = 0; i < n; ++i) line[i] = values[begin + i * step];
  for (std::size_t i = 0; i < n; ++i) {
    double sum = 0;
    const std::size_t first = i < half ? 0 : i - half, last = std::min(n - 1, i + half);
    for (std::size_t j = first; j <= last; ++j) sum += line[j];
    values[begin + i * step] = sum / static_cast<double>(2 * half + 1);
  }
}

double spread_of(std::vector<double> values) {
  const std::size_t low = values.size() / 4, high = values.size() - 1 - values.size() / 4;
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(low));
  const double first = values[low];
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(high));
  return (values[high] - first) / 1.349;  // quartiles of a bell are so many standard deviations apart
}

// A group of many islands is wide, but not dense so far around: of some points, how far the nearest tenth of all reaches, by the median.
// In a round bell that is 1 / 1.59 standard deviations.
constexpr std::size_t kAsked = 200, kNearShare = 10;
constexpr double kDeviations = 1.59;

double local_spread_of(std::span<const Point> points) {
  std::vector<double> reaches, squares(points.size());
  const std::size_t near = points.size() / kNearShare;
  for (std::size_t asked = 0; asked < points.size(); asked += points.size() / kAsked + 1) {
    for (std::size_t i = 0; i < points.size(); ++i)
      squares[i] = std::pow(points[i].x - points[asked].x, 2) + std::pow(points[i].y - points[asked].y, 2);
    std::ranges::nth_element(squares, squares.begin() + static_cast<std::ptrdiff_t>(near));
    reaches.push_back(std::sqrt(squares[near]));
  }
  const auto middle = reaches.begin() + static_cast<std::ptrdiff_t>(reaches.size() / 2);
  std::ranges::nth_element(reaches, middle);
  return kDeviations * *middle;
}

double turn(Point a, Point b, Point c) { return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x); }

}  // namespace

Density::Density(std::span<const Point> points, const Box& box, double reach) : box_(box), cell_(std::max(box.width, box.height) / kCells) {
  cols_ = static_cast<std::size_t>(std::ceil(box.width / cell_)) + 1;
  rows_ = static_cast<std::size_t>(std::ceil(box.height / cell_)) + 1;
  values_.assign(rows_ * cols_, 0);
  for (const Point& p : points) {
    const double x = std::clamp((p.x - box.x) / cell_, 0.0, static_cast<double>(cols_ - 1));
    const double y = std::clamp((p.y - box.y) / cell_, 0.0, static_cast<double>(rows_ - 1));
    const auto col = std::min(static_cast<std::size_t>(x), cols_ - 2), row = std::min(static_cast<std::size_t>(y), rows_ - 2);
    const double right = x - static_cast<double>(col), down = y - static_cast<double>(row);
    values_[row * cols_ + col] += (1 - right) * (1 - down);
    values_[row * cols_ + col + 1] += right * (1 - down);
    values_[(row + 1) * cols_ + col] += (1 - right) * down;
    values_[(row + 1) * cols_ + col + 1] += right * down;
  }
  smooth(reach);
}

void Density::smooth(double reach) {
  // kPasses boxes of width w have the variance kPasses · (w² − 1) / 12.
  const double sigma = std::max(reach / cell_, 1.0), width = std::sqrt(12 * sigma * sigma / kPasses + 1);
  const auto half = static_cast<std::size_t>(std::lround((width - 1) / 2));
  for (int pass = 0; pass < kPasses; ++pass) {
    for (std::size_t r = 0; r < rows_; ++r) box_filter(values_, r * cols_, cols_, 1, half);
    for (std::size_t c = 0; c < cols_; ++c) box_filter(values_, c, rows_, cols_, half);
  }
}

double Density::value(std::ptrdiff_t row, std::ptrdiff_t col) const {
  const auto rows = static_cast<std::ptrdiff_t>(rows_), cols = static_cast<std::ptrdiff_t>(cols_);
  return row < 0 || col < 0 || row >= rows || col >= cols ? 0 : values_[static_cast<std::size_t>(row * cols + col)];
}

Point Density::node(double row, double col) const { return {box_.x + col * cell_, box_.y + row * cell_}; }

Point Density::densest() const {
  const auto at = static_cast<std::size_t>(std::ranges::max_element(values_) - values_.begin());
  return node(static_cast<double>(at / cols_), static_cast<double>(at % cols_));
}

double Density::at(Point p) const {
  const double x = std::clamp((p.x - box_.x) / cell_, 0.0, static_cast<double>(cols_ - 1));
  const double y = std::clamp((p.y - box_.y) / cell_, 0.0, static_cast<double>(rows_ - 1));
  const auto col = static_cast<std::ptrdiff_t>(x), row = static_cast<std::ptrdiff_t>(y);
  const double right = x - static_cast<double>(col), down = y - static_cast<double>(row);
  return (value(row, col) * (1 - right) + value(row, col + 1) * right) * (1 - down) +
         (value(row + 1, col) * (1 - right) + value(row + 1, col + 1) * right) * down;
}

double Density::level_of(std::span<const Point> points, double part) const {
  std::vector<double> levels;
  for (const Point& p : points) levels.push_back(at(p));
  if (levels.empty()) return 0;
  std::ranges::sort(levels, std::greater());
  const auto last = static_cast<std::size_t>(std::ceil(part * static_cast<double>(levels.size())));
  return levels[std::clamp<std::size_t>(last, 1, levels.size()) - 1];
}

// A square of four nodes, one of whose corners is (row, col), row and col from −1 so that lines close outside the grid. A line enters and
// leaves a square through its sides; sides are numbered by their upper or left node, across ones even, down ones odd.
std::vector<std::vector<Point>> Density::contours(double level) const {
  const auto rows = static_cast<std::ptrdiff_t>(rows_), cols = static_cast<std::ptrdiff_t>(cols_), wide = cols + 2;
  const auto side = [&](std::ptrdiff_t row, std::ptrdiff_t col, bool down) { return 2 * ((row + 1) * wide + col + 1) + (down ? 1 : 0); };
  std::unordered_map<std::ptrdiff_t, std::ptrdiff_t> next;
  std::vector<std::ptrdiff_t> starts;
  for (std::ptrdiff_t r = -1; r < rows; ++r) {
    for (std::ptrdiff_t c = -1; c < cols; ++c) {
      const bool in[] = {value(r, c) >= level, value(r, c + 1) >= level, value(r + 1, c + 1) >= level, value(r + 1, c) >= level};
      const std::ptrdiff_t sides[] = {side(r, c, false), side(r, c + 1, true), side(r + 1, c, false), side(r, c, true)};
      // Around the square: where a corner inside is followed by one outside, a line leaves; it goes to the side before, where it came in.
      for (std::size_t i = 0; i < 4; ++i) {
        if (!in[i] || in[(i + 1) % 4]) continue;
        std::size_t entry = i;
        while (in[entry]) entry = (entry + 3) % 4;
        next.emplace(sides[entry], sides[i]);
        starts.push_back(sides[entry]);
      }
    }
  }
  const auto crossing = [&](std::ptrdiff_t number) {
    const std::ptrdiff_t at = number / 2, row = at / wide - 1, col = at % wide - 1;
    const bool down = number % 2 == 1;
    const double a = value(row, col), b = down ? value(row + 1, col) : value(row, col + 1);
    const double t = (level - a) / (b - a);
    return node(static_cast<double>(row) + (down ? t : 0), static_cast<double>(col) + (down ? 0 : t));
  };
  std::vector<std::vector<Point>> lines;
  for (const std::ptrdiff_t start : starts) {
    std::vector<Point> line;
    for (auto found = next.find(start); found != next.end();) {
      line.push_back(crossing(found->first));
      const std::ptrdiff_t to = found->second;
      next.erase(found);
      found = next.find(to);
    }
    if (line.size() > 2) lines.push_back(std::move(line));
  }
  return lines;
}

double reach_for(std::span<const Point> points) {
  if (points.size() < 2) return 0;
  std::vector<double> x, y;
  for (const Point& p : points) x.push_back(p.x), y.push_back(p.y);
  const double spread = std::min({spread_of(x), spread_of(y), local_spread_of(points)});
  return 0.9 * spread * std::pow(static_cast<double>(points.size()), -1.0 / 6);
}

std::vector<Point> convex_hull(std::vector<Point> points) {
  std::ranges::sort(points, [](Point a, Point b) { return a.x != b.x ? a.x < b.x : a.y < b.y; });
  if (points.size() < 3) return points;
  std::vector<Point> hull;
  const auto add = [&](Point p, std::size_t keep) {
    while (hull.size() >= keep + 2 && turn(hull[hull.size() - 2], hull.back(), p) <= 0) hull.pop_back();
    hull.push_back(p);
  };
  for (const Point& p : points) add(p, 0);
  const std::size_t lower = hull.size() - 1;
  for (std::size_t i = points.size() - 1; i-- > 0;) add(points[i], lower);
  hull.pop_back();
  return hull;
}

}  // namespace akin::plot
