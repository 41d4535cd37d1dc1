#include "json_fields.h"

#include <gtest/gtest.h>

#include <functional>

namespace akin::text {
namespace {

std::string message(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(JsonFields, AreReadByType) {
  const Json json = Json::parse(R"({"a": true, "b": "x", "c": [1], "d": null})");
  EXPECT_TRUE(bool_field(json, "a", false, "t"));
  EXPECT_TRUE(bool_field(json, "d", true, "t"));
  EXPECT_EQ(string_field(json, "b", "t"), "x");
  EXPECT_EQ(string_field(json, "e", "fallback", "t"), "fallback");
  EXPECT_EQ(array_field(json, "c", "t").size(), 1U);
}

TEST(JsonFields, SayWhereAndWhatIsWrong) {
  const Json json = Json::parse(R"({"a": 1})");
  EXPECT_EQ(message([&] { bool_field(json, "a", false, "t.json: model"); }), "t.json: model: 'a' must be true or false");
  EXPECT_EQ(message([&] { string_field(json, "b", "t.json"); }), "t.json: 'b' must be a string");
  EXPECT_EQ(message([&] { member(Json(3), "b", "t.json"); }), "t.json must be an object");
  EXPECT_EQ(message([&] { unsigned_value(Json(-1), 5, "id"); }), "id must be a whole number from 0 to 5");
  EXPECT_EQ(message([&] { unsigned_value(Json(6U), 5, "id"); }), "id must be a whole number from 0 to 5");
  EXPECT_EQ(message([&] { parse_json("{", "t.json"); }), "t.json: is not valid JSON");
}

TEST(JsonFields, KeepTheOrderOfTheFileAndTheLastOfARepeatedKey) {
  Json json = parse_json(R"({"z": 1, "a": 2, "z": 3, "b": {"c": 4}})", "t.json");
  EXPECT_EQ(json.begin().key(), "z");
  EXPECT_EQ(unsigned_value(member(json, "z", "t"), 9, "t"), 3U);
  EXPECT_EQ(member(member(json, "b", "t"), "c", "t"), 4);
  EXPECT_TRUE(member(json, "y", "t").is_null());
  json["a"] = 5;
  EXPECT_EQ(json.at("a"), 5);
  EXPECT_EQ(json.erase("b"), 1U);
  EXPECT_FALSE(json.contains("b"));
  EXPECT_THROW(static_cast<void>(json.at("b")), Json::out_of_range);
}

TEST(JsonFields, SurviveDeepNesting) {
  EXPECT_EQ(message([] { parse_json(std::string(200000, '['), "t.json"); }), "t.json: is not valid JSON");
}

}  // namespace
}  // namespace akin::text
