#include <gtest/gtest.h>

#include "readers.h"

namespace akin::documents {
namespace {

TEST(Entities, DecodesCommonRareAndNumericReferences) {
  EXPECT_EQ(decode_entity("&amp;"), "&");
  EXPECT_EQ(decode_entity("&CounterClockwiseContourIntegral;"), "∳");
  EXPECT_EQ(decode_entity("&#233;"), "é");
  EXPECT_EQ(decode_entity("&#x1F600;"), "😀");
}

TEST(Entities, ReplacesNumbersThatAreNoCharacters) {
  EXPECT_EQ(decode_entity("&#0;"), "\uFFFD");
  EXPECT_EQ(decode_entity("&#xD800;"), "\uFFFD");
  EXPECT_EQ(decode_entity("&#99999999999999999999;"), "\uFFFD");
}

TEST(Entities, LeavesWhatIsNoReference) {
  for (const char* text : {"&nosuchname;", "&;", "&#;", "&#xyz;", "& <b>x</b>;", "&T <i>a</i>;"}) EXPECT_EQ(decode_entity(text), text);
  EXPECT_FALSE(is_entity("&T <i>a</i>;"));
  EXPECT_TRUE(is_entity("&frac12;"));
}

}  // namespace
}  // namespace akin::documents
