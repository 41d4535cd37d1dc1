#include "duplicate_order.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <numeric>
#include <optional>
#include <string_view>

#include "akin/base/error.h"
#include "akin/base/utf8.h"
#include "command.h"

namespace akin::cli {
namespace {

using Order = std::vector<std::uint32_t>;

bool is_by_field(const std::string& rule) { return (rule.starts_with("max:") || rule.starts_with("min:")) && rule.size() > 4; }

std::optional<double> number_in(std::string_view text) {
  double number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || end != text.data() + text.size() || number != number) return std::nullopt;
  return number;
}

/// Rows that have a value, by it; then the others.
template <class Value>
void sort_by(const std::vector<std::optional<Value>>& values, bool largest_first, Order& order) {
  std::ranges::stable_sort(order, [&](std::uint32_t a, std::uint32_t b) {
    if (!values[a] || !values[b]) return values[a].has_value() && !values[b].has_value();
    return largest_first ? *values[b] < *values[a] : *values[a] < *values[b];
  });
}

void sort_by_field(const std::string& rule, const AnalysisItems& items, Order& order) {
  const std::string name = rule.substr(4);
  const bool largest_first = rule.starts_with("max:");
  std::vector<std::optional<std::string_view>> texts(items.size());
  std::vector<std::optional<double>> numbers(items.size());
  bool has_any = false, are_numbers = true;
  for (std::size_t row = 0; row < items.size(); ++row) {
    const std::string_view value = items.field(row, name);
    if (value.empty()) continue;
    has_any = true;
    texts[row] = value;
    numbers[row] = number_in(value);
    are_numbers = are_numbers && numbers[row].has_value();
  }
  if (!has_any) throw Error(ErrorCode::not_found, "--keep " + rule + ": no row of " + items.source + " has a field '" + name + "'");
  are_numbers ? sort_by(numbers, largest_first, order) : sort_by(texts, largest_first, order);
}

void sort_by_length(bool longest_first, const AnalysisItems& items, Order& order) {
  if (items.texts.empty())
    throw Error(ErrorCode::invalid_argument, "--keep longest and shortest are for texts; " + items.source + " has none");
  std::vector<std::optional<std::size_t>> lengths;
  for (const std::string& text : items.texts) lengths.emplace_back(count_code_points(text));
  sort_by(lengths, longest_first, order);
}

}  // namespace

void check_keep_rule(const std::string& rule) {
  if (!is_by_field(rule)) check_choice("--keep", rule, {"first", "last", "longest", "shortest", "central", "max:FIELD", "min:FIELD"});
  if (rule == "max:FIELD" || rule == "min:FIELD") throw UsageError("--keep: name a field in place of FIELD");
}

std::vector<std::uint32_t> keep_order(const std::string& rule, const AnalysisItems& items) {
  check_keep_rule(rule);
  Order order(items.size());
  std::iota(order.begin(), order.end(), 0U);
  if (rule == "last") std::ranges::reverse(order);
  if (rule == "longest" || rule == "shortest") sort_by_length(rule == "longest", items, order);
  if (is_by_field(rule)) sort_by_field(rule, items, order);
  return order;
}

}  // namespace akin::cli
