#include "record.h"

#include <gtest/gtest.h>

#include "base/throws.h"
#include "outline.h"

namespace akin::documents {
namespace {

using akin::testing::expect_error;
using akin::testing::meta;
using akin::testing::outline;

TEST(Record, WritesItsFieldsAsLines) {
  Reading reading("t.csv", {});
  Record record(reading, "csv", 3, 7);
  record.field("colour", " green ");
  record.field("empty", "  ");
  record.field("note", std::string(300, 'x'));
  const Document document = record.finish();
  EXPECT_EQ(document.uri, "t.csv#3");
  EXPECT_EQ(document.title, "t.csv #3");
  EXPECT_EQ(outline(document), "row 7 [] colour: green\\nnote: " + std::string(300, 'x') + "\n");
  EXPECT_EQ(meta(document, "colour"), "green");
  EXPECT_EQ(meta(document, "note"), "(none)") << "too long to be filtered by";
}

TEST(Record, PutsProseBeforeShortFields) {
  Reading reading("t.jsonl", {});
  Record record(reading, "jsonl", 1, 2);
  record.field("ID", "k");
  record.field("Title", "Tea");
  record.field("year", "1865");
  record.prose("One.\n\nTwo.");
  const Document document = record.finish();
  EXPECT_EQ(document.uri, "t.jsonl#k");
  EXPECT_EQ(outline(document), "h1 2 [] Tea\np 2 [Tea] One.\np 2 [Tea] Two.\n");
  EXPECT_EQ(meta(document, "year"), "1865");
}

TEST(Record, CountsAgainstTheBound) {
  Reading reading("t.csv", {.max_records = 2});
  expect_error(ErrorCode::limit, "t.csv: has more than 2 records", [&] { Record(reading, "csv", 3, 1); });
}

TEST(Record, KnowsTheNamesOfProse) {
  EXPECT_TRUE(is_prose_field("Text"));
  EXPECT_TRUE(is_prose_field("abstract"));
  EXPECT_FALSE(is_prose_field("texture"));
}

}  // namespace
}  // namespace akin::documents
