#include "akin/text/fold.h"

#include <gtest/gtest.h>

#include <string>

namespace akin {
namespace {

TEST(Fold, TakesCaseAndWhiteSpaceAway) {
  EXPECT_EQ(fold_text("  How do I\tUNDO\r\n the last  commit? "), "how do i undo the last commit?");
  EXPECT_EQ(fold_text(""), "");
  EXPECT_EQ(fold_text(" \n\t "), "");
  EXPECT_EQ(fold_text("\xC2\xA0Wide\xE3\x80\x80Space\xE2\x80\xA9"), "wide space");  // U+00A0, U+3000, U+2029
}

TEST(Fold, ComposesWhatIsWrittenInPieces) {
  EXPECT_EQ(fold_text("Cafe\xCC\x81"), "caf\xC3\xA9");
  EXPECT_EQ(fold_text("CAF\xC3\x89"), "caf\xC3\xA9");
  EXPECT_EQ(fold_text("e\xCC\x81"), fold_text("\xC3\x89"));
  EXPECT_EQ(fold_text("\xE2\x84\xAB"), "\xC3\xA5");  // the sign of the angstrom is a letter with a ring
  EXPECT_EQ(fold_text("A\xCC\x8A"), "\xC3\xA5");
  EXPECT_EQ(fold_text("q\xCC\x87\xCC\xA3"), fold_text("q\xCC\xA3\xCC\x87"));     // marks above and below, in either order
  EXPECT_EQ(fold_text("\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB"), "\xED\x95\x9C");  // three jamo are one syllable of Hangul
}

TEST(Fold, LeavesOtherScriptsAsTheyAre) {
  EXPECT_EQ(fold_text("日本語 テスト"), "日本語 テスト");
  EXPECT_EQ(fold_text("ΑΒΓ Привет"), "αβγ привет");
  EXPECT_EQ(fold_text("ﬁ"), "ﬁ");  // compatibility forms differ
}

TEST(Fold, TakesBytesThatAreNotUtf8) {
  EXPECT_EQ(fold_text("a\xFF"
                      "B"),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(fold_text("\xC3"), "\xEF\xBF\xBD");
  EXPECT_EQ(fold_text("\xCC\x81"), "\xCC\x81");  // a mark that stands alone
  const std::string zero("a\0 b", 4);
  EXPECT_EQ(fold_text(zero), zero);
}

TEST(Fold, ChangesNothingTheSecondTime) {
  for (const char* text : {"  Stra\xC3\x9F"
                           "E  i\xCC\x87 \xC4\xB0 x",
                           "e\xCC\x81\xCC\x81 \xE1\x84\x92\xE1\x85\xA1", "\xFF\xFE A"}) {
    const std::string once = fold_text(text);
    EXPECT_EQ(fold_text(once), once) << text;
  }
}

TEST(Fold, TakesALongRunOfMarksInOneGo) {
  std::string text = "a";
  for (int i = 0; i < 200'000; ++i) text += "\xCC\x81";
  EXPECT_EQ(fold_text(text).size(), 2 + 2 * 199'999);
}

}  // namespace
}  // namespace akin
