// Which documents and chunks a search looks at: conditions on fields, joined by and, or, not. As text:
//   author = "Herman Melville" and (year < 1860 or not exists year) and uri ^= "books/"
// The language: docs/formats/filter.md. Tested by filter_test.cc.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace akin {

enum class FilterOperator { equal, not_equal, less, less_equal, greater, greater_equal, prefix, one_of, exists };

/// What a field is compared with. One that is not quoted is compared as a number or a date if it is one.
struct FilterValue {
  std::string text;
  bool quoted = false;  ///< a text, whatever it looks like
  friend bool operator==(const FilterValue&, const FilterValue&) = default;
};

struct FilterCondition {
  std::string field;      ///< built-in (see built_in_fields()) or of the metadata
  bool metadata = false;  ///< the metadata's field, even if a built-in one has its name
  FilterOperator op = FilterOperator::equal;
  std::vector<FilterValue> values;  ///< one; any number from one up for one_of; none for exists
  friend bool operator==(const FilterCondition&, const FilterCondition&) = default;
};

/// A tree of conditions. A document passes `equal` if any of its values of that field is equal; so with each comparison. `not_equal` is the
/// opposite of `equal`: a document without the field passes.
struct Filter {
  enum class Kind { everything, condition, all, any, negation };
  Kind kind = Kind::everything;
  FilterCondition condition;  ///< of a condition
  std::vector<Filter> parts;  ///< of all and any: two or more; of a negation: one

  [[nodiscard]] bool keeps_all() const noexcept { return kind == Kind::everything; }
  /// The field's value is this text, byte by byte.
  static Filter equals(std::string field, std::string value);
  friend bool operator==(const Filter&, const Filter&) = default;
};

/// What a filter may have at most, so that none costs more than it can say.
struct FilterLimits {
  static constexpr std::size_t kBytes = 65'536;  ///< of its text
  static constexpr std::size_t kDepth = 10;      ///< parentheses and "not" inside each other
  static constexpr std::size_t kConditions = 100;
  static constexpr std::size_t kValues = 10'000;    ///< of all lists
  static constexpr std::size_t kDatesInList = 200;  ///< of one list
};

/// A text without a condition keeps everything. Throws Error{invalid_argument} saying what was found in which column and what was wanted,
/// with the filter and a mark below it in two more lines; Error{limit}.
Filter parse_filter(std::string_view text);
/// Parsed, it is the same filter again; "" for one that keeps everything.
std::string to_text(const Filter& filter);
/// All of them must hold; those that keep everything have no say.
Filter all_of(std::vector<Filter> filters);
/// Throws Error{invalid_argument} for a condition that cannot be (page = many, a list without a value), Error{limit}. Parsed ones are
/// right.
void check_filter(const Filter& filter);

/// uri, title, format, source (the path of the document's file), chunks (how many the document has), page and line (of the chunk).
const std::vector<std::string>& built_in_fields();
/// Names of the metadata fields that it asks for, sorted, without repeats.
std::vector<std::string> metadata_fields_of(const Filter& filter);

}  // namespace akin
