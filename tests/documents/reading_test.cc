#include "reading.h"

#include <gtest/gtest.h>

#include "base/throws.h"
#include "outline.h"

namespace akin::documents {
namespace {

using akin::testing::expect_error;
using akin::testing::outline;

TEST(Reading, KnowsNameAndEnding) {
  const Reading reading("a/b/Book.TXT.gz", {});
  EXPECT_EQ(reading.name(), "Book.TXT");
  EXPECT_EQ(reading.ending(), "txt");
  EXPECT_EQ(Reading(".bashrc", {}).ending(), "");
}

TEST(Reading, NamesTheFileWhenABoundIsPassed) {
  Reading reading("a.txt", {.max_text_bytes = 10, .max_depth = 3, .max_seconds = 0});
  reading.charge(10);
  expect_error(ErrorCode::limit, "a.txt: holds more text than the bound of 10 bytes", [&] { reading.charge(1); });
  reading.check_depth(3);
  expect_error(ErrorCode::limit, "a.txt: is nested deeper than the bound of 3", [&] { reading.check_depth(4); });
  expect_error(ErrorCode::limit, "a.txt: reading took longer", [&] { reading.check_time(); });
}

TEST(FlowText, FoldsWhiteSpaceAndMarksLines) {
  FlowText flow;
  flow.append("  one \n two\xC2\xA0three", 5);
  flow.line_break();
  flow.append("four ", 9);
  flow.separator(" | ");
  const Flow taken = flow.take();
  EXPECT_EQ(taken.text, "one two three\nfour");
  EXPECT_EQ(taken.line, 5U);
  EXPECT_EQ(taken.marks, (std::vector<LineMark>{{4, 6}, {14, 9}}));
  EXPECT_TRUE(flow.empty());
}

TEST(DocumentBuilder, KeepsThePathOfHeadings) {
  Reading reading("a.txt", {});
  DocumentBuilder builder(reading, "text");
  builder.heading(2, {"A", 1, {}});
  builder.heading(3, {"B", 2, {}});
  builder.add(BlockKind::paragraph, {"x", 3, {}});
  builder.add(BlockKind::paragraph, {"", 4, {}});
  builder.heading(2, {"C", 5, {}});
  builder.add(BlockKind::quote, {"y", 6, {}});
  EXPECT_EQ(outline(builder.finish()), "h2 1 [] A\nh3 2 [A] B\np 3 [A > B] x\nh2 5 [] C\nquote 6 [C] y\n");
}

TEST(DocumentBuilder, CutsALongHeadingInPathsOnly) {
  Reading reading("a.txt", {});
  DocumentBuilder builder(reading, "text");
  const std::string longer = std::string(199, 'a') + "éééé";
  builder.heading(1, {longer, 1, {}});
  builder.add(BlockKind::paragraph, {"x", 2, {}});
  const Document document = builder.finish();
  EXPECT_EQ(document.blocks[0].text, longer);
  EXPECT_EQ(document.blocks[1].headings[0], std::string(199, 'a') + "…");
}

TEST(DocumentBuilder, SortsMetadataAndKeepsTheFirstOfAKey) {
  Reading reading("a.txt", {});
  DocumentBuilder builder(reading, "text");
  builder.meta("b", "1");
  builder.meta("a", "2");
  builder.meta("b", "3");
  builder.meta("c", "");
  const std::vector<std::pair<std::string, std::string>> wanted = {{"a", "2"}, {"b", "1"}};
  EXPECT_EQ(builder.finish().metadata, wanted);
}

}  // namespace
}  // namespace akin::documents
