// From text to conditions: what is meant, and what a mistake is answered with.
#include <gtest/gtest.h>

#include <string>

#include "akin/base/rng.h"
#include "akin/store/filter.h"
#include "base/throws.h"

namespace akin {
namespace {

using Kind = Filter::Kind;
using testing::expect_error;

const FilterCondition& only(const Filter& filter) {
  EXPECT_EQ(filter.kind, Kind::condition);
  return filter.condition;
}

void expect_condition(std::string_view text, const std::string& field, FilterOperator op, const std::vector<FilterValue>& values) {
  const Filter filter = parse_filter(text);
  EXPECT_EQ(only(filter), (FilterCondition{field, false, op, values})) << text;
}

/// All three lines of the message.
void expect_mistake(std::string_view text, const std::string& message) {
  try {
    (void)parse_filter(text);
    FAIL() << text << " was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
    EXPECT_EQ(std::string(error.what()), "filter, " + message) << text;
  }
}

TEST(FilterParser, ReadsEachComparison) {
  expect_condition("year = 1851", "year", FilterOperator::equal, {{"1851", false}});
  expect_condition("year=1851", "year", FilterOperator::equal, {{"1851", false}});
  expect_condition("year != 1851", "year", FilterOperator::not_equal, {{"1851", false}});
  expect_condition("year<1851", "year", FilterOperator::less, {{"1851", false}});
  expect_condition("year <= 1851", "year", FilterOperator::less_equal, {{"1851", false}});
  expect_condition("year > -1.5", "year", FilterOperator::greater, {{"-1.5", false}});
  expect_condition("date >= 2026-01-31", "date", FilterOperator::greater_equal, {{"2026-01-31", false}});
  expect_condition("uri ^= \"docs/\"", "uri", FilterOperator::prefix, {{"docs/", true}});
  expect_condition("author = 'Herman Melville'", "author", FilterOperator::equal, {{"Herman Melville", true}});
  expect_condition("exists author", "author", FilterOperator::exists, {});
  expect_condition("year in (1851, 'x y', 1900)", "year", FilterOperator::one_of, {{"1851", false}, {"x y", true}, {"1900", false}});
  expect_condition("state in(OR,in)", "state", FilterOperator::one_of, {{"OR", false}, {"in", false}});
}

TEST(FilterParser, TakesAnyWordForAValue) {
  expect_condition("state=or", "state", FilterOperator::equal, {{"or", false}});
  expect_condition("uri=/a/b?c=d#e", "uri", FilterOperator::equal, {{"/a/b?c=d#e", false}});
  expect_condition("language=C++", "language", FilterOperator::equal, {{"C++", false}});
}

TEST(FilterParser, KeepsEverythingWithoutConditions) {
  EXPECT_TRUE(parse_filter("").keeps_all());
  EXPECT_TRUE(parse_filter(" \n").keeps_all());
}

TEST(FilterParser, BindsAndTighterThanOr) {
  const Filter filter = parse_filter("a=1 or b=2 and c=3 or d=4");
  ASSERT_EQ(filter.kind, Kind::any);
  ASSERT_EQ(filter.parts.size(), 3u);
  ASSERT_EQ(filter.parts[1].kind, Kind::all);
  EXPECT_EQ(filter.parts[1].parts[1].condition.field, "c");
  const Filter grouped = parse_filter("(a=1 or b=2) and not c=3");
  ASSERT_EQ(grouped.kind, Kind::all);
  EXPECT_EQ(grouped.parts[0].kind, Kind::any);
  EXPECT_EQ(grouped.parts[1].kind, Kind::negation);
  EXPECT_EQ(parse_filter("NOT a=1 AND b=2 Or EXISTS c"), parse_filter("((not a=1) and b=2) or exists c"));
  EXPECT_EQ(parse_filter("year not in (1, 2)"), parse_filter("not year in (1, 2)"));
}

TEST(FilterParser, MeansTheMetadataByAQuotedField) {
  EXPECT_TRUE(parse_filter("\"title\" = x").condition.metadata);
  EXPECT_FALSE(parse_filter("title = x").condition.metadata);
  EXPECT_EQ(parse_filter("\"in\" = x").condition.field, "in");
  EXPECT_EQ(parse_filter("\"two words\" = x").condition.field, "two words");
}

TEST(FilterParser, SaysWhatItFoundWhereAndWhatItWanted) {
  expect_mistake("author", "column 7: found the end, wanted =, !=, <, <=, >, >=, ^= or in\n  author\n        ^");
  expect_mistake("= x", "column 1: found '=', wanted a field\n  = x\n  ^");
  expect_mistake("year = ", "column 8: found the end, wanted a value\n  year = \n         ^");
  expect_mistake("a=1 b=2",
                 "column 5: found 'b', wanted 'and', 'or' or the end; a value of several words stands in quotation marks\n"
                 "  a=1 b=2\n      ^");
  expect_mistake("author=Ann Lee",
                 "column 12: found 'Lee', wanted 'and', 'or' or the end; a value of several words stands in quotation marks\n"
                 "  author=Ann Lee\n             ^");
  expect_mistake("größe = (3)", "column 9: found '(', wanted a value\n  größe = (3)\n          ^");
  expect_mistake("(a=1", "column 1: this parenthesis has no end\n  (a=1\n  ^");
  expect_mistake("a=1)", "column 4: found ')', wanted 'and', 'or' or the end\n  a=1)\n     ^");
  expect_mistake("a=\"x", "column 3: the quotation mark has no end\n  a=\"x\n    ^");
  expect_mistake("a in 1", "column 6: found '1', wanted '(' and values behind 'in'\n  a in 1\n       ^");
  expect_mistake("a in ()", "column 7: found ')', wanted a value\n  a in ()\n        ^");
  expect_mistake("a in (1 2)", "column 9: found '2', wanted ',' or ')'\n  a in (1 2)\n          ^");
  expect_mistake("a not 1", "column 7: found '1', wanted 'in'\n  a not 1\n        ^");
  expect_mistake("a=1 and", "column 8: found the end, wanted a field\n  a=1 and\n         ^");
  expect_mistake("exists = 3", "column 8: found '=', wanted a field behind 'exists'\n  exists = 3\n         ^");
  expect_mistake("a=1 and or=2",
                 "column 9: found 'or', wanted a field; a field of this name is written in quotation marks\n"
                 "  a=1 and or=2\n          ^");
}

TEST(FilterParser, SaysWhatWasMeantByAForeignSign) {
  expect_mistake("year == 2020", "column 6: found '==': did you mean '='?\n  year == 2020\n       ^");
  expect_mistake("year <> 2020", "column 6: found '<>': did you mean '!='?\n  year <> 2020\n       ^");
  expect_mistake("year => 2020", "column 6: found '=>': did you mean '>='?\n  year => 2020\n       ^");
  expect_mistake("exits author", "column 1: found 'exits', did you mean 'exists'?\n  exits author\n  ^");
  expect_mistake("year like 20", "column 6: found 'like', wanted =, !=, <, <=, >, >=, ^= or in\n  year like 20\n       ^");
}

TEST(FilterParser, ComparesNumberFieldsWithNumbersOnly) {
  EXPECT_NO_THROW(parse_filter("page >= 3 and chunks in (1, 2) and not line = 7 and exists page"));
  expect_mistake("page = three", "column 8: found 'three': 'page' is a number\n  page = three\n         ^");
  expect_mistake("page in (1, \"2\")", "column 13: found '2': 'page' is a number\n  page in (1, \"2\")\n              ^");
  expect_mistake("line ^= 1", "column 9: found '1': 'line' is a number, which begins with no text\n  line ^= 1\n          ^");
  EXPECT_NO_THROW(parse_filter("\"page\" = three")) << "that of the metadata";
}

TEST(FilterParser, IsBoundedInEverything) {
  const auto nested = [](std::size_t n) { return std::string(n, '(') + "a=1" + std::string(n, ')'); };
  EXPECT_NO_THROW(parse_filter(nested(FilterLimits::kDepth)));
  expect_error(ErrorCode::invalid_argument, "more than 10 parentheses and 'not' inside each other",
               [&] { parse_filter(nested(FilterLimits::kDepth + 1)); });
  expect_error(ErrorCode::invalid_argument, "more than 10 parentheses", [&] { parse_filter(nested(30'000)); });
  std::string many = "a=0";
  for (std::size_t i = 1; i < FilterLimits::kConditions; ++i) many += " or a=" + std::to_string(i);
  EXPECT_NO_THROW(parse_filter(many));
  expect_error(ErrorCode::invalid_argument, "more than 100 conditions", [&] { parse_filter(many + " or b=1"); });
  std::string list = "a in (x";
  for (std::size_t i = 1; i < FilterLimits::kValues; ++i) list += ",x";
  EXPECT_NO_THROW(parse_filter(list + ")"));
  expect_error(ErrorCode::invalid_argument, "more than 10000 values", [&] { parse_filter(list + ",x)"); });
  expect_error(ErrorCode::limit, "65537 bytes", [&] { parse_filter(std::string(FilterLimits::kBytes + 1, ' ')); });
  std::string dates = "a in (2020-01-01";
  for (std::size_t i = 0; i < FilterLimits::kDatesInList; ++i) dates += ",2020";
  expect_error(ErrorCode::limit, "201 dates", [&] { parse_filter(dates + ")"); });
}

TEST(FilterParser, TakesAnyBytesOrSaysWhyNot) {
  const std::vector<std::string> pieces = {"a",          "year",     " ",    "=",    "<",
                                           ">=",         "!",        "^=",   "(",    ")",
                                           ",",          "and ",     "or ",  "not ", "in ",
                                           "exists ",    "\"",       "'",    "\\",   "1",
                                           "2020-01-01", "\xC3\xA4", "\xFF", "\n",   std::string(1, '\0')};
  Rng rng(11);
  std::size_t n_good = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (std::size_t i = rng.below(14); i > 0; --i) text += pieces[rng.below(pieces.size())];
    try {
      const Filter filter = parse_filter(text);
      ++n_good;
      EXPECT_EQ(parse_filter(to_text(filter)), filter) << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::invalid_argument) << text;
    }
  }
  EXPECT_GT(n_good, 300u);
}

}  // namespace
}  // namespace akin
