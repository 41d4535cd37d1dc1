#include <gtest/gtest.h>

#include "akin/documents/document.h"
#include "base/throws.h"
#include "golden_document.h"
#include "outline.h"
#include "tiny_office.h"

namespace akin::documents {
namespace {

using akin::testing::expect_error;
using akin::testing::golden_document;
using akin::testing::meta;
using akin::testing::outline;
using akin::testing::tiny_pptx;
using akin::testing::TinyZip;

std::string read(const TinyZip& zip, const ReadLimits& limits = {}) { return outline(read_documents(zip.bytes(), "a.pptx", limits).at(0)); }

std::string shape(const std::string& kind, const std::string& words) {
  const std::string place = kind.empty() ? "" : kind == "body" ? "<p:ph idx='1'/>" : "<p:ph type='" + kind + "'/>";
  return "<p:sp><p:nvSpPr><p:nvPr>" + place + "</p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>" + words +
         "</a:t></a:r></a:p></p:txBody></p:sp>";
}

TEST(PptxReader, ReadsWhatPandocWrote) {
  const Document document = read_documents(golden_document("tea.pptx"), "tea.pptx").at(0);
  EXPECT_EQ(outline(document),
            "h1 0/1 [] On Tea\n"
            "p 0/1 [On Tea] A. Lice\n"
            "h1 0/2 [] Tea\n"
            "p 0/2 [Tea] A warm drink, made of leaves and water.1\n"
            "p 0/2 [Tea] Kinds\n"
            "item 0/2 [Tea] green\n"
            "item 0/2 [Tea] black\n"
            "item 0/2 [Tea] Assam\n"
            "item 0/2 [Tea] Darjeeling\n"
            "p 0/2 [Tea] Drink me.\n"
            "row 0/2 [Tea] kind | price\n"
            "row 0/2 [Tea] green | 3\n"
            "row 0/2 [Tea] black | 4\n"
            "p 0/3 [] Making it\n"
            "item 0/3 [] Boil the water.\n"
            "item 0/3 [] Pour it over the leaves; “wait”.\n"
            "p 0/3 [] def pour(cup):\\nreturn cup + 1\n"
            "h1 0/4 [] Größe\n"
            "p 0/4 [Größe] Naïve café — 茶 and чай.\n"
            "h1 0/5 [] Notes\n"
            "p 0/5 [Notes] 1. Or of herbs; those are no tea.\n");
  EXPECT_EQ(document.title, "On Tea");
  EXPECT_EQ(document.format, "pptx");
}

TEST(PptxReader, TellsSlidesInTheirOrderWithTheirNotes) {
  TinyZip zip =
      tiny_pptx({shape("title", "First") + shape("body", "point") + shape("", "box") + shape("dt", "4 March") + shape("sldNum", "1"),
                 shape("body", "untitled"), shape("ctrTitle", "Third")});
  zip.add("ppt/slides/_rels/1.xml.rels", akin::testing::relations(akin::testing::relation("n", "notesSlide", "../notes.xml")));
  zip.add("ppt/notes.xml", akin::testing::slide_xml("p:notes", shape("body", "Say it slowly.") + shape("sldNum", "1")));
  EXPECT_EQ(read(zip),
            "h1 0/1 [] First\n"
            "item 0/1 [First] point\n"
            "p 0/1 [First] box\n"
            "p 0/1 [First] Say it slowly.\n"
            "item 0/2 [] untitled\n"
            "h1 0/3 [] Third\n");
  EXPECT_EQ(meta(read_documents(zip.bytes(), "a.pptx").at(0), "slides"), "3");
}

TEST(PptxReader, ReadsTablesAndLeavesOutHiddenSlides) {
  const std::string cell = "<a:tc><a:txBody><a:p><a:r><a:t>";
  const std::string end = "</a:t></a:r></a:p></a:txBody></a:tc>";
  TinyZip zip = tiny_pptx({"<p:graphicFrame><a:graphic><a:tbl><a:tr>" + cell + "kind" + end + cell + "price" + end +
                               "</a:tr></a:tbl></a:graphic></p:graphicFrame>",
                           "HIDDEN" + shape("title", "secret")});
  EXPECT_EQ(read(zip), "row 0/1 [] kind | price\n");
}

TEST(PptxReader, RefusesTooManySlidesAndBrokenOnes) {
  const TinyZip zip = tiny_pptx({"", "", ""});
  expect_error(ErrorCode::limit, "a.pptx: has 3 slides, the bound is 2", [&] { read(zip, {.max_pages = 2}); });
  expect_error(ErrorCode::corrupt, "a.pptx: 'ppt/slides/1.xml' in it, line 1: broken XML", [] { read(tiny_pptx({"<p:sp>"})); });
}

}  // namespace
}  // namespace akin::documents
