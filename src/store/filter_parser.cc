// Text → Filter: a parser by descent, one token ahead. filter := all {"or" all}; all := part {"and" part};
// part := "not" part | "(" filter ")" | condition. See filter.h; tested by filter_parser_test.cc.
#include <algorithm>
#include <array>
#include <optional>

#include "akin/base/edit_distance.h"
#include "akin/base/error.h"
#include "akin/store/filter.h"
#include "filter_fields.h"
#include "filter_lexer.h"

namespace akin {
namespace {

using namespace store;

constexpr std::array<FilterOperator, 7> kCompares = {FilterOperator::equal,      FilterOperator::not_equal, FilterOperator::less,
                                                     FilterOperator::less_equal, FilterOperator::greater,   FilterOperator::greater_equal,
                                                     FilterOperator::prefix};
constexpr std::string_view kWantedOperator = "=, !=, <, <=, >, >=, ^= or in";

/// Signs that other languages have, and what is meant.
struct ForeignSign {
  std::string_view sign, ours;
};
constexpr std::array<ForeignSign, 6> kForeign = {{{"==", "="}, {"<>", "!="}, {"=>", ">="}, {"=<", "<="}, {"=^", "^="}, {"^", "^="}}};

Filter joined(Filter::Kind kind, std::vector<Filter> parts) {
  if (parts.size() == 1) return std::move(parts.front());
  return {.kind = kind, .condition = {}, .parts = std::move(parts)};
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) { next(); }

  Filter parse() {
    if (token_.kind == TokenKind::end) return {};
    Filter filter = any(0);
    if (token_.kind != TokenKind::end) fail_behind_condition();
    return filter;
  }

 private:
  void next(bool is_value = false) {
    last_ = std::move(token_);
    token_ = read_token(text_, last_.end, is_value);
    if (token_.kind == TokenKind::broken) fail(token_.text);
  }

  bool accept_word(std::string_view word) {
    if (!is_word(token_, word)) return false;
    next();
    return true;
  }

  Filter any(std::size_t depth) {
    std::vector<Filter> parts;
    do parts.push_back(all(depth));
    while (accept_word("or"));
    return joined(Filter::Kind::any, std::move(parts));
  }

  Filter all(std::size_t depth) {
    std::vector<Filter> parts;
    do parts.push_back(part(depth));
    while (accept_word("and"));
    return joined(Filter::Kind::all, std::move(parts));
  }

  Filter part(std::size_t depth) {
    const bool nests = token_.kind == TokenKind::open || is_word(token_, "not");
    if (nests && depth == FilterLimits::kDepth)
      fail("more than " + std::to_string(FilterLimits::kDepth) + " parentheses and 'not' inside each other");
    if (accept_word("not")) return negation(part(depth + 1));
    if (token_.kind != TokenKind::open) return condition();
    const std::size_t open = token_.begin;
    next();
    Filter inner = any(depth + 1);
    if (token_.kind == TokenKind::end) fail_at(open, "this parenthesis has no end");
    if (token_.kind != TokenKind::close) fail_behind_condition();
    next();
    return inner;
  }

  static Filter negation(Filter inner) {
    Filter filter{.kind = Filter::Kind::negation, .condition = {}, .parts = {}};
    filter.parts.push_back(std::move(inner));
    return filter;
  }

  Filter condition() {
    if (++n_conditions_ > FilterLimits::kConditions) fail("more than " + std::to_string(FilterLimits::kConditions) + " conditions");
    Filter filter{.kind = Filter::Kind::condition, .condition = {}, .parts = {}};
    FilterCondition& made = filter.condition;
    if (accept_word("exists")) {
      made.op = FilterOperator::exists;
      read_field(made, "a field behind 'exists'");
      return filter;
    }
    read_field(made, "a field");
    if (accept_word("not")) {
      if (!is_word(token_, "in")) fail_wanted("'in'");
      read_list(made);
      return negation(std::move(filter));
    }
    if (is_word(token_, "in")) {
      read_list(made);
    } else {
      made.op = read_operator();
      read_value(made);
    }
    return filter;
  }

