#include "code_point_classes.h"

#include <gtest/gtest.h>

#include "akin/base/utf8.h"
#include "normalized_text.h"

namespace akin::text {
namespace {

TEST(CodePointClasses, EqualTheUnicodeTablesForEveryCodePoint) {
  const CodePointClasses classes;
  for (char32_t c = 0; c < 0x110000; ++c) {
    const CodePointClasses::Class kind = classes.of(c);
    ASSERT_EQ(kind == CodePointClasses::letter, is_letter(c)) << static_cast<unsigned>(c);
    ASSERT_EQ(kind == CodePointClasses::number, is_number(c)) << static_cast<unsigned>(c);
    ASSERT_EQ(kind == CodePointClasses::space, is_space(c)) << static_cast<unsigned>(c);
    ASSERT_EQ(classes.at(c).combining_class, combining_class(c)) << static_cast<unsigned>(c);
  }
}

TEST(CodePointClasses, CallComposedWhatNfcLeavesBehindAnyLetter) {
  const CodePointClasses classes;
  for (char32_t c = 0; c < 0x30000; ++c) {
    if (!classes.at(c).composed || (c >= 0xD800 && c < 0xE000)) continue;
    for (const char32_t before : {U'a', U'\u0627', U'\uac00', U'\u1100', U'\u09c7'}) {
      std::string text;
      append_utf8(text, before);
      append_utf8(text, c);
      NormalizedText composed(text);
      composed.compose(Decomposition::canonical);
      ASSERT_EQ(composed.text(), text) << static_cast<unsigned>(c);
    }
  }
  EXPECT_FALSE(classes.at(U'\u0301').composed);
  EXPECT_FALSE(classes.at(U'\u1161').composed);
  EXPECT_TRUE(classes.at(U'中').composed);
  EXPECT_TRUE(classes.at(U'é').composed);
}

}  // namespace
}  // namespace akin::text
