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
using akin::testing::tiny_odf;
using akin::testing::TinyZip;

std::string read(const TinyZip& zip, const std::string& name = "a.odt") { return outline(read_documents(zip.bytes(), name).at(0)); }

TEST(OdfReader, ReadsWhatPandocWrote) {
  const Document document = read_documents(golden_document("tea.odt"), "tea.odt").at(0);
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
            "p 0 [Tea > Making it] def pour(cup):\n"
            "p 0 [Tea > Making it] return cup + 1\n"
            "h1 0 [] Größe\n"
            "p 0 [Größe] Naïve café — 茶 and чай.\n");
  EXPECT_EQ(document.title, "On Tea");
  EXPECT_EQ(document.format, "odt");
  EXPECT_EQ(meta(document, "author"), "A. Lice");
}

TEST(OdfReader, LeavesOutWhatIsHiddenOrMadeOfTheRest) {
  EXPECT_EQ(read(tiny_odf("text",
                          "<text:tracked-changes><text:p>deleted</text:p></text:tracked-changes>"
                          "<text:table-of-content><text:p>Tea ... 1</text:p></text:table-of-content>"
                          "<text:section text:display='none'><text:p>hidden</text:p></text:section>"
                          "<text:p>a<text:s text:c='3'/>b<text:tab/>c<text:line-break/>d<office:annotation><text:p>comment</text:p>"
                          "</office:annotation><text:hidden-text>no</text:hidden-text></text:p>")),
            "p 0 [] a b c\\nd\n");
}

TEST(OdfReader, TellsSlidesAsPages) {
  const std::string page =
      "<draw:page><draw:frame presentation:class='title'><draw:text-box><text:p>Tea</text:p></draw:text-box></draw:frame>"
      "<draw:frame "
      "presentation:class='outline'><draw:text-box><text:list><text:list-item><text:p>green</text:p></text:list-item></text:list>"
      "</draw:text-box></draw:frame><presentation:notes><draw:frame presentation:class='notes'><draw:text-box><text:p>Say it "
      "slowly.</text:p>"
      "</draw:text-box></draw:frame></presentation:notes></draw:page>";
  EXPECT_EQ(read(tiny_odf("presentation", page + "<draw:page><draw:frame><draw:text-box><text:p>bare</text:p></draw:text-box></draw:frame>"
                                                 "</draw:page>"),
                 "a.odp"),
            "h1 0/1 [] Tea\n"
            "item 0/1 [Tea] green\n"
            "p 0/1 [Tea] Say it slowly.\n"
            "p 0/2 [] bare\n");
}

TEST(OdfReader, MakesADocumentOfEachSheet) {
  const std::string cell = "<table:table-cell><text:p>";
  const std::string end = "</text:p></table:table-cell>";
  const TinyZip zip = tiny_odf("spreadsheet", "<table:table table:name='Prices'><table:table-row>" + cell + "kind" + end + cell + "price" +
                                                  end + "</table:table-row><table:table-row table:number-rows-repeated='3'>" +
                                                  "<table:table-cell table:number-columns-repeated='1000'/></table:table-row>" +
                                                  "<table:table-row>" + cell + "green" + end + cell + "3" + end + "</table:table-row>" +
                                                  "</table:table><table:table table:name='Hidden' table:display='false'/>" +
                                                  "<table:table table:name='Other'><table:table-row><table:table-cell "
                                                  "table:number-columns-repeated='2'><text:p>x</text:p></table:table-cell>" +
                                                  cell + "two</text:p><text:p>lines" + end + "</table:table-row></table:table>");
  const auto documents = read_documents(zip.bytes(), "a.ods");
  ASSERT_EQ(documents.size(), 2U);
  EXPECT_EQ(outline(documents[0]), "h1 0/1 [] Prices\nrow 5/1 [Prices] kind: green | price: 3\n");
  EXPECT_EQ(outline(documents[1]), "h1 0/2 [] Other\nrow 1/2 [Other] x | two lines\n");
  EXPECT_EQ(documents[0].uri, "a.ods#Prices");
  EXPECT_EQ(documents[0].format, "ods");
}

TEST(OdfReader, RefusesEncryptedAndBrokenFiles) {
  TinyZip locked = tiny_odf("text", "");
  locked.add("META-INF/manifest.xml",
             "<m:manifest xmlns:m='urn:oasis:names:tc:opendocument:xmlns:manifest:1.0'><m:file-entry><m:encryption-data/></m:file-entry>"
             "</m:manifest>");
  expect_error(ErrorCode::unsupported, "a.odt: is an encrypted OpenDocument file, which needs a password", [&] { read(locked); });
  TinyZip empty;
  empty.add("mimetype", "application/vnd.oasis.opendocument.text", false);
  expect_error(ErrorCode::corrupt, "a.odt: lacks 'content.xml'", [&] { read(empty); });
  expect_error(ErrorCode::corrupt, "a.odt: 'content.xml' in it, line 1: broken XML", [] { read(tiny_odf("text", "<text:p>")); });
  expect_error(ErrorCode::unsupported, "is an OpenDocument file of type 'graphics'", [] { read(tiny_odf("graphics", "")); });
}

}  // namespace
}  // namespace akin::documents
