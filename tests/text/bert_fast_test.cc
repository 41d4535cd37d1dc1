#include "bert_fast.h"

#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "load.h"

namespace akin::text {
namespace {

struct Both {
  explicit Both(const BertNormalizerOptions& options, std::size_t max_chars = 100) {
    WordPieceParts in;
    in.pieces = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "##a", "b",   "##b", "ab", "##abab",
                 "cat",   "##s",   "e",     "##e",   "é",      ",", "1",   "##1", "中",  "가", "##ᅡ"};
    in.lowercase = options.lowercase;
    in.strip_accents = options.strip_accents;
    in.clean_text = options.clean_text;
    in.handle_chinese_chars = options.handle_chinese_chars;
    in.max_chars_per_word = max_chars;
    parts = load_word_piece(in, "test");
    added = std::make_unique<AddedTokens>(parts.added, parts.normalizer.get());
    pipeline = std::make_unique<Pipeline>(parts, *added);
    fast = BertFast::make(parts, *added, *pipeline);
  }
  template <class Path>
  static TokenList tokens(const Path& path, std::string_view text, std::size_t keep = 1 << 20) {
    TokenList list;
    TokenSink sink(list, keep, true);
    path.tokenize(text, sink);
    return list;
  }
  void expect_equal(std::string_view text) const {
    const TokenList a = tokens(*fast, text);
    const TokenList b = tokens(*pipeline, text);
    ASSERT_EQ(a.ids, b.ids) << text;
    ASSERT_EQ(a.offsets, b.offsets) << text;
    ASSERT_EQ(a.n_seen, b.n_seen) << text;
  }

  PipelineParts parts;
  std::unique_ptr<AddedTokens> added;
  std::unique_ptr<Pipeline> pipeline;
  std::unique_ptr<const BertFast> fast;
};

std::string random_text(std::mt19937& random) {
  static const std::vector<std::string> kBits = {"a",
                                                 "b",
                                                 "A",
                                                 "B",
                                                 "ab",
                                                 "abab",
                                                 "cat",
                                                 "CATS",
                                                 "e",
                                                 "E",
                                                 "1",
                                                 "11",
                                                 " ",
                                                 " ",
                                                 "\t",
                                                 "\n",
                                                 ",",
                                                 "[MASK]",
                                                 "[",
                                                 "\x01",
                                                 std::string(1, '\0'),
                                                 "\x7f",
                                                 "\x0b",
                                                 "é",
                                                 "É",
                                                 "e\u0301",
                                                 "\u0301",
                                                 "中",
                                                 "가",
                                                 "\u302e\u0323",
                                                 "\U0001d165",
                                                 "\u00a0",
                                                 "\u2028",
                                                 "ß",
                                                 "İ",
                                                 "…",
                                                 "\xff",
                                                 "\xe4\xb8",
                                                 "\xf0\x9f",
                                                 "\ufffd",
                                                 "\u200b",
                                                 "abababababababa",
                                                 "babababababababa",
                                                 "ababababababababababababababab"};
  std::string out;
  for (std::size_t n = random() % 24; n > 0; --n) out += kBits[random() % kBits.size()];
  return out;
}

TEST(BertFast, EqualsThePipelineOnAnyTextUnderAnyOptions) {
  std::mt19937 random(5);
  for (unsigned bits = 0; bits < 16; ++bits) {
    const Both both({.clean_text = (bits & 1) != 0,
                     .handle_chinese_chars = (bits & 2) != 0,
                     .strip_accents = (bits & 4) != 0,
                     .lowercase = (bits & 8) != 0});
    ASSERT_NE(both.fast, nullptr);
    for (int i = 0; i < 1500; ++i) both.expect_equal(random_text(random));
  }
}

TEST(BertFast, EqualsThePipelineWithAnyLimitOnWordLength) {
  std::mt19937 random(6);
  for (const std::size_t limit : {0U, 1U, 7U, 8U, 9U, 16U, 17U}) {
    const Both both({}, limit);
    for (int i = 0; i < 500; ++i) both.expect_equal(random_text(random));
  }
}

TEST(BertFast, EqualsThePipelineOnEveryCodePoint) {
  const Both both({});
  for (char32_t c = 0; c < 0x110000; ++c) {
    if (c >= 0x3400 && c % 16 != 0 && (c < 0xA000 || c > 0x20000)) continue;  // thin out the ideographs and the unassigned planes
    std::string text = "a";
    append_utf8(text, c);
    both.expect_equal(text + "b");
  }
}

TEST(BertFast, KeepsTheFirstTokensAndCountsAll) {
  const Both both({});
  const TokenList list = Both::tokens(*both.fast, "a b \u302e a b ab", 2);
  EXPECT_EQ(list.ids.size(), 2U);
  EXPECT_EQ(list.n_seen, Both::tokens(*both.pipeline, "a b \u302e a b ab").n_seen);
}

TEST(BertFast, GivesTheSameFromManyThreads) {
  const Both both({});
  const std::string text = "ab cat abab é 中 , cats ababab 가 \u302e";
  const TokenList want = Both::tokens(*both.pipeline, text);
  std::vector<int> wrong(4, 0);
  {
    std::vector<std::jthread> threads;
    for (int& n : wrong) {
      threads.emplace_back([&both, &text, &want, &n] {
        for (int i = 0; i < 300; ++i) n += Both::tokens(*both.fast, text).ids != want.ids;
      });
    }
  }
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

}  // namespace
}  // namespace akin::text
