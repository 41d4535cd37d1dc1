// The vectors of RFC 4648, section 10, and what is not base64.
#include "akin/base/base64.h"

#include <gtest/gtest.h>

namespace akin {
namespace {

TEST(Base64, DecodesTheVectorsOfTheStandard) {
  EXPECT_EQ(decode_base64(""), "");
  EXPECT_EQ(decode_base64("Zg=="), "f");
  EXPECT_EQ(decode_base64("Zm8="), "fo");
  EXPECT_EQ(decode_base64("Zm9v"), "foo");
  EXPECT_EQ(decode_base64("Zm9vYg=="), "foob");
  EXPECT_EQ(decode_base64("Zm9vYmE="), "fooba");
  EXPECT_EQ(decode_base64("Zm9vYmFy"), "foobar");
  EXPECT_EQ(decode_base64("+/+/"), "\xfb\xff\xbf");
}

TEST(Base64, RefusesEverythingElse) {
  for (const char* bad : {"Z", "Zg", "Zg=", "Zm9v=", "====", "Zg==Zg==", "Zm9-", "Zm9_", "Zm 9v", "Zm9v\n", "Zh==", "Zm9="})
    EXPECT_EQ(decode_base64(bad), std::nullopt) << bad;
}

TEST(Base64, ReadLooselyTakesWhatMailHolds) {
  EXPECT_EQ(decode_base64_loosely(""), "");
  EXPECT_EQ(decode_base64_loosely("Zm9v\r\nYmFy\r\n"), "foobar");
  EXPECT_EQ(decode_base64_loosely("Zg==Zg"), "f\x06`") << "digits go on behind padding in the midst";
  EXPECT_EQ(decode_base64_loosely("Zm9vYg"), "foob") << "without padding";
  EXPECT_EQ(decode_base64_loosely("-_+/"), decode_base64("+/+/"));
  EXPECT_EQ(decode_base64_loosely("Z!m?9 v"), "foo");
  EXPECT_EQ(decode_base64_loosely("Zm9vZ"), "foo") << "six bits make no byte";
}

}  // namespace
}  // namespace akin
