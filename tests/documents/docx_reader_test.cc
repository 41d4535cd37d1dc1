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
using akin::testing::tiny_docx;
using akin::testing::TinyZip;

std::string read(const TinyZip& zip, const ReadLimits& limits = {}) { return outline(read_documents(zip.bytes(), "a.docx", limits).at(0)); }

std::string p(const std::string& words, const std::string& properties = "") {
  return "<w:p><w:pPr>" + properties + "</w:pPr><w:r><w:t>" + words + "</w:t></w:r></w:p>";
}

TEST(DocxReader, ReadsWhatPandocWrote) {
  const Document document = read_documents(golden_document("tea.docx"), "tea.docx").at(0);
  EXPECT_EQ(outline(document),
            "h1 0 [] On Tea\n"
            "p 0 [On Tea] A. Lice\n"
            "p 0 [On Tea] 2021-03-04\n"
            "h1 0 [] Tea\n"
            "p 0 [Tea] A warm drink, made of leaves and water.\n"
            "p 0 [Tea] Or of herbs; those are no tea.\n"
            "h2 0 [Tea] Kinds\n"
            "item 0 [Tea > Kinds] green\n"
            "item 0 [Tea > Kinds] black\n"
            "item 0 [Tea > Kinds] Assam\n"
            "item 0 [Tea > Kinds] Darjeeling\n"
            "quote 0 [Tea > Kinds] Drink me.\n"
            "row 0 [Tea > Kinds] kind | price\n"
            "row 0 [Tea > Kinds] green | 3\n"
            "row 0 [Tea > Kinds] black | 4\n"
            "h2 0 [Tea] Making it\n"
            "item 0 [Tea > Making it] Boil the water.\n"
            "item 0 [Tea > Making it] Pour it over the leaves; “wait”.\n"
            "p 0 [Tea > Making it] def pour(cup):\\nreturn cup + 1\n"
            "h1 0 [] Größe\n"
            "p 0 [Größe] Naïve café — 茶 and чай.\n");
  EXPECT_EQ(document.title, "On Tea");
  EXPECT_EQ(document.format, "docx");
  EXPECT_EQ(meta(document, "author"), "A. Lice");
}

TEST(DocxReader, FindsHeadingsByStyleByWhatItIsBasedOnAndByOutline) {
  const std::string styles =
      "<w:style w:type='paragraph' w:styleId='berschrift2'><w:name w:val='heading 2'/></w:style>"
      "<w:style w:type='paragraph' w:styleId='Mine'><w:name w:val='My own'/><w:basedOn w:val='berschrift2'/></w:style>"
      "<w:style w:type='paragraph' w:styleId='Loop'><w:name w:val='loop'/><w:basedOn w:val='Loop'/></w:style>"
      "<w:style w:type='paragraph' w:styleId='List'><w:name w:val='x'/><w:pPr><w:numPr><w:numId w:val='3'/></w:numPr></w:pPr></w:style>"
      "<w:style w:type='paragraph' w:styleId='TOC1'><w:name w:val='toc 1'/></w:style>";
  EXPECT_EQ(read(tiny_docx(p("one", "<w:outlineLvl w:val='0'/>") + p("two", "<w:pStyle w:val='berschrift2'/>") +
                               p("three", "<w:pStyle w:val='Mine'/>") + p("plain", "<w:pStyle w:val='Mine'/><w:outlineLvl w:val='9'/>") +
                               p("loop", "<w:pStyle w:val='Loop'/>") + p("item", "<w:pStyle w:val='List'/>") +
                               p("none", "<w:numPr><w:numId w:val='0'/></w:numPr><w:pStyle w:val='List'/>") +
                               p("one ..... 3", "<w:pStyle w:val='TOC1'/>"),
                           styles)),
            "h1 0 [] one\n"
            "h2 0 [one] two\n"
            "h2 0 [one] three\n"
            "p 0 [one > three] plain\n"
            "p 0 [one > three] loop\n"
            "item 0 [one > three] item\n"
            "p 0 [one > three] none\n");
}

TEST(DocxReader, LeavesOutWhatIsDeletedHiddenOrToldTwice) {
  EXPECT_EQ(read(tiny_docx("<w:p><w:r><w:t xml:space='preserve'>kept </w:t></w:r><w:del><w:r><w:delText>deleted</w:delText></w:r></w:del>"
                           "<w:ins><w:r><w:t>inserted</w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>"
                           "<w:r><w:rPr><w:vanish w:val='false'/></w:rPr><w:tab/><w:t>seen</w:t></w:r><w:r><w:instrText>PAGE</w:instrText>"
                           "</w:r><mc:AlternateContent><mc:Choice><w:r><w:t> choice</w:t></w:r></mc:Choice><mc:Fallback><w:r><w:t>fallback"
                           "</w:t></w:r></mc:Fallback></mc:AlternateContent></w:p>")),
            "p 0 [] kept inserted seen choice\n");
}

TEST(DocxReader, RefusesBrokenFilesWithTheReason) {
  TinyZip missing = tiny_docx("");
  missing.entries.erase(missing.entries.begin() + 1);
  expect_error(ErrorCode::unsupported, "a.docx: is a ZIP archive, which akin does not read", [&] { read(missing); });
  expect_error(ErrorCode::corrupt, "a.docx: 'word/document.xml' in it, line 1: broken XML: mismatched tag",
               [] { read(tiny_docx("<w:p><w:r></w:p>")); });
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "<w:p>";
  expect_error(ErrorCode::limit, "a.docx: is nested deeper than the bound of 400", [&] { read(tiny_docx(deep)); });
  std::string lots;
  for (int i = 0; i < 1000; ++i) lots += p(std::string(1000, 'x'));
  expect_error(ErrorCode::limit, "a.docx: holds more text than the bound of 100000 bytes",
               [&] { read(tiny_docx(lots), {.max_text_bytes = 100'000}); });
  EXPECT_EQ(read(tiny_docx("")), "");
}

}  // namespace
}  // namespace akin::documents
