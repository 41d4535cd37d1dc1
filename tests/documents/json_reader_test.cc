#include <gtest/gtest.h>

#include "base/throws.h"
#include "outline.h"
#include "readers.h"

namespace akin::documents {
namespace {

using akin::testing::expect_error;
using akin::testing::meta;
using akin::testing::outline;

std::vector<Document> lines(const std::string& bytes) {
  Reading reading("corpus.jsonl", {});
  return read_jsonl(bytes, reading);
}

std::vector<Document> value(const std::string& bytes, const ReadLimits& limits = {}) {
  Reading reading("data.json", limits);
  return read_json(bytes, reading);
}

TEST(JsonReader, MakesARecordOfEachLine) {
  const auto documents =
      lines("{\"_id\": \"d1\", \"title\": \"Tea\", \"text\": \"Leaves\\n\\nin water.\", \"year\": 1865}\n\n{\"text\": \"Two\"}\n");
  ASSERT_EQ(documents.size(), 2U);
  EXPECT_EQ(outline(documents[0]), "h1 1 [] Tea\np 1 [Tea] Leaves\np 1 [Tea] in water.\n");
  EXPECT_EQ(documents[0].uri, "corpus.jsonl#d1");
  EXPECT_EQ(documents[0].title, "Tea");
  EXPECT_EQ(meta(documents[0], "year"), "1865");
  EXPECT_EQ(documents[1].uri, "corpus.jsonl#2");
  EXPECT_EQ(outline(documents[1]), "p 3 [] Two\n");
}

TEST(JsonReader, MakesARecordOfEachElementWithItsLine) {
  const auto documents = value("[\n {\"a\": {\"b\": true}},\n \"plain, ] text\",\n [1, 2]\n]\n");
  ASSERT_EQ(documents.size(), 3U);
  EXPECT_EQ(outline(documents[0]), "row 2 [] a.b: true\n");
  EXPECT_EQ(outline(documents[1]), "p 3 [] plain, ] text\n");
  EXPECT_EQ(outline(documents[2]), "row 4 [] values: 1, 2\n");
}

TEST(JsonReader, ReadsOneValueAndAnEmptyArray) {
  EXPECT_EQ(value("{\"name\": \"x\"}").size(), 1U);
  EXPECT_TRUE(value(" [ ] ").empty());
}

TEST(JsonReader, SaysWhereItIsNoJson) {
  expect_error(ErrorCode::corrupt, "corpus.jsonl: line 2, character 7: not valid JSON", [] { lines("{}\n{\"a\": }\n"); });
  for (const char* text : {"", "[", "[1", "[1,", "[1,]", "{\"a\"", "\"open", "[1] 2", "tru", "[1 2]", "\"\\ud800\"", "1e999"}) {
    SCOPED_TRACE(text);
    expect_error(ErrorCode::corrupt, "data.json: ", [&] { value(text); });
  }
}

TEST(JsonReader, RefusesAMillionBrackets) {
  for (const char* bracket : {"[", "{\"a\":"}) {
    std::string deep;
    for (int i = 0; i < 1'000'000; ++i) deep += bracket;
    expect_error(ErrorCode::limit, "is nested deeper than the bound of 400", [&] { value(deep); });
    expect_error(ErrorCode::limit, "is nested deeper than the bound of 400", [&] { lines(deep); });
  }
}

TEST(JsonReader, BlanksNulsAndKeepsOtherText) {
  EXPECT_EQ(outline(lines("{\"text\": \"a\\u0000b \\ud83d\\ude00\"}")[0]), "p 1 [] a b 😀\n");
}

}  // namespace
}  // namespace akin::documents
