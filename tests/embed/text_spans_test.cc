#include "akin/embed/text_spans.h"

#include <gtest/gtest.h>

#include <string>

#include "akin/base/error.h"
#include "akin/base/utf8.h"
#include "golden_files.h"

namespace akin {
namespace {

Tokenizer tiny() { return Tokenizer::from_folder(golden::path("sentence-transformers/pool-mean")); }

std::vector<std::string> cut(std::string_view text, std::size_t max_tokens) {
  std::vector<std::string> parts;
  for (const TextSpan& span : cut_spans(text, tiny(), max_tokens)) parts.emplace_back(text.substr(span.begin, span.end - span.begin));
  return parts;
}

TEST(TextSpans, OfAShortTextAreOne) { EXPECT_EQ(cut("the house by the sea", 100), std::vector<std::string>{"the house by the sea"}); }

TEST(TextSpans, OfNothingAreNone) {
  EXPECT_TRUE(cut("", 5).empty());
  EXPECT_TRUE(cut(" \n ", 5).empty());
}

TEST(TextSpans, EndBehindASentenceWhereOneEndsInTheirSecondHalf) {
  const std::string text = "The sea is calm. The ship is old and the men are tired of it all.";
  const Tokenizer tokenizer = tiny();
  const std::size_t first = tokenizer.count("The sea is calm.");
  const std::vector<std::string> parts = cut(text, first + 3);
  EXPECT_EQ(parts[0], "The sea is calm. ");
}

TEST(TextSpans, EndBeforeAWordWhereNoSentenceEnds) {
  std::string text;
  for (int i = 0; i < 50; ++i) text += "house ";
  for (const std::string& part : cut(text, 7)) EXPECT_TRUE(part.ends_with(' ')) << part;
}

TEST(TextSpans, CoverTheTextOnceInOrderAndHoldNoMoreTokensThanAsked) {
  const Tokenizer tokenizer = tiny();
  const std::string text =
      "  It was a bright cold day in April — and the clocks, naïve as ever, were striking 13! 你好世界。再见。 line one\nline two\n\n"
      "supercalifragilisticexpialidocious \xff\xfe end  ";
  for (std::size_t max_tokens = 1; max_tokens < 60; ++max_tokens) {
    std::uint32_t at = 0;
    for (const TextSpan& span : cut_spans(text, tokenizer, max_tokens)) {
      EXPECT_EQ(span.begin, at);
      EXPECT_LT(span.begin, span.end);
      at = span.end;
    }
    EXPECT_EQ(at, text.size());
    const auto offsets = tokenizer.encode(text, {.special_tokens = false, .offsets = true}).offsets;
    for (const TextSpan& span : cut_spans(text, tokenizer, max_tokens)) {
      std::size_t n = 0;
      for (const TextSpan& token : offsets) n += token.begin >= span.begin && token.begin < span.end ? 1U : 0U;
      EXPECT_GE(n, 1U);
      EXPECT_LE(n, max_tokens);
    }
  }
}

TEST(TextSpans, OfNoTokensEachAreRefused) { EXPECT_THROW((void)cut("a", 0), Error); }

}  // namespace
}  // namespace akin
