#include "filter_sql.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "akin/base/error.h"
#include "filter_fields.h"
#include "filter_lexer.h"
#include "schema.h"
#include "typed_value.h"

namespace akin::store {
namespace {

/// Bytes just behind all texts that begin so; empty if there are none behind.
std::string behind_prefix(std::string text) {
  while (!text.empty() && static_cast<unsigned char>(text.back()) == 0xFF) text.pop_back();
  if (!text.empty()) text.back() = static_cast<char>(static_cast<unsigned char>(text.back()) + 1);
  return text;
}

std::size_t depth_of(const Filter& filter) {
  std::size_t depth = 0;
  for (const Filter& part : filter.parts) depth = std::max(depth, 1 + depth_of(part));
  return depth;
}

class Compiler {
 public:
  explicit Compiler(std::int64_t version)
      : number_(version < 2 ? "akin_number(value)" : "number"), time_(version < 2 ? "akin_time(value)" : "time") {}

  FilterSql compile(const Filter& filter) {
    const std::string where = tree(filter);
    return {"SELECT c.id FROM chunks c WHERE " + where, std::move(values_)};
  }

 private:
  std::string tree(const Filter& filter) {
    if (filter.kind == Filter::Kind::condition) return condition(filter.condition);
    if (filter.kind == Filter::Kind::negation) return "NOT " + tree(filter.parts.front());
    // SQLite's parser keeps what stands before a parenthesis on a stack of a hundred: the deepest part comes first.
    std::vector<const Filter*> parts;
    for (const Filter& part : filter.parts) parts.push_back(&part);
    std::stable_sort(parts.begin(), parts.end(), [](const Filter* a, const Filter* b) { return depth_of(*a) > depth_of(*b); });
    std::string out;
    for (const Filter* part : parts) {
      if (!out.empty()) out += filter.kind == Filter::Kind::all ? " AND " : " OR ";
      out += tree(*part);
    }
    return "(" + out + ")";
  }

  std::string condition(const FilterCondition& condition) {
    if (condition.op == FilterOperator::not_equal) {
      FilterCondition equal = condition;
      equal.op = FilterOperator::equal;
      return "NOT " + positive(equal);
    }
    return positive(condition);
  }

  std::string positive(const FilterCondition& condition) {
    const BuiltInField* field = built_in_field(condition);
    if (field == nullptr) return "c.document_id IN (" + metadata(condition) + ")";
    const std::string compare = field->is_number ? numbers(*field, condition) : texts(field->column, condition);
    return field->documents.empty() ? compare : "c.document_id IN (" + std::string(field->documents) + compare + ")";
  }

  std::string numbers(const BuiltInField& field, const FilterCondition& condition) {
    const std::string column(field.column);
    if (condition.op == FilterOperator::exists) return column + " <> 0";
    std::vector<double> values;
    for (const FilterValue& value : condition.values) values.push_back(*number_of(value.text));
    return condition.op == FilterOperator::one_of ? column + list(values) : column + sign(condition.op) + bound(values.front());
  }

  /// A comparison of texts, whatever they look like.
  std::string texts(std::string_view name, const FilterCondition& condition) {
    const std::string column(name);
    if (condition.op == FilterOperator::exists) return column + " <> ''";
    if (condition.op == FilterOperator::one_of) {
      std::vector<std::string> values;
      for (const FilterValue& value : condition.values) values.push_back(value.text);
      return column + list(values);
    }
    const std::string& text = condition.values.front().text;
    if (condition.op != FilterOperator::prefix) return column + sign(condition.op) + bound(text);
    const std::string end = behind_prefix(text);
    return column + " >= " + bound(text) + (end.empty() ? "" : " AND " + column + " < " + bound(end));
  }

  /// SELECTs of the documents that pass.
  std::string metadata(const FilterCondition& condition) {
    field_ = bound(condition.field);
    if (condition.op == FilterOperator::exists) return arm("");
    if (condition.op == FilterOperator::prefix) return arm(" AND " + texts("value", condition));
    std::vector<std::string> plain;
    std::vector<double> numbers;
    std::vector<TimeSpan> spans;
    for (const FilterValue& value : condition.values) {
      const auto number = value.quoted ? std::nullopt : number_of(value.text);
      const auto span = value.quoted ? std::nullopt : number ? year_of(value.text) : time_of(value.text);
      if (number) numbers.push_back(*number);
      if (span) spans.push_back(*span);
      if (!number && !span) plain.push_back(value.text);
    }
    std::string out;
    const auto add = [&](const std::string& test) { out += (out.empty() ? "" : " UNION ALL ") + arm(" AND " + test); };
    const FilterOperator op = condition.op;
    if (!plain.empty()) add("value" + (op == FilterOperator::one_of ? list(plain) : sign(op) + bound(plain.front())));
    if (!numbers.empty()) add(number_ + (op == FilterOperator::one_of ? list(numbers) : sign(op) + bound(numbers.front())));
    for (const TimeSpan& span : spans) add(time(op, span));
    return out;
  }

  [[nodiscard]] std::string arm(const std::string& test) const { return "SELECT document_id FROM metadata WHERE field = " + field_ + test; }

  std::string time(FilterOperator op, const TimeSpan& span) {
    switch (op) {
      case FilterOperator::less:
        return time_ + " < " + bound(span.begin);
      case FilterOperator::less_equal:
        return time_ + " < " + bound(span.end);
      case FilterOperator::greater:
        return time_ + " >= " + bound(span.end);
      case FilterOperator::greater_equal:
        return time_ + " >= " + bound(span.begin);
      default:
        return time_ + " >= " + bound(span.begin) + " AND " + time_ + " < " + bound(span.end);
    }
  }

  static std::string sign(FilterOperator op) { return " " + std::string(sign_of(op)) + " "; }

  template <class T>
  std::string list(const std::vector<T>& values) {
    std::string out;
    for (const T& value : values) out += (out.empty() ? "" : ", ") + bound(value);
    return " IN (" + out + ")";
  }

  template <class T>
  std::string bound(T value) {
    values_.emplace_back(std::move(value));
    return "?" + std::to_string(values_.size());
  }

  std::string number_, time_;  // of a value of the metadata
  std::string field_;          // the parameter with the name of the field
  std::vector<std::variant<std::int64_t, double, std::string>> values_;
};

}  // namespace

FilterSql filter_sql(const Filter& filter, std::int64_t version) {
  require(!filter.keeps_all(), "a filter without conditions needs no SQL");
  check_filter(filter);
  return Compiler(version).compile(filter);
}

std::vector<std::uint64_t> kept_chunk_ids(Connection& connection, const Filter& filter) {
  const FilterSql sql = filter_sql(filter, read_version(connection));
  Statement query(connection, sql.text);
  for (std::size_t i = 0; i < sql.values.size(); ++i) {
    const auto bind = [&](const auto& value) {
      if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::string>)
        query.bind_at(static_cast<int>(i) + 1, std::string_view(value));
      else
        query.bind_at(static_cast<int>(i) + 1, value);
    };
    std::visit(bind, sql.values[i]);
  }
  std::vector<std::uint64_t> ids;
  while (query.step()) ids.push_back(static_cast<std::uint64_t>(query.integer(0)));
  std::sort(ids.begin(), ids.end());
  return ids;
}

}  // namespace akin::store
