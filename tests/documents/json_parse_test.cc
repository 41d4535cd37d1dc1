#include "json_parse.h"

#include <gtest/gtest.h>

#include "base/throws.h"

namespace akin::documents {
namespace {

using akin::testing::expect_error;

const Reading kReading("a.json", {});

TEST(JsonParse, KeepsTheKeysThatAreWanted) {
  const auto keep = [](const std::string& key) { return key != "b"; };
  EXPECT_EQ(parse_json(R"({"a": 1, "b": {"c": [1, 2]}, "d": {"b": 3}})", 1, kReading, keep).dump(), R"({"a":1,"d":{}})");
}

TEST(JsonParse, SaysWhereItIsBroken) {
  expect_error(ErrorCode::corrupt, "a.json: line 8, character 2: not valid JSON", [] { parse_json("{\"a\": 1,\n ]}", 7, kReading); });
  expect_error(ErrorCode::corrupt, "a.json: line 7: a number too large for JSON", [] { parse_json("1e999", 7, kReading); });
  expect_error(ErrorCode::limit, "a.json: is nested deeper than the bound of 400",
               [] { parse_json(std::string(100'000, '['), 1, kReading); });
  expect_error(ErrorCode::limit, "a.json: line 1: a value of more than 64 MB",
               [] { parse_json(std::string(kMaxJsonBytes + 1, ' '), 1, kReading); });
}

}  // namespace
}  // namespace akin::documents
