#include "charset.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace akin::documents {
namespace {

using namespace std::string_literals;

// Each row: bytes as Python's str.encode() wrote them for the text.
struct Sample {
  const char* encoding;
  std::string bytes;
  std::string text;
};

TEST(Charset, DecodesWhatPythonsCodecsEncoded) {
  const std::array<Sample, 7> samples = {{
      {"windows-1252",
       "na\xefve \x96 \x80"
       "5",
       "naïve – €5"},
      {"koi8-r", "\xf0\xd2\xc9\xd7\xc5\xd4", "Привет"},
      {"windows-1251", "\xcf\xf0\xe8\xe2\xe5\xf2", "Привет"},
      {"shift_jis", "\x93\xfa\x96\x7b\x8c\xea", "日本語"},
      {"gbk", "\xd6\xd0\xce\xc4", "中文"},
      {"iso-8859-2", "\xb3\xf3\xd5", "łóŐ"},
      {"iso-2022-jp", "\x1b$BF|K\\\x1b(B", "日本"},
  }};
  for (const Sample& sample : samples) {
    SCOPED_TRACE(sample.encoding);
    const Decoded decoded = decode_text(sample.bytes, sample.encoding);
    EXPECT_EQ(decoded.text, sample.text);
    EXPECT_EQ(decoded.encoding, sample.encoding);
    EXPECT_EQ(decoded.n_invalid, 0U);
  }
}

TEST(Charset, TrustsAByteOrderMarkMoreThanADeclaration) {
  EXPECT_EQ(decode_text("\xEF\xBB\xBF\xC3\xA9", "windows-1251").text, "é");
  EXPECT_EQ(decode_text("\xFF\xFEh\0i\0\x3D\xD8\x00\xDE"s, "koi8-r").text, "hi😀");
  EXPECT_EQ(decode_text("\xFE\xFF\0h\0i"s).text, "hi");
}

TEST(Charset, CountsBrokenUtf16) {
  const Decoded decoded = decode_text("\xFF\xFEh\0\x00\xD8x\0!"s);
  EXPECT_EQ(decoded.text, "h\uFFFDx\uFFFD");
  EXPECT_EQ(decoded.n_invalid, 2U);
}

TEST(Charset, TakesWesternBytesWithoutADeclarationForWindows1252) {
  const Decoded decoded = decode_text("Un caf\xE9 cr\xE8me, s\x92il vous pla\xEEt, et voil\xE0 tout");
  EXPECT_EQ(decoded.text, "Un café crème, s’il vous plaît, et voilà tout");
  EXPECT_EQ(decoded.encoding, "windows-1252");
}

TEST(Charset, ReplacesBrokenUtf8WhereSomeOfItIsUtf8) {
  const Decoded decoded = decode_text("caf\xC3\xA9 and \xFF and \xC3\xA9t\xC3\xA9");
  EXPECT_EQ(decoded.text, "café and \uFFFD and été");
  EXPECT_EQ(decoded.n_invalid, 1U);
}

TEST(Charset, FallsBackForAnUnknownOrWrongDeclaration) {
  EXPECT_EQ(decode_text("caf\xC3\xA9", "no-such-charset").text, "café");
  EXPECT_EQ(decode_text("caf\xC3\xA9", "../../etc/passwd").text, "café");
  EXPECT_EQ(decode_text("caf\xC3\xA9", "utf-16").text, "café");
  EXPECT_EQ(decode_text("\x93\xfa\xFF", "shift_jis").text, "日\uFFFD");
}

TEST(Charset, UnifiesLineEndsAndBlanksControls) {
  EXPECT_EQ(decode_text("a\r\nb\rc\nd\0e\x07\tf"s).text, "a\nb\nc\nd e \tf");
  EXPECT_EQ(decode_verbatim("a\r\nb\0"s).text, "a\r\nb\0"s);
}

TEST(Charset, FindsWhatAPageDeclares) {
  EXPECT_EQ(declared_charset("<meta charset=UTF-8>"), "utf-8");
  EXPECT_EQ(declared_charset("<META HTTP-EQUIV='Content-Type' CONTENT='text/html; charset=Shift_JIS'>"), "shift_jis");
  EXPECT_EQ(declared_charset("<meta name=x><meta charset=\"koi8-r\"/>"), "koi8-r");
  EXPECT_EQ(declared_charset("<p>charset=koi8-r"), "");
  EXPECT_EQ(declared_charset("<meta charset"), "");
  EXPECT_EQ(declared_charset(std::string(5000, ' ') + "<meta charset=koi8-r>"), "");
}

}  // namespace
}  // namespace akin::documents
