#include <gtest/gtest.h>

#include <array>

#include "akin/documents/document.h"
#include "base/throws.h"
#include "golden_document.h"
#include "outline.h"

namespace akin::documents {
namespace {

using akin::testing::expect_error;
using akin::testing::golden_document;
using akin::testing::meta;
using akin::testing::outline;

Document document_of(const std::string& body) { return read_documents("{\\rtf1\\ansi " + body + "}", "a.rtf").at(0); }
std::string read(const std::string& body) { return outline(document_of(body)); }

TEST(RtfReader, ReadsWhatPandocWrote) {
  const Document document = read_documents(golden_document("tea.rtf"), "tea.rtf").at(0);
  EXPECT_EQ(outline(document),
            "p 0 [] On Tea\n"
            "p 0 [] A. Lice\n"
            "p 0 [] 2021-03-04\n"
            "h1 0 [] Tea\n"
            "p 0 [Tea] A warm drink, made of leaves and water.\n"
            "p 0 [Tea] Or of herbs; those are no tea.\n"
            "h2 0 [Tea] Kinds\n"
            "p 0 [Tea > Kinds] • green\n"
            "p 0 [Tea > Kinds] • black\n"
            "p 0 [Tea > Kinds] – Assam\n"
            "p 0 [Tea > Kinds] – Darjeeling\n"
            "p 0 [Tea > Kinds] Drink me.\n"
            "row 0 [Tea > Kinds] kind | price\n"
            "row 0 [Tea > Kinds] green | 3\n"
            "row 0 [Tea > Kinds] black | 4\n"
            "h2 0 [Tea] Making it\n"
            "p 0 [Tea > Making it] 1. Boil the water.\n"
            "p 0 [Tea > Making it] 2. Pour it over the leaves; “wait”.\n"
            "p 0 [Tea > Making it] def pour(cup):\\nreturn cup + 1\n"
            "h1 0 [] Größe\n"
            "p 0 [Größe] Naïve café — 茶 and чай.\n");
  EXPECT_EQ(document.format, "rtf");
}

TEST(RtfReader, DecodesCodePagesAndUnicode) {
  EXPECT_EQ(read("caf\\'e9 \\'93x\\'94\\par"), "p 0 [] café “x”\n");
  EXPECT_EQ(read("\\ansicpg1251 \\'ef\\'f0\\'e8\\'e2\\'e5\\'f2"), "p 0 [] привет\n");
  EXPECT_EQ(read("{\\fonttbl{\\f0\\fcharset0 A;}{\\f1\\fcharset128 B;}}\\f0 a{\\f1 \\'82\\'a0}b"), "p 0 [] aあb\n");
  EXPECT_EQ(read("\\uc1\\u1078?\\uc2\\u1079\\'3f\\'3f{\\uc0\\u1080}."), "p 0 [] жзи.\n");
  EXPECT_EQ(read("\\u-10179?\\u-8704?\\par"), "p 0 [] 😀\n");
  EXPECT_EQ(read("a\\~b\\_c\\-d\\emdash e\\tab f\\line g\\{h\\}"), "p 0 [] a b-cd—e f\\ng{h}\n");
}

TEST(RtfReader, FindsHeadingsListsAndInformation) {
  const Document document = document_of(
      "{\\stylesheet{\\s0 Normal;}{\\s1 heading 1;}{\\s2\\b Title;}{\\*\\cs3 heading 2;}}"
      "{\\info{\\title On Tea}{\\author A. Lice}{\\*\\company none}{\\creatim\\yr2021\\mo3\\dy4\\hr5\\min6}}"
      "\\pard\\s1 One\\par\\pard\\s0 text\\par{\\pard\\outlinelevel2 Three\\par}\\pard{\\listtext\\tab 1.}\\ls2 item\\par\\pard end");
  EXPECT_EQ(outline(document),
            "h1 0 [] One\n"
            "p 0 [One] text\n"
            "h3 0 [One] Three\n"
            "item 0 [One > Three] item\n"
            "p 0 [One > Three] end\n");
  EXPECT_EQ(document.title, "On Tea");
  EXPECT_EQ(meta(document, "author"), "A. Lice");
  EXPECT_EQ(meta(document, "created"), "2021-03-04T05:06");
  EXPECT_EQ(meta(document, "date"), "2021-03-04T05:06");
}

TEST(RtfReader, LeavesOutWhatIsNotTheText) {
  EXPECT_EQ(read("{\\header top}{\\*\\generator x}a{\\v hidden}{\\pict 0123}{\\field{\\*\\fldinst HYPERLINK}{\\fldrslt  link}}"
                 "{\\object{\\*\\objdata 01}{\\result  shown}}{\\deleted gone}\\bin3 }}} b{\\xe entry}"),
            "p 0 [] a link shown b\n");
}

TEST(RtfReader, KeepsRowsAndNotesApart) {
  EXPECT_EQ(
      read("\\trowd\\pard\\intbl a\\par b\\cell c\\cell\\row\\trowd\\pard\\intbl d\\cell\\row\\pard after{\\footnote a note\\par}.\\par"),
      "row 0 [] a b | c\nrow 0 [] d\np 0 [] after.\np 0 [] a note\n");
}

TEST(RtfReader, EndsWhatTheFileLeavesOpen) {
  EXPECT_EQ(read("\\trowd\\intbl tea\\cell cup"), "row 0 [] tea | cup\n");
  EXPECT_EQ(read("\\pard\\outlinelevel0 Tea"), "h1 0 [] Tea\n");
}

TEST(RtfReader, TakesBrokenFilesWithinBounds) {
  const std::array<std::pair<std::string, const char*>, 3> broken = {{
      {"{\\rtf1 text", "a.rtf: is a broken RTF document: it ends inside a group"},
      {"{\\rtf1 {\\b text}", "a.rtf: is a broken RTF document"},
      {"{\\rtf1 " + std::string(1000, '{'), "a.rtf: is nested deeper than the bound of 400"},
  }};
  for (const auto& [bytes, message] : broken) {
    SCOPED_TRACE(message);
    expect_error(bytes.ends_with("{{") ? ErrorCode::limit : ErrorCode::corrupt, message, [&, b = bytes] { read_documents(b, "a.rtf"); });
  }
  EXPECT_EQ(outline(read_documents("{\\rtf1 a}}}{padding", "a.rtf").at(0)), "p 0 [] a\n");
  const std::string whole = golden_document("tea.rtf");
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string flipped = whole;
    flipped[i] = static_cast<char>(flipped[i] ^ 0x0F);
    try {
      for (const Document& document : read_documents(flipped, "a.rtf")) EXPECT_FALSE(document.title.empty());
    } catch (const Error& error) {
      EXPECT_EQ(std::string(error.what()).rfind("a.rtf: ", 0), 0U) << error.what();
    }
  }
}

}  // namespace
}  // namespace akin::documents
