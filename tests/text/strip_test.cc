#include "akin/text/strip.h"

#include <gtest/gtest.h>

#include <string>

namespace akin {
namespace {

TEST(Strip, TakesAwayWhatPythonCallsWhiteSpaceAtBothEnds) {
  EXPECT_EQ(stripped(" \t\n a  b \r\v\f"), "a  b");
  EXPECT_EQ(stripped("\u00a0\u2003\u3000\u2028x\u0085\u1680\u202f"), "x");
  EXPECT_EQ(stripped("\x1c\x1d\x1e\x1fx\x1f"), "x");
}

TEST(Strip, LeavesWhatOnlyLooksLikeIt) {
  EXPECT_EQ(stripped("\u200bx\u200b"), "\u200bx\u200b");  // zero width space
  EXPECT_EQ(stripped("\ufeffx"), "\ufeffx");
}

TEST(Strip, OfNothingButWhiteSpaceLeavesNothing) {
  EXPECT_EQ(stripped(""), "");
  EXPECT_EQ(stripped(" \u2003 "), "");
}

TEST(Strip, StopsAtMalformedBytes) {
  EXPECT_EQ(stripped(" \xff \x80 "), "\xff \x80");
  EXPECT_EQ(stripped("\x80\x80\x80\x80\x80 "), "\x80\x80\x80\x80\x80");
  EXPECT_EQ(stripped(" \xe2\x80"), "\xe2\x80");  // the beginning of U+2003
}

TEST(Strip, AgreesWithItselfCharacterByCharacter) {
  // Every code point between two letters stays; at the ends it goes if and only if it is white space.
  const std::string space = "\u2003";
  EXPECT_EQ(stripped("a" + space + "b"), "a" + space + "b");
  EXPECT_EQ(stripped(space + "a" + space), "a");
}

}  // namespace
}  // namespace akin