  void read_field(FilterCondition& made, const std::string& wanted) {
    const bool is_field = token_.kind == TokenKind::quoted || (token_.kind == TokenKind::word && is_plain_field(token_.text));
    if (!is_field) fail_wanted(wanted + (token_.kind == TokenKind::word ? "; a field of this name is written in quotation marks" : ""));
    made.field = token_.text;
    made.metadata = token_.kind == TokenKind::quoted;
    made.metadata = made.metadata && built_in_field({.field = made.field, .values = {}}) != nullptr;
    next();
  }

  FilterOperator read_operator() {
    if (token_.kind == TokenKind::sign) {
      for (const FilterOperator op : kCompares) {
        if (token_.text != sign_of(op)) continue;
        next(true);
        return op;
      }
      for (const ForeignSign& foreign : kForeign)
        if (token_.text == foreign.sign) fail_found("did you mean '" + std::string(foreign.ours) + "'?");
      fail_wanted(std::string(kWantedOperator));
    }
    const bool mistyped = last_.kind == TokenKind::word && token_.kind != TokenKind::end && edit_distance(last_.text, "exists") <= 2;
    if (mistyped) fail_at(last_.begin, "found '" + last_.text + "', did you mean 'exists'?");
    fail_wanted(std::string(kWantedOperator));
  }

  void read_value(FilterCondition& made) {
    if (token_.kind != TokenKind::word && token_.kind != TokenKind::quoted) fail_wanted("a value");
    if (++n_values_ > FilterLimits::kValues) fail("more than " + std::to_string(FilterLimits::kValues) + " values");
    FilterValue value{token_.text, token_.kind == TokenKind::quoted};
    const std::string reason = reason_against(built_in_field(made), made.op, value);
    if (!reason.empty()) fail_found(reason);
    made.values.push_back(std::move(value));
    next();
  }

  void read_list(FilterCondition& made) {
    made.op = FilterOperator::one_of;
    next();
    if (token_.kind != TokenKind::open) fail_wanted("'(' and values behind 'in'");
    do {
      next(true);
      read_value(made);
    } while (token_.kind == TokenKind::comma);
    if (token_.kind != TokenKind::close) fail_wanted("',' or ')'");
    next();
  }

  /// Behind a whole condition.
  [[noreturn]] void fail_behind_condition() const {
    std::string wanted = "'and', 'or' or the end";
    const bool value_before = last_.kind == TokenKind::word && (token_.kind == TokenKind::word || token_.kind == TokenKind::comma);
    if (value_before) wanted += "; a value of several words stands in quotation marks";
    fail_wanted(wanted);
  }

  [[nodiscard]] std::string found() const { return token_.kind == TokenKind::end ? "the end" : "'" + token_.text + "'"; }
  [[noreturn]] void fail_wanted(const std::string& wanted) const { fail("found " + found() + ", wanted " + wanted); }
  [[noreturn]] void fail_found(const std::string& what) const { fail("found " + found() + ": " + what); }
  [[noreturn]] void fail(const std::string& message) const { fail_at(token_.begin, message); }
  [[noreturn]] void fail_at(std::size_t at, const std::string& message) const {
    throw Error(ErrorCode::invalid_argument, "filter, " + point_at(text_, at, message));
  }

  std::string_view text_;
  Token token_, last_;
  std::size_t n_conditions_ = 0, n_values_ = 0;
};

}  // namespace

Filter parse_filter(std::string_view text) {
  if (text.size() > FilterLimits::kBytes)
    throw Error(ErrorCode::limit,
                "the filter has " + std::to_string(text.size()) + " bytes, " + std::to_string(FilterLimits::kBytes) + " are allowed");
  Filter filter = Parser(text).parse();
  check_filter(filter);
  return filter;
}

}  // namespace akin
