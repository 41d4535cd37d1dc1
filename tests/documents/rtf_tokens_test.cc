#include "rtf_tokens.h"

#include <gtest/gtest.h>

#include <string>

namespace akin::documents {
namespace {

/// "word=value", "'symbol", "#byte", "text" and braces, parted by spaces.
std::string told(std::string_view bytes) {
  RtfTokens tokens(bytes);
  std::string out;
  for (RtfToken token = tokens.next(); token.kind != RtfKind::finish; token = tokens.next()) {
    if (!out.empty()) out += ' ';
    if (token.kind == RtfKind::begin) out += '{';
    if (token.kind == RtfKind::end) out += '}';
    if (token.kind == RtfKind::word) out += std::string(token.text) + (token.has_value ? "=" + std::to_string(token.value) : "");
    if (token.kind == RtfKind::symbol) out += "'" + std::string(token.text);
    if (token.kind == RtfKind::byte) out += "#" + std::to_string(token.value);
    if (token.kind == RtfKind::text) out += "<" + std::string(token.text) + ">";
  }
  return out;
}

TEST(RtfTokens, TellsGroupsWordsAndText) {
  EXPECT_EQ(told("{\\rtf1\\b bold\\b0\\li-360  two\\par\n}"), "{ rtf=1 b <bold> b=0 li=-360 < two> par }");
  EXPECT_EQ(told("a\r\nb"), "<a> <b>");
  EXPECT_EQ(told("\\'e4\\~\\{\\*\\u-123?"), "#228 '~ '{ '* u=-123 <?>");
}

TEST(RtfTokens, TakesBrokenEndsAsTheyCome) {
  EXPECT_EQ(told("\\"), "");
  EXPECT_EQ(told("\\'4"), "<> <4>");
  EXPECT_EQ(told("\\'zz"), "<> <zz>");
  EXPECT_EQ(told("\\u99999999999999"), "u=999999999");
  EXPECT_EQ(told("\\li-"), "li <->");
  EXPECT_EQ(told("\\" + std::string(40, 'a')), std::string(32, 'a') + " <aaaaaaaa>");
}

TEST(RtfTokens, PassesOverRawBytes) {
  RtfTokens tokens("\\bin3 {}}x");
  EXPECT_EQ(tokens.next().value, 3);
  tokens.skip(3);
  EXPECT_EQ(tokens.next().text, "x");
  tokens.skip(100);
  EXPECT_EQ(tokens.next().kind, RtfKind::finish);
}

}  // namespace
}  // namespace akin::documents
