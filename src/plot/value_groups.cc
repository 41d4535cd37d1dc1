#include "akin/plot/value_groups.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace akin {
namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// "topic 2" before "topic 10": runs of digits by what they count.
bool comes_before(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    if (!is_digit(a.front()) || !is_digit(b.front())) {
      if (a.front() != b.front()) return static_cast<unsigned char>(a.front()) < static_cast<unsigned char>(b.front());
      a.remove_prefix(1), b.remove_prefix(1);
      continue;
    }
    const auto run = [](std::string_view text) { return text.substr(0, std::ranges::find_if_not(text, is_digit) - text.begin()); };
    std::string_view x = run(a), y = run(b);
    a.remove_prefix(x.size()), b.remove_prefix(y.size());
    while (x.size() > 1 && x.front() == '0') x.remove_prefix(1);
    while (y.size() > 1 && y.front() == '0') y.remove_prefix(1);
    if (x.size() != y.size()) return x.size() < y.size();
    if (x != y) return x < y;
  }
  return a.size() < b.size();
}

}  // namespace

double number_in(const std::string& text) noexcept {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return !text.empty() && error == std::errc() && stop == end && std::isfinite(value) ? value : std::nan("");
}

std::vector<double> amounts_in(std::span<const std::string> values) {
  constexpr std::size_t kFewNumbers = 12;
  std::unordered_set<std::string_view> different;
  std::vector<double> numbers;
  numbers.reserve(values.size());
  for (const std::string& value : values) {
    numbers.push_back(number_in(value));
    if (value.empty()) continue;
    if (!(std::abs(numbers.back()) <= static_cast<double>(std::numeric_limits<float>::max()))) return {};
    different.insert(value);
  }
  if (different.size() <= kFewNumbers) return {};
  return numbers;
}

ValueGroups group_by_value(std::span<const std::string> values, std::size_t most) {
  std::unordered_map<std::string, std::size_t> sizes;
  for (const std::string& value : values)
    if (!value.empty()) ++sizes[value];
  ValueGroups out;
  for (const auto& entry : sizes) out.names.push_back(entry.first);
  std::ranges::sort(out.names, [&](const std::string& a, const std::string& b) {
    return sizes[a] != sizes[b] ? sizes[a] > sizes[b] : comes_before(a, b) || (!comes_before(b, a) && a < b);
  });
  out.names.resize(std::min(out.names.size(), most));
  if (std::ranges::none_of(out.names, [](const std::string& name) { return std::isnan(number_in(name)); }))
    std::ranges::sort(out.names, [](const std::string& a, const std::string& b) {
      return number_in(a) != number_in(b) ? number_in(a) < number_in(b) : a < b;
    });
  std::unordered_map<std::string, std::int32_t> place;
  for (std::size_t i = 0; i < out.names.size(); ++i) place.emplace(out.names[i], static_cast<std::int32_t>(i));
  for (const std::string& value : values) {
    const auto found = place.find(value);
    out.groups.push_back(found == place.end() ? -1 : found->second);
  }
  return out;
}

}  // namespace akin
