#include "filter_sql.h"

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

class Compiler {
 public:
  explicit Compiler(std::int64_t version)
      : number_(version < 2 ? "akin_number(value)" : "number"), time_(version < 2 ? "akin_time(value)" : "time") {}

  ConditionSql compile(FilterCondition condition) {
    ConditionSql sql;
    sql.inverted = condition.op == FilterOperator::not_equal;
    if (sql.inverted) condition.op = FilterOperator::equal;
    const BuiltInField* field = built_in_field(condition);
    if (field == nullptr) {
      sql.text = metadata(condition);
    } else {
      sql.text = std::string(field->select) + (field->is_number ? numbers(*field, condition) : texts(field->column, condition));
      sql.of_chunks = field->of_chunks;
    }
    sql.values = std::move(values_);
    return sql;
  }

 private:
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

  [[nodiscard]] std::string arm(const std::string& test) const {
    return "SELECT akin_collect(?1, document_id) FROM metadata WHERE field = " + field_ + test;
  }

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
    return "?" + std::to_string(values_.size() + 1);
  }

  std::string number_, time_;  // of a value of the metadata
  std::string field_;          // the parameter with the name of the field
  std::vector<std::variant<std::int64_t, double, std::string>> values_;
};

/// Ids of documents, or of chunks.
struct Kept {
  IdSet ids;
  bool of_chunks = false;
};

class Evaluation {
 public:
  Evaluation(Connection& connection, ChunkOwners& owners) : connection_(connection), owners_(owners), version_(read_version(connection)) {}

  IdSet chunks(const Filter& filter) { return as_chunks(tree(filter)); }

 private:
  Kept tree(const Filter& filter) {
    if (filter.kind == Filter::Kind::condition) return condition(filter.condition);
    Kept kept = tree(filter.parts.front());
    if (filter.kind == Filter::Kind::negation) return {std::move(kept.ids).inverted(), kept.of_chunks};
    for (std::size_t i = 1; i < filter.parts.size(); ++i) {
      Kept other = tree(filter.parts[i]);
      if (kept.of_chunks != other.of_chunks) kept = {as_chunks(std::move(kept)), true}, other = {as_chunks(std::move(other)), true};
      kept.ids =
          filter.kind == Filter::Kind::all ? IdSet::both(kept.ids, other.ids) : IdSet::either(std::move(kept.ids), std::move(other.ids));
    }
    return kept;
  }

  Kept condition(const FilterCondition& condition) {
    const ConditionSql sql = condition_sql(condition, version_);
    Statement query(connection_, sql.text);
    std::vector<std::uint64_t> ids;
    query.bind_list_at(1, ids);
    for (std::size_t i = 0; i < sql.values.size(); ++i) {
      const auto bind = [&](const auto& value) {
        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::string>)
          query.bind_at(static_cast<int>(i) + 2, std::string_view(value));
        else
          query.bind_at(static_cast<int>(i) + 2, value);
      };
      std::visit(bind, sql.values[i]);
    }
    query.run();
    IdSet set = IdSet::of(std::move(ids));
    return {sql.inverted ? std::move(set).inverted() : std::move(set), sql.of_chunks};
  }

  IdSet as_chunks(Kept kept) { return kept.of_chunks ? std::move(kept.ids) : owners_.chunks_of(kept.ids, connection_); }

  Connection& connection_;
  ChunkOwners& owners_;
  std::int64_t version_;
};

}  // namespace

ConditionSql condition_sql(const FilterCondition& condition, std::int64_t version) { return Compiler(version).compile(condition); }

std::vector<std::uint64_t> kept_chunk_ids(Connection& connection, const Filter& filter, ChunkOwners& owners) {
  require(!filter.keeps_all(), "a filter without conditions needs no SQL");
  check_filter(filter);
  IdSet chunks = Evaluation(connection, owners).chunks(filter);
  // All chunks but some: those of all documents but none, without these.
  if (chunks.is_all_but()) chunks = IdSet::both(owners.chunks_of(IdSet().inverted(), connection), chunks);
  return std::move(chunks).take();
}

}  // namespace akin::store
