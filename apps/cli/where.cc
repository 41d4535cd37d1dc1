#include "where.h"

#include <filesystem>

namespace akin::cli {
namespace {

bool names_a_path(const FilterCondition& condition) {
  return !condition.metadata && (condition.field == "uri" || condition.field == "source");
}

bool is_relative(const std::string& path) { return !path.empty() && path.front() != '/' && path.find("://") == std::string::npos; }

/// The same path below the current folder: "" for one that is not relative.
std::string below_here(const std::string& path) {
  if (!is_relative(path)) return {};
  const std::string normal = (std::filesystem::current_path() / path).lexically_normal().string();
  return normal;
}

Filter with_paths_below(Filter filter) {
  for (Filter& part : filter.parts) part = with_paths_below(std::move(part));
  if (filter.kind != Filter::Kind::condition || !names_a_path(filter.condition)) return filter;
  FilterCondition& condition = filter.condition;
  if (condition.op == FilterOperator::one_of) {
    const std::vector<FilterValue> given = condition.values;
    for (const FilterValue& value : given)
      if (std::string below = below_here(value.text); !below.empty()) condition.values.push_back({std::move(below), true});
    return filter;
  }
  const bool compares =
      condition.op == FilterOperator::equal || condition.op == FilterOperator::not_equal || condition.op == FilterOperator::prefix;
  const std::string below = compares ? below_here(condition.values.front().text) : std::string();
  if (below.empty()) return filter;
  Filter other = filter;
  other.condition.values.front() = {below, true};
  const auto kind = condition.op == FilterOperator::not_equal ? Filter::Kind::all : Filter::Kind::any;
  return {.kind = kind, .condition = {}, .parts = {std::move(filter), std::move(other)}};
}

}  // namespace

void add_where_option(CLI::App& verb, std::vector<std::string>& where) {
  verb.add_option(
          "-w,--where", where,
          "Only documents that pass: 'field = value', !=, <, <=, >, >=, ^= (begins with), 'field in (a, b)', 'exists field', and, or, "
          "not; given several times, all must hold")
      ->type_name("FILTER")
      ->expected(1)
      ->take_all();
}

Filter read_where(const std::vector<std::string>& where) {
  std::vector<Filter> filters;
  for (const std::string& text : where) filters.push_back(with_paths_below(parse_filter(text)));
  Filter filter = all_of(std::move(filters));
  check_filter(filter);
  return filter;
}

}  // namespace akin::cli
