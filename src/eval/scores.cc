#include "akin/eval/scores.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "akin/base/error.h"

namespace akin {
namespace {

void check_pairs(std::span<const double> x, std::span<const double> y) {
  require(x.size() == y.size(), "correlation: both sides need the same number of values");
  require(x.size() >= 2, "correlation: at least two pairs are needed");
}

double mean_of(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

}  // namespace

double pearson(std::span<const double> x, std::span<const double> y) {
  check_pairs(x, y);
  const double mean_x = mean_of(x), mean_y = mean_of(y);
  double xy = 0, xx = 0, yy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double dx = x[i] - mean_x, dy = y[i] - mean_y;
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  const double scale = std::sqrt(xx) * std::sqrt(yy);
  return scale > 0 ? xy / scale : std::numeric_limits<double>::quiet_NaN();
}

std::vector<double> ranks_of(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    // Places begin + 1 … end share their mean.
    const double rank = static_cast<double>(begin + 1 + end) / 2;
    for (; begin < end; ++begin) ranks[order[begin]] = rank;
  }
  return ranks;
}

double spearman(std::span<const double> x, std::span<const double> y) {
  check_pairs(x, y);
  return pearson(ranks_of(x), ranks_of(y));
}

double ndcg_at(std::size_t k, std::span<const std::uint64_t> ranking, const RelevantRows& relevant) {
  if (relevant.empty() || k == 0) return 0;
  const auto gain = [](std::size_t i) { return 1 / std::log2(static_cast<double>(i) + 2); };
  double found = 0, ideal = 0;
  for (std::size_t i = 0; i < std::min(k, ranking.size()); ++i)
    if (relevant.contains(ranking[i])) found += gain(i);
  for (std::size_t i = 0; i < std::min(k, relevant.size()); ++i) ideal += gain(i);
  return found / ideal;
}

double recall_at(std::size_t k, std::span<const std::uint64_t> ranking, const RelevantRows& relevant) {
  if (relevant.empty()) return 0;
  std::size_t found = 0;
  for (std::size_t i = 0; i < std::min(k, ranking.size()); ++i) found += relevant.contains(ranking[i]) ? 1 : 0;
  return static_cast<double>(found) / static_cast<double>(relevant.size());
}

double reciprocal_rank_at(std::size_t k, std::span<const std::uint64_t> ranking, const RelevantRows& relevant) {
  for (std::size_t i = 0; i < std::min(k, ranking.size()); ++i)
    if (relevant.contains(ranking[i])) return 1 / static_cast<double>(i + 1);
  return 0;
}

}  // namespace akin
