#include "akin/analysis/label_agreement.h"

#include <cmath>
#include <map>
#include <unordered_map>
#include <utility>

#include "akin/base/error.h"

namespace akin {
namespace {

using Counts = std::map<std::int32_t, double>;

/// How often each pair of labels comes, and each label.
struct Contingency {
  std::map<std::pair<std::int32_t, std::int32_t>, double> pairs;
  Counts truth, found;
  double n = 0;
};

Contingency count(std::span<const std::int32_t> truth, std::span<const std::int32_t> found) {
  Contingency out;
  out.n = static_cast<double>(truth.size());
  for (std::size_t i = 0; i < truth.size(); ++i) {
    ++out.pairs[{truth[i], found[i]}];
    ++out.truth[truth[i]];
    ++out.found[found[i]];
  }
  return out;
}

double entropy(const Counts& counts, double n) {
  double sum = 0;
  for (const auto& [label, c] : counts) sum -= c / n * (std::log(c) - std::log(n));
  return counts.size() == 1 ? 0 : sum;
}

double mutual_information(const Contingency& table) {
  double sum = 0;
  for (const auto& [pair, c] : table.pairs)
    sum += c / table.n * (std::log(c) + std::log(table.n) - std::log(table.truth.at(pair.first)) - std::log(table.found.at(pair.second)));
  return std::max(0.0, sum);
}

double sum_of_squares(const auto& counts) {
  double sum = 0;
  for (const auto& [label, c] : counts) sum += c * c;
  return sum;
}

double adjusted_rand(const Contingency& table) {
  // Ordered pairs of different things: together in both, in one alone, in none.
  const double together = sum_of_squares(table.pairs), in_truth = sum_of_squares(table.truth), in_found = sum_of_squares(table.found);
  const double both = together - table.n, only_truth = in_truth - together, only_found = in_found - together;
  const double none = table.n * table.n - in_truth - in_found + together;
  if (only_truth == 0 && only_found == 0) return 1;
  return 2 * (both * none - only_truth * only_found) /
         ((both + only_truth) * (only_truth + none) + (both + only_found) * (only_found + none));
}

}  // namespace

LabelAgreement compare_labels(std::span<const std::int32_t> truth, std::span<const std::int32_t> found) {
  require(!truth.empty() && truth.size() == found.size(), "compare_labels: two lists of the same length are wanted, of one label at least");
  const Contingency table = count(truth, found);
  const double information = mutual_information(table);
  const double of_truth = entropy(table.truth, table.n), of_found = entropy(table.found, table.n);
  LabelAgreement out;
  out.adjusted_rand = adjusted_rand(table);
  out.homogeneity = of_truth > 0 ? information / of_truth : 1;
  out.completeness = of_found > 0 ? information / of_found : 1;
  const double sum = out.homogeneity + out.completeness;
  out.v_measure = sum > 0 ? 2 * out.homogeneity * out.completeness / sum : 0;
  out.n_true = table.truth.size();
  out.n_found = table.found.size();
  return out;
}

std::vector<std::int32_t> number_labels(std::span<const std::string> names) {
  std::unordered_map<std::string, std::int32_t> numbers;
  std::vector<std::int32_t> out;
  for (const std::string& name : names) out.push_back(numbers.try_emplace(name, static_cast<std::int32_t>(numbers.size())).first->second);
  return out;
}

}  // namespace akin
