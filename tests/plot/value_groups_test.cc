#include "akin/plot/value_groups.h"

#include <gtest/gtest.h>

#include <cmath>

namespace akin {
namespace {

using Words = std::vector<std::string>;

TEST(ValueGroups, AreTheLargestFirst) {
  const Words values = {"b", "a", "b", "", "c", "c", "b"};
  const ValueGroups found = group_by_value(values, 10);
  EXPECT_EQ(found.names, (Words{"b", "c", "a"}));
  EXPECT_EQ(found.groups, (std::vector<std::int32_t>{0, 2, 0, -1, 1, 1, 0}));
}

TEST(ValueGroups, OfOneSizeAreOrderedAsPeopleCount) {
  const Words values = {"topic 10", "topic 2", "topic 02", "Topic", "topic 1", "topic"};
  EXPECT_EQ(group_by_value(values, 10).names, (Words{"Topic", "topic", "topic 1", "topic 02", "topic 2", "topic 10"}));
}

TEST(ValueGroups, OfNumbersAreInTheirOrder) {
  const Words values = {"10", "10", "10", "9", "-1.5", "9"};
  EXPECT_EQ(group_by_value(values, 10).names, (Words{"-1.5", "9", "10"}));
}

TEST(ValueGroups, BeyondTheMostAreNone) {
  const Words values = {"a", "a", "b", "c", "c"};
  const ValueGroups found = group_by_value(values, 2);
  EXPECT_EQ(found.names, (Words{"a", "c"}));
  EXPECT_EQ(found.groups, (std::vector<std::int32_t>{0, 0, -1, 1, 1}));
  EXPECT_TRUE(group_by_value({}, 2).groups.empty());
}

TEST(NumberIn, IsWhatAllOfTheTextSays) {
  EXPECT_EQ(number_in("12"), 12);
  EXPECT_EQ(number_in("-3.5e2"), -350);
  for (const char* text : {"", "a", "12a", " 12", "1,5", "inf", "nan", "1e999"}) EXPECT_TRUE(std::isnan(number_in(text))) << text;
}

TEST(AmountsIn, AreManyDifferentNumbers) {
  std::vector<std::string> values = {""};
  for (int i = 0; i < 12; ++i) values.push_back(std::to_string(1990 + i));
  EXPECT_TRUE(amounts_in(values).empty()) << "years of a decade are groups";
  values.push_back("-1e3");
  const std::vector<double> amounts = amounts_in(values);
  ASSERT_EQ(amounts.size(), 14U);
  EXPECT_TRUE(std::isnan(amounts[0]));
  EXPECT_EQ(amounts[1], 1990);
  EXPECT_EQ(amounts[13], -1000);
  values.push_back("1e39");
  EXPECT_TRUE(amounts_in(values).empty()) << "no float";
  values.back() = "soon";
  EXPECT_TRUE(amounts_in(values).empty());
}

}  // namespace
}  // namespace akin
