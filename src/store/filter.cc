#include "akin/store/filter.h"

#include <algorithm>
#include <array>

#include "akin/base/error.h"
#include "filter_fields.h"
#include "filter_lexer.h"
#include "typed_value.h"

namespace akin {
namespace store {
namespace {

constexpr std::string_view kDocuments = "SELECT akin_collect(?1, id) FROM documents WHERE ";
constexpr std::string_view kSources = "SELECT akin_collect(?1, d.id) FROM sources s JOIN documents d ON d.source_id = s.id WHERE ";
constexpr std::string_view kChunks = "SELECT akin_collect(?1, id) FROM chunks WHERE ";

constexpr std::array<BuiltInField, 7> kFields = {{
    {"uri", false, kDocuments, "uri"},
    {"title", false, kDocuments, "title"},
    {"format", false, kDocuments, "format"},
    {"source", false, kSources, "s.path"},
    {"chunks", true, kDocuments, "n_chunks"},
    {"page", true, kChunks, "page", true},
    {"line", true, kChunks, "line", true},
}};

}  // namespace

const BuiltInField* built_in_field(const FilterCondition& condition) noexcept {
  if (condition.metadata) return nullptr;
  const auto* at = std::find_if(kFields.begin(), kFields.end(), [&](const BuiltInField& f) { return f.name == condition.field; });
  return at == kFields.end() ? nullptr : at;
}

std::string reason_against(const BuiltInField* field, FilterOperator op, const FilterValue& value) {
  if (field == nullptr || !field->is_number) return {};
  const std::string name = "'" + std::string(field->name) + "' is a number";
  if (op == FilterOperator::prefix) return name + ", which begins with no text";
  return !value.quoted && number_of(value.text) ? std::string() : name;
}

}  // namespace store

namespace {

using namespace store;

/// Each parenthesis holds an "or" of "and" at most, and may have a "not" before it.
constexpr std::size_t kTreeDepth = 3 * FilterLimits::kDepth + 2;

struct Count {
  std::size_t conditions = 0, values = 0;
};

[[noreturn]] void too_much(const std::string& what, std::size_t has, std::size_t most) {
  throw Error(ErrorCode::limit, "the filter has " + std::to_string(has) + " " + what + ", " + std::to_string(most) + " are allowed");
}

void check_condition(const FilterCondition& condition, Count& count) {
  const std::size_t n = condition.values.size();
  const bool right = condition.op == FilterOperator::exists ? n == 0 : condition.op == FilterOperator::one_of ? n > 0 : n == 1;
  if (!right)
    throw Error(ErrorCode::invalid_argument, "the filter compares '" + condition.field + "' with " + std::to_string(n) + " values");
  count.conditions += 1;
  count.values += n;
  std::size_t n_dates = 0;
  for (const FilterValue& value : condition.values) {
    const std::string reason = reason_against(built_in_field(condition), condition.op, value);
    if (!reason.empty()) throw Error(ErrorCode::invalid_argument, "the filter compares with '" + value.text + "': " + reason);
    if (n > 1 && !value.quoted && (time_of(value.text) || year_of(value.text))) ++n_dates;
  }
  if (n_dates > FilterLimits::kDatesInList) too_much("dates and years in a list", n_dates, FilterLimits::kDatesInList);
  if (count.conditions > FilterLimits::kConditions) too_much("conditions or more", count.conditions, FilterLimits::kConditions);
  if (count.values > FilterLimits::kValues) too_much("values or more", count.values, FilterLimits::kValues);
}

void check_tree(const Filter& filter, std::size_t depth, Count& count) {
  if (depth > kTreeDepth) too_much("levels", depth, kTreeDepth);
  if (filter.kind == Filter::Kind::condition) return check_condition(filter.condition, count);
  const std::size_t n = filter.parts.size();
  const bool right = filter.kind == Filter::Kind::everything ? n == 0 : filter.kind == Filter::Kind::negation ? n == 1 : n > 1;
  if (!right) throw Error(ErrorCode::invalid_argument, "the filter joins " + std::to_string(n) + " parts where another number is wanted");
  for (const Filter& part : filter.parts) {
    require(!part.keeps_all(), "the filter has a part without a condition");
    check_tree(part, depth + 1, count);
  }
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string value_text(const FilterValue& value) { return value.quoted || !is_plain_value(value.text) ? quoted(value.text) : value.text; }

std::string field_text(const FilterCondition& condition) {
  const bool plain = !condition.metadata && is_plain_field(condition.field);
  return plain ? condition.field : quoted(condition.field);
}

std::string condition_text(const FilterCondition& condition) {
  const std::string field = field_text(condition);
  if (condition.op == FilterOperator::exists) return "exists " + field;
  if (condition.op != FilterOperator::one_of)
    return field + " " + std::string(sign_of(condition.op)) + " " + value_text(condition.values.front());
  std::string list;
  for (const FilterValue& value : condition.values) list += (list.empty() ? "" : ", ") + value_text(value);
  return field + " in (" + list + ")";
}

std::string part_text(const Filter& part) {
  const bool wrap = part.kind == Filter::Kind::any || part.kind == Filter::Kind::all;
  return wrap ? "(" + to_text(part) + ")" : to_text(part);
}

void collect_fields(const Filter& filter, std::vector<std::string>& names) {
  if (filter.kind == Filter::Kind::condition && built_in_field(filter.condition) == nullptr) names.push_back(filter.condition.field);
  for (const Filter& part : filter.parts) collect_fields(part, names);
}

}  // namespace

Filter Filter::equals(std::string field, std::string value) {
  return {.kind = Kind::condition,
          .condition = {.field = std::move(field), .op = FilterOperator::equal, .values = {{std::move(value), true}}},
          .parts = {}};
}

std::string to_text(const Filter& filter) {
  switch (filter.kind) {
    case Filter::Kind::everything:
      return {};
    case Filter::Kind::condition:
      return condition_text(filter.condition);
    case Filter::Kind::negation:
      return "not " + part_text(filter.parts.front());
    case Filter::Kind::all:
    case Filter::Kind::any:
      break;
  }
  std::string out;
  for (const Filter& part : filter.parts) {
    if (!out.empty()) out += filter.kind == Filter::Kind::all ? " and " : " or ";
    out += part_text(part);
  }
  return out;
}

Filter all_of(std::vector<Filter> filters) {
  std::erase_if(filters, [](const Filter& filter) { return filter.keeps_all(); });
  if (filters.empty()) return {};
  if (filters.size() == 1) return std::move(filters.front());
  return {.kind = Filter::Kind::all, .condition = {}, .parts = std::move(filters)};
}

void check_filter(const Filter& filter) {
  Count count;
  check_tree(filter, 0, count);
}

const std::vector<std::string>& built_in_fields() {
  static const auto names = [] {
    std::vector<std::string> out;
    for (const BuiltInField& field : kFields) out.emplace_back(field.name);
    return out;
  }();
  return names;
}

std::vector<std::string> metadata_fields_of(const Filter& filter) {
  std::vector<std::string> names;
  collect_fields(filter, names);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace akin
