#include "normalized_text.h"

#include <gtest/gtest.h>

namespace akin::text {
namespace {

TEST(NormalizedText, ReplacesMalformedBytesAndKeepsTheirOrigin) {
  const NormalizedText text("a\xe4\xb8z", 10);
  EXPECT_EQ(text.text(), "a\ufffdz");
  EXPECT_EQ(text.n_invalid(), 1U);
  EXPECT_EQ(text.origin(1, 4), (TextSpan{11, 13}));
  EXPECT_EQ(text.origin(4, 5), (TextSpan{13, 14}));
}

TEST(NormalizedText, RemembersOriginsThroughDecompositionAndFilters) {
  NormalizedText text("xéy");
  text.decompose(Decomposition::canonical);
  EXPECT_EQ(text.text(), "xe\u0301y");
  EXPECT_EQ(text.origin(1, 4), (TextSpan{1, 3}));
  text.filter([](char32_t c) { return c < 0x80; });
  EXPECT_EQ(text.text(), "xey");
  EXPECT_EQ(text.origin(1, 2), (TextSpan{1, 3}));
  EXPECT_EQ(text.origin(2, 3), (TextSpan{3, 4}));
}

TEST(NormalizedText, OrdersMarksAndComposesThem) {
  NormalizedText text("e\u0301\u0323");
  text.compose(Decomposition::canonical);
  EXPECT_EQ(text.text(), "\u1eb9\u0301");
  NormalizedText compatible("ﬁ²");
  compatible.compose(Decomposition::compatibility);
  EXPECT_EQ(compatible.text(), "fi2");
}

TEST(NormalizedText, ReplacesAPattern) {
  NormalizedText text("aXXb");
  text.replace("X", "éé");
  EXPECT_EQ(text.text(), "aééééb");
  EXPECT_EQ(text.origin(1, 5), (TextSpan{1, 2}));
  EXPECT_EQ(text.origin(9, 10), (TextSpan{3, 4}));
}

TEST(NormalizedText, PrependsWithTheOriginOfTheFirstCharacter) {
  NormalizedText text("éa", 5);
  text.prepend("▁");
  EXPECT_EQ(text.text(), "▁éa");
  EXPECT_EQ(text.origin(0, 3), (TextSpan{5, 7}));
}

TEST(NormalizedText, StripsEitherEndAndAppends) {
  NormalizedText text(" a\u3000");
  text.strip(false, true);
  EXPECT_EQ(text.text(), " a");
  text.strip(true, false);
  EXPECT_EQ(text.origin(0, 1), (TextSpan{1, 2}));
  text.append(NormalizedText("b", 9));
  EXPECT_EQ(text.text(), "ab");
  EXPECT_EQ(text.origin(1, 2), (TextSpan{9, 10}));
}

TEST(NormalizedText, KeepsOriginsInASlice) { EXPECT_EQ(NormalizedText("abcd").slice(1, 3).origin(1, 2), (TextSpan{2, 3})); }

}  // namespace
}  // namespace akin::text
