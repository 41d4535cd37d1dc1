#include "pdf_text.h"

#include <gtest/gtest.h>

#include "base/throws.h"
#include "tiny_pdf.h"

namespace akin::documents {
namespace {

using akin::testing::expect_error;
using akin::testing::TinyPdf;

const TinyPdf kTwoPages{
    {{{72, 700, 10, "Hello"}, {110, 700, 10, "world"}, {72, 688, 10, "second line"}, {72, 640, 10, "far below"}}, {{72, 700, 20, "Large"}}},
    "/Title (Greeting) /Author (A. Lice)",
    ""};

PdfText extract(const std::string& bytes, const ReadLimits& limits = {}) {
  const Reading reading("paper.pdf", limits);
  return extract_pdf(bytes, reading);
}

TEST(PdfText, GivesLinesWithSizesAndParagraphs) {
  const PdfText text = extract(kTwoPages.bytes());
  ASSERT_EQ(text.pages.size(), 2U);
  ASSERT_EQ(text.pages[0].size(), 3U);
  EXPECT_EQ(text.pages[0][0].text, "Hello world");
  EXPECT_TRUE(text.pages[0][0].new_paragraph);
  EXPECT_FALSE(text.pages[0][1].new_paragraph);
  EXPECT_TRUE(text.pages[0][2].new_paragraph);
  EXPECT_FLOAT_EQ(text.pages[0][0].font_size, 10.0F);
  EXPECT_FLOAT_EQ(text.pages[1][0].font_size, 20.0F);
  EXPECT_EQ(text.info.at(0), std::make_pair(std::string("title"), std::string("Greeting")));
}

TEST(PdfText, RefusesAnEncryptedFile) {
  TinyPdf pdf = kTwoPages;
  const std::string key = "(" + std::string(32, 'k') + ")";
  pdf.trailer =
      "/ID [(0123456789abcdef) (0123456789abcdef)] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O " + key + " /U " + key + " >>";
  expect_error(ErrorCode::unsupported, "paper.pdf: is an encrypted PDF", [&] { extract(pdf.bytes()); });
}

TEST(PdfText, RefusesWhatHoldsNoDocument) {
  expect_error(ErrorCode::corrupt, "paper.pdf: is a broken PDF", [] { extract("%PDF-1.4\nnothing"); });
  expect_error(ErrorCode::corrupt, "paper.pdf: is a broken PDF", [] { extract(""); });
}

TEST(PdfText, ReadsOrRefusesEveryTruncation) {
  const std::string whole = kTwoPages.bytes();
  for (std::size_t n = 0; n < whole.size(); n += 41) {
    try {
      EXPECT_LE(extract(whole.substr(0, n)).pages.size(), 2U);
    } catch (const Error& error) {
      EXPECT_EQ(std::string(error.what()).rfind("paper.pdf: ", 0), 0U) << error.what();
    }
  }
}

TEST(PdfText, KeepsToTheBoundsOfPagesAndTime) {
  expect_error(ErrorCode::limit, "has 2 pages, the bound is 1", [] { extract(kTwoPages.bytes(), {.max_pages = 1}); });
  expect_error(ErrorCode::limit, "took longer than the bound", [] { extract(kTwoPages.bytes(), {.max_seconds = 0}); });
}

}  // namespace
}  // namespace akin::documents
