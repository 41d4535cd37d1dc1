#include <gtest/gtest.h>

#include "akin/documents/document.h"
#include "base/throws.h"
#include "golden_document.h"
#include "outline.h"
#include "tiny_zip.h"

namespace akin::documents {
namespace {

using akin::testing::expect_error;
using akin::testing::golden_document;
using akin::testing::meta;
using akin::testing::outline;
using akin::testing::TinyZip;

constexpr const char* kContainer =
    "<container xmlns='urn:oasis:names:tc:opendocument:xmlns:container'><rootfiles><rootfile full-path='OPS/book.opf'/></rootfiles>"
    "</container>";
constexpr const char* kBook =
    "<package xmlns='http://www.idpf.org/2007/opf'><metadata xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:title>Tea</dc:title>"
    "<dc:creator>A. Lice</dc:creator><dc:creator>B. Ob</dc:creator><dc:language>en</dc:language></metadata><manifest>"
    "<item id='a' href='one.xhtml' media-type='application/xhtml+xml'/><item id='b' href='two%20.xhtml' "
    "media-type='application/xhtml+xml'/>"
    "<item id='n' href='nav.xhtml' media-type='application/xhtml+xml' properties='nav'/><item id='p' href='p.png' media-type='image/png'/>"
    "</manifest><spine><itemref idref='n'/><itemref idref='b'/><itemref idref='a'/><itemref idref='b'/><itemref idref='p'/>"
    "<itemref idref='lost'/></spine></package>";

TinyZip book() {
  TinyZip zip;
  zip.add("mimetype", "application/epub+zip", false);
  zip.add("META-INF/container.xml", kContainer);
  zip.add("OPS/book.opf", kBook);
  zip.add("OPS/one.xhtml", "<html><head><title>x</title></head><body><h1>One</h1><p>first</p></body></html>");
  zip.add("OPS/two .xhtml", "<html><body><p>begin</p><h2>Two</h2><p>second</p></body></html>");
  zip.add("OPS/nav.xhtml", "<html><body><p>contents</p></body></html>");
  return zip;
}

Document read(const TinyZip& zip) { return read_documents(zip.bytes(), "a.epub").at(0); }

TEST(EpubReader, ReadsTheChaptersInTheirOrder) {
  const Document document = read(book());
  EXPECT_EQ(outline(document), "p 0/1 [] begin\nh2 0/1 [] Two\np 0/1 [Two] second\nh1 0/2 [] One\np 0/2 [One] first\n");
  EXPECT_EQ(document.title, "Tea");
  EXPECT_EQ(document.format, "epub");
  EXPECT_EQ(meta(document, "author"), "A. Lice, B. Ob");
  EXPECT_EQ(meta(document, "language"), "en");
}

TEST(EpubReader, ReadsWhatPandocWrote) {
  const Document document = read_documents(golden_document("tea.epub"), "tea.epub").at(0);
  const std::string told = outline(document);
  for (const char* row :
       {"h1 0/2 [] Tea\n", "p 0/2 [Tea] A warm drink, made of leaves and water.", "h2 0/2 [Tea] Kinds\n",
        "row 0/2 [Tea > Kinds] green | 3\n", "quote 0/2 [Tea > Kinds] Drink me.\n", "item 0/2 [Tea > Making it] Boil the water.\n",
        "code 0/2 [Tea > Making it] def pour(cup):\\n    return cup + 1\n", "p 0/3 [Größe] Naïve café — 茶 and чай.\n"})
    EXPECT_NE(told.find(row), std::string::npos) << row << told;
  EXPECT_EQ(document.title, "On Tea");
}

TEST(EpubReader, RefusesLockedAndBrokenBooks) {
  TinyZip locked = book();
  locked.add("META-INF/encryption.xml",
             "<e xmlns:c='http://www.w3.org/2001/04/xmlenc#'><c:EncryptedData><c:CipherData><c:CipherReference URI='OPS/one.xhtml'/>"
             "</c:CipherData></c:EncryptedData></e>");
  expect_error(ErrorCode::unsupported, "a.epub: is an encrypted EPUB book", [&] { read(locked); });
  TinyZip fonts = book();
  fonts.add("META-INF/encryption.xml", "<e xmlns:c='http://www.w3.org/2001/04/xmlenc#'><c:CipherReference URI='OPS/font.otf'/></e>");
  EXPECT_FALSE(read(fonts).blocks.empty());
  TinyZip empty;
  empty.add("mimetype", "application/epub+zip", false);
  expect_error(ErrorCode::corrupt, "a.epub: is a broken EPUB book: 'META-INF/container.xml' names no package file", [&] { read(empty); });
  empty.add("META-INF/container.xml", kContainer);
  expect_error(ErrorCode::corrupt, "a.epub: lacks 'OPS/book.opf'", [&] { read(empty); });
}

}  // namespace
}  // namespace akin::documents
