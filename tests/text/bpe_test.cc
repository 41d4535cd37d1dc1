#include "bpe.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <random>

#include "akin/base/error.h"

namespace akin::text {
namespace {

std::vector<WordToken> tokens(const Bpe& model, const std::string& word) {
  std::vector<WordToken> out;
  model.tokenize(word, out);
  return out;
}

std::vector<std::string> pieces(const Bpe& model, const std::string& word) {
  std::vector<std::string> out;
  for (const WordToken& token : tokens(model, word)) out.push_back(model.piece(token.id));
  return out;
}

// The definition: again and again the leftmost of the pairs learned first.
std::vector<std::string> by_definition(const std::vector<BpeMerge>& merges, const std::string& word) {
  std::vector<std::string> out;
  for (const char c : word) out.emplace_back(1, c);
  for (;;) {
    std::optional<std::pair<std::size_t, std::size_t>> best;  // rank, place
    for (std::size_t i = 0; i + 1 < out.size(); ++i) {
      for (std::size_t rank = 0; rank < merges.size(); ++rank) {
        if (merges[rank].left == out[i] && merges[rank].right == out[i + 1] && (!best || rank < best->first)) best = {rank, i};
      }
    }
    if (!best) return out;
    out[best->second] += out[best->second + 1];
    out.erase(out.begin() + static_cast<std::ptrdiff_t>(best->second) + 1);
  }
}

TEST(Bpe, MergesThePairLearnedFirst) {
  const Bpe model({"a", "b", "c", "ab", "bc", "abc"}, {{"b", "c"}, {"a", "b"}, {"ab", "c"}}, {}, "t");
  EXPECT_EQ(pieces(model, "abc"), (std::vector<std::string>{"a", "bc"}));
  EXPECT_EQ(pieces(model, "abab"), (std::vector<std::string>{"ab", "ab"}));
  EXPECT_EQ(tokens(model, "aab"), (std::vector<WordToken>{{0, 0, 1}, {3, 1, 3}}));
}

TEST(Bpe, EqualsTheDefinitionOnRandomMergesForShortAndLongWords) {
  std::mt19937 random(5);
  for (int round = 0; round < 60; ++round) {
    std::vector<std::string> vocabulary = {"a", "b", "c"};
    std::vector<BpeMerge> merges;
    for (int i = 0; i < 25; ++i) {
      const BpeMerge merge = {vocabulary[random() % vocabulary.size()], vocabulary[random() % vocabulary.size()]};
      const bool is_new =
          std::none_of(merges.begin(), merges.end(), [&](const BpeMerge& m) { return m.left == merge.left && m.right == merge.right; });
      if (!is_new || merge.left.size() + merge.right.size() > 12) continue;
      merges.push_back(merge);
      if (std::find(vocabulary.begin(), vocabulary.end(), merge.left + merge.right) == vocabulary.end())
        vocabulary.push_back(merge.left + merge.right);
    }
    const Bpe model(vocabulary, merges, {}, "t");
    for (int i = 0; i < 40; ++i) {
      std::string word;
      for (std::size_t n = 1 + random() % (i % 4 == 0 ? 120 : 12); n > 0; --n) word += "abc"[random() % 3];
      ASSERT_EQ(pieces(model, word), by_definition(merges, word)) << word;
    }
  }
}

TEST(Bpe, StaysFastOnAWordOfAMegabyte) {
  std::vector<std::string> vocabulary = {"a"};
  std::vector<BpeMerge> merges;
  for (int i = 0; i < 10; ++i) {
    merges.push_back({vocabulary.back(), vocabulary.back()});
    vocabulary.push_back(vocabulary.back() + vocabulary.back());
  }
  const Bpe model(vocabulary, merges, {}, "t");
  EXPECT_EQ(tokens(model, std::string(std::size_t{1} << 20, 'a')).size(), std::size_t{1} << 10);
}

TEST(Bpe, MarksTheEndOfAWordAndWhatContinuesIt) {
  const Bpe suffixed({"a", "b", "b</w>", "ab</w>"}, {{"a", "b</w>"}}, {.word_suffix = "</w>"}, "t");
  EXPECT_EQ(pieces(suffixed, "ab"), (std::vector<std::string>{"ab</w>"}));
  EXPECT_EQ(pieces(suffixed, "bab"), (std::vector<std::string>{"b", "ab</w>"}));
  const Bpe prefixed({"a", "##a", "##b", "a##b", "ab"}, {{"a", "##b"}}, {.continuing_prefix = "##"}, "t");
  EXPECT_EQ(pieces(prefixed, "ab"), (std::vector<std::string>{"ab"}));
  EXPECT_EQ(pieces(prefixed, "aa"), (std::vector<std::string>{"a", "##a"}));
}

TEST(Bpe, LeavesOutFusesOrSpellsInBytesWhatItDoesNotKnow) {
  const std::vector<std::string> vocabulary = {"<unk>", "a", "<0xC3>", "<0xA9>"};
  EXPECT_EQ(pieces(Bpe(vocabulary, {}, {}, "t"), "xax"), (std::vector<std::string>{"a"}));
  EXPECT_EQ(tokens(Bpe(vocabulary, {}, {.unknown = "<unk>"}, "t"), "éxa"), (std::vector<WordToken>{{0, 0, 2}, {0, 2, 3}, {1, 3, 4}}));
  EXPECT_EQ(tokens(Bpe(vocabulary, {}, {.unknown = "<unk>", .fuse_unknown = true}, "t"), "éxa"),
            (std::vector<WordToken>{{0, 0, 3}, {1, 3, 4}}));
  const Bpe bytes(vocabulary, {}, {.unknown = "<unk>", .byte_fallback = true}, "t");
  EXPECT_EQ(pieces(bytes, "éa"), (std::vector<std::string>{"<0xC3>", "<0xA9>", "a"}));
  EXPECT_EQ(pieces(bytes, "ü"), (std::vector<std::string>{"<unk>"})) << "the second byte has no piece";
  EXPECT_EQ(pieces(bytes, "xéa"), (std::vector<std::string>{"<0xC3>", "<0xA9>", "<unk>", "a"})) << "as the reference orders them";
}

TEST(Bpe, TakesAWholeWordThatMergesDoNotReachIfAsked) {
  const std::vector<std::string> vocabulary = {"a", "b", "ab"};
  EXPECT_EQ(pieces(Bpe(vocabulary, {}, {}, "t"), "ab"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(pieces(Bpe(vocabulary, {}, {.ignore_merges = true}, "t"), "ab"), (std::vector<std::string>{"ab"}));
}

TEST(Bpe, KnowsWhereATextMayBeCut) {
  const std::vector<std::string> vocabulary = {"_", "a", "__", "_a", "a_"};
  const BpeOptions options = {.unknown = "a"};
  EXPECT_TRUE(Bpe(vocabulary, {{"_", "_"}, {"_", "a"}}, options, "t").may_cut_before("_"));
  EXPECT_FALSE(Bpe(vocabulary, {{"_", "a"}, {"a", "_"}}, options, "t").may_cut_before("_"));
  EXPECT_FALSE(Bpe(vocabulary, {}, options, "t").may_cut_before("x")) << "unknown characters may be fused";
  EXPECT_FALSE(Bpe(vocabulary, {}, {}, "t").may_cut_before("_")) << "what stands beside a character that is left out may meet";
}

TEST(Bpe, RefusesMergesOutsideItsVocabulary) {
  EXPECT_THROW(Bpe({"a", "b"}, {{"a", "c"}}, {}, "t"), Error);
  EXPECT_THROW(Bpe({"a", "b"}, {{"a", "b"}}, {}, "t"), Error);
  EXPECT_THROW(Bpe({"a", "b", "ab"}, {{"a", "b"}}, {.continuing_prefix = "##"}, "t"), Error);
  EXPECT_THROW(Bpe({"\xff"}, {}, {}, "t"), Error);
  EXPECT_THROW(tokens(Bpe({"a"}, {}, {.unknown = "<unk>"}, "t"), "b"), Error);
}

}  // namespace
}  // namespace akin::text
