// Filters as trees: made by hand, written as text, checked.
#include "akin/store/filter.h"

#include <gtest/gtest.h>

#include "base/throws.h"

namespace akin {
namespace {

using testing::expect_error;

TEST(Filter, IsWrittenAsItIsRead) {
  for (const char* text :
       {"author = Ann", "year != 1851", "year >= 1851", "uri ^= docs/", "exists year", "a in (1, x, \"2\")", "a = 1 and b = 2 or c = 3",
        "a = 1 and (b = 2 or c = 3)", "not a = 1", "not (a = 1 and b = 2)", "(a = 1 and b = 2) and c = 3", "a = \"two words\"",
        "a = \"1851\"", "a = \"\"", "a = \"say \\\"so\\\" \\\\\"", "\"title\" = x", "\"two words\" = x", "\"in\" = x", "not not a = 1"}) {
    const Filter filter = parse_filter(text);
    EXPECT_EQ(parse_filter(to_text(filter)), filter) << text;
    EXPECT_EQ(to_text(parse_filter(to_text(filter))), to_text(filter));
  }
  EXPECT_EQ(to_text(parse_filter("( a='x y')or(not(b<2))and c>1")), "a = \"x y\" or (not b < 2 and c > 1)");
  EXPECT_EQ(to_text({}), "");
}

TEST(Filter, OfEqualityComparesTexts) {
  EXPECT_EQ(to_text(Filter::equals("year", "1851")), "year = \"1851\"");
  EXPECT_EQ(to_text(Filter::equals("a b", "c d")), "\"a b\" = \"c d\"");
}

TEST(Filter, JoinsOthers) {
  const Filter a = parse_filter("a = 1"), b = parse_filter("b = 2 or c = 3");
  EXPECT_EQ(to_text(all_of({a, b})), "a = 1 and (b = 2 or c = 3)");
  EXPECT_EQ(all_of({{}, a, {}}), a);
  EXPECT_TRUE(all_of({}).keeps_all());
  EXPECT_TRUE(all_of({{}, {}}).keeps_all());
}

TEST(Filter, NamesTheFieldsItAsksFor) {
  EXPECT_EQ(metadata_fields_of(parse_filter("year > 1 and (author = x or not exists year) and page = 3 and \"title\" = t")),
            (std::vector<std::string>{"author", "title", "year"}));
  EXPECT_TRUE(metadata_fields_of({}).empty());
  EXPECT_EQ(built_in_fields().front(), "uri");
}

TEST(Filter, MadeByHandIsChecked) {
  const auto condition = [](FilterOperator op, std::vector<FilterValue> values) {
    return Filter{Filter::Kind::condition, {"page", false, op, std::move(values)}, {}};
  };
  EXPECT_NO_THROW(check_filter({}));
  EXPECT_NO_THROW(check_filter(condition(FilterOperator::one_of, {{"1"}, {"2"}})));
  expect_error(ErrorCode::invalid_argument, "compares 'page' with 0 values", [&] { check_filter(condition(FilterOperator::one_of, {})); });
  expect_error(ErrorCode::invalid_argument, "with 2 values", [&] { check_filter(condition(FilterOperator::less, {{"1"}, {"2"}})); });
  expect_error(ErrorCode::invalid_argument, "with 1 values", [&] { check_filter(condition(FilterOperator::exists, {{"1"}})); });
  expect_error(ErrorCode::invalid_argument, "'many': 'page' is a number",
               [&] { check_filter(condition(FilterOperator::equal, {{"many"}})); });
  expect_error(ErrorCode::invalid_argument, "joins 1 parts", [&] { check_filter({Filter::Kind::all, {}, {parse_filter("a=1")}}); });
  expect_error(ErrorCode::invalid_argument, "without a condition", [&] { check_filter({Filter::Kind::negation, {}, {Filter{}}}); });
  Filter deep = parse_filter("a=1");
  for (int i = 0; i < 1000; ++i) deep = Filter{Filter::Kind::negation, {}, {deep}};
  expect_error(ErrorCode::limit, "levels", [&] { check_filter(deep); });
}

}  // namespace
}  // namespace akin
