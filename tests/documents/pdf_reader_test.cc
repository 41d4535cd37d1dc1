#include <gtest/gtest.h>

#include "outline.h"
#include "readers.h"
#include "tiny_pdf.h"

namespace akin::documents {
namespace {

using akin::testing::meta;
using akin::testing::outline;
using akin::testing::TinyPdf;

Document read(const TinyPdf& pdf) {
  Reading reading("paper.pdf", {});
  return read_pdf(pdf.bytes(), reading).at(0);
}

TEST(PdfReader, FindsHeadingsParagraphsAndPages) {
  const Document document = read({{{{72, 720, 20, "On Tea"},
                                    {72, 690, 10, "Leaves in hot wa-"},
                                    {72, 678, 10, "ter make a drink"},
                                    {72, 666, 10, "for the after-noon."},
                                    {72, 630, 10, "Another paragraph."},
                                    {300, 40, 10, "17"}},
                                   {{72, 720, 14, "Kinds"}, {72, 700, 10, "Green and black are the common kinds of it."}}},
                                  "/Title (Tea \\(a study\\)) /Author (A. Lice)",
                                  ""});
  EXPECT_EQ(outline(document),
            "h1 0/1 [] On Tea\n"
            "p 0/1 [On Tea] Leaves in hot water make a drink for the after-noon.\n"
            "p 0/1 [On Tea] Another paragraph.\n"
            "h2 0/2 [On Tea] Kinds\n"
            "p 0/2 [On Tea > Kinds] Green and black are the common kinds of it.\n");
  EXPECT_EQ(document.title, "Tea (a study)");
  EXPECT_EQ(meta(document, "author"), "A. Lice");
  EXPECT_EQ(meta(document, "pages"), "2");
}

TEST(PdfReader, KeepsWordsApartThatAreSetApart) {
  const Document document = read({{{{72, 700, 10, "apart"}, {105, 700, 10, "from"}, {140, 700, 10, "each"}}}, "", ""});
  EXPECT_EQ(outline(document), "p 0/1 [] apart from each\n");
}

TEST(PdfReader, NamesAPdfWithoutTitleByItsFile) {
  EXPECT_EQ(read({{{{72, 700, 10, "text"}}}, "/Title (untitled)", ""}).title, "paper.pdf");
  EXPECT_TRUE(read({{{}}, "", ""}).blocks.empty());
}

}  // namespace
}  // namespace akin::documents
