#include <gtest/gtest.h>

#include "base/throws.h"
#include "outline.h"
#include "readers.h"

namespace akin::documents {
namespace {

using akin::testing::expect_error;
using akin::testing::meta;
using akin::testing::outline;

Document read(const std::string& bytes) {
  Reading reading("notes.md", {});
  return read_markdown(bytes, reading).at(0);
}

TEST(MarkdownReader, FollowsTheStructure) {
  const Document document = read(
      "# Tea\n"
      "\n"
      "A *warm* drink &mdash; made of\n"
      "[leaves](http://x.y) and `water`.\n"
      "\n"
      "## Kinds\n"
      "- green\n"
      "- black\n"
      "  1. Assam\n"
      "\n"
      "| kind | price |\n"
      "|------|-------|\n"
      "| green | 3 |\n"
      "\n"
      "```c\n"
      "boil();\n"
      "\n"
      "  pour();\n"
      "```\n"
      "> Drink me.\n"
      "\n"
      "End\n"
      "===\n"
      "tail\n");
  EXPECT_EQ(outline(document),
            "h1 1 [] Tea\n"
            "p 3 [Tea] A warm drink — made of leaves and water.\n"
            "h2 6 [Tea] Kinds\n"
            "item 7 [Tea > Kinds] green\n"
            "item 8 [Tea > Kinds] black\n"
            "item 9 [Tea > Kinds] Assam\n"
            "row 11 [Tea > Kinds] kind | price\n"
            "row 13 [Tea > Kinds] green | 3\n"
            "code 16 [Tea > Kinds] boil();\\n\\n  pour();\n"
            "quote 20 [Tea > Kinds] Drink me.\n"
            "h1 22 [] End\n"
            "p 24 [End] tail\n");
  EXPECT_EQ(document.title, "Tea");
  EXPECT_EQ(line_at(document.blocks[1], document.blocks[1].text.find("leaves")), 4U);
}

TEST(MarkdownReader, TakesFrontMatterAsMetadata) {
  const Document document = read("---\ntitle: \"Two Teas\"\nauthor: A. Lice\ntags:\n  - x\n# no\n---\n\ntext\n");
  EXPECT_EQ(document.title, "Two Teas");
  EXPECT_EQ(meta(document, "author"), "A. Lice");
  EXPECT_EQ(meta(document, "tags"), "(none)");
  EXPECT_EQ(outline(document), "p 9 [] text\n");
}

TEST(MarkdownReader, TakesAFenceThatNeverEndsAsText) {
  const Document document = read("---\nauthor: x\ntext\n");
  EXPECT_EQ(meta(document, "author"), "(none)");
  EXPECT_NE(outline(document).find("text"), std::string::npos);
}

TEST(MarkdownReader, KeepsTheTextOfRawHtmlAlone) {
  EXPECT_EQ(outline(read("<div class=\"a\">\nAT&T <b>rules</b>; a &lt; b\n<!-- no --><script>var x;</script></div>\n\nnext\n")),
            "p 2 [] AT&T rules ; a < b\np 5 [] next\n");
}

TEST(MarkdownReader, RefusesDeepNesting) {
  expect_error(ErrorCode::limit, "notes.md: is nested deeper than the bound of 400", [] { read(std::string(100'000, '>') + " x\n"); });
}

TEST(MarkdownReader, ReadsBrokenAndStrangeInput) {
  EXPECT_TRUE(read("").blocks.empty());
  EXPECT_EQ(outline(read(std::string("a\0b", 3))), "p 1 [] a b\n");
  EXPECT_EQ(read(std::string(10'000'000, 'x')).blocks.at(0).text.size(), 10'000'000U);
  EXPECT_EQ(read(std::string(200'000, '[')).blocks.size(), 1U);
  EXPECT_EQ(read("caf\xE9 cr\xE8me et th\xE9 noir sans rien").blocks.at(0).text, "café crème et thé noir sans rien");
}

}  // namespace
}  // namespace akin::documents
