#include "akin/eval/ranking_scores.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "akin/base/error.h"

namespace akin {
namespace {

/// Rows by falling scores.
std::vector<std::size_t> falling(std::span<const double> scores, std::span<const std::uint8_t> truth) {
  if (scores.size() != truth.size())
    throw Error(ErrorCode::mismatch, std::to_string(scores.size()) + " scores for " + std::to_string(truth.size()) + " rows");
  require(std::ranges::none_of(scores, [](double x) { return std::isnan(x); }), "a score is not a number");
  require(std::ranges::any_of(truth, [](std::uint8_t t) { return t != 0; }), "no row is of the kind that is looked for");
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  return order;
}

/// Calls take(n_true, n_all) for each run of equal scores, the highest first.
template <class Take>
void for_each_run(std::span<const double> scores, std::span<const std::uint8_t> truth, const Take& take) {
  const std::vector<std::size_t> order = falling(scores, truth);
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    std::size_t n_true = 0;
    for (; end < order.size() && scores[order[end]] == scores[order[begin]]; ++end) n_true += truth[order[end]] != 0 ? 1 : 0;
    take(n_true, end - begin);
  }
}

}  // namespace

double roc_auc(std::span<const double> scores, std::span<const std::uint8_t> truth) {
  double pairs = 0, n_true = 0, n_other = 0;
  for_each_run(scores, truth, [&](std::size_t here, std::size_t all) {
    const auto others = static_cast<double>(all - here);
    pairs += others * (n_true + static_cast<double>(here) / 2);
    n_true += static_cast<double>(here);
    n_other += others;
  });
  require(n_other > 0, "every row is of the kind that is looked for");
  return pairs / (n_true * n_other);
}

double average_precision(std::span<const double> scores, std::span<const std::uint8_t> truth) {
  double sum = 0, n_true = 0, n_seen = 0;
  for_each_run(scores, truth, [&](std::size_t here, std::size_t all) {
    n_true += static_cast<double>(here);
    n_seen += static_cast<double>(all);
    sum += static_cast<double>(here) * n_true / n_seen;
  });
  return sum / n_true;
}

}  // namespace akin
