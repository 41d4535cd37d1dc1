#include "office_text.h"

#include <gtest/gtest.h>

#include "base/throws.h"
#include "outline.h"

namespace akin::documents {
namespace {

using akin::testing::expect_error;
using akin::testing::outline;

class OfficeTextTest : public ::testing::Test {
 protected:
  void paragraph(const std::string& words, const ParagraphStyle& style = {}) {
    text.begin_paragraph(style);
    text.text(words);
    text.end_paragraph();
  }
  std::string told() {
    text.finish();
    return outline(builder.finish());
  }

  Reading reading{"a.docx", {}};
  DocumentBuilder builder{reading, "docx"};
  OfficeText text{builder, reading};
};

TEST_F(OfficeTextTest, TellsParagraphsByTheirStyle) {
  paragraph("Tea", {.is_title = true});
  paragraph("Kinds", {.level = 2});
  paragraph("green", {.is_list_item = true});
  paragraph("Drink me.", {.is_quote = true});
  text.text("of nothing");
  paragraph("two  words");
  EXPECT_EQ(told(),
            "h1 0 [] Tea\n"
            "h2 0 [Tea] Kinds\n"
            "item 0 [Tea > Kinds] green\n"
            "quote 0 [Tea > Kinds] Drink me.\n"
            "p 0 [Tea > Kinds] two words\n");
}

TEST_F(OfficeTextTest, PutsNotesAfterTheBlockThatRefersToThem) {
  text.begin_paragraph();
  text.text("Tea");
  text.begin_note();
  paragraph("a drink");
  paragraph("of leaves");
  text.end_note();
  text.text(" is warm.");
  text.note("kept elsewhere");
  text.end_paragraph();
  paragraph("Next.");
  EXPECT_EQ(told(), "p 0 [] Tea is warm.\np 0 [] a drink of leaves\np 0 [] kept elsewhere\np 0 [] Next.\n");
}

TEST_F(OfficeTextTest, KeepsRowsWholeWithWhatLiesInTheirCells) {
  text.begin_table();
  text.begin_cell();
  paragraph("one");
  paragraph("two");
  text.begin_cell();
  text.begin_table();
  text.begin_cell();
  paragraph("inner");
  text.end_row();
  text.end_table();
  text.begin_cell();
  text.note("a note");
  paragraph("three");
  text.end_row();
  text.end_table();
  paragraph("after");
  EXPECT_EQ(told(), "row 0 [] one two | inner | three\np 0 [] a note\np 0 [] after\n");
}

TEST_F(OfficeTextTest, LetsABoxOfTextStandByItself) {
  text.set_page(3);
  text.begin_paragraph();
  text.text("around");
  paragraph("box");
  text.text(" it");
  text.line_break();
  text.text("below");
  text.end_paragraph();
  EXPECT_EQ(told(), "p 0/3 [] box\np 0/3 [] around it\\nbelow\n");
}

TEST_F(OfficeTextTest, BoundsTheDepth) {
  expect_error(ErrorCode::limit, "a.docx: is nested deeper than the bound of 400", [&] {
    for (int i = 0; i < 500; ++i) text.begin_paragraph();
  });
}

}  // namespace
}  // namespace akin::documents
