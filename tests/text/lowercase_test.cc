#include "akin/text/lowercase.h"

#include <gtest/gtest.h>

namespace akin {
namespace {

TEST(Lowercase, FollowsUnicode) { EXPECT_EQ(lowercase("Hello ÀÉ ΑΒ Ǆ İ ẞ 𐐀"), "hello àé αβ ǆ i\u0307 ß 𐐨"); }

TEST(Lowercase, ReplacesMalformedBytes) {
  EXPECT_EQ(lowercase("A\xff"
                      "B"),
            "a\ufffd"
            "b");
}

}  // namespace
}  // namespace akin
