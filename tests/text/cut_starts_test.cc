#include "cut_starts.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace akin::text {
namespace {

constexpr std::string_view kMark = "\xE2\x96\x81";

// A vocabulary with all of printable ASCII, the mark and these merges; other characters are unknown.
Bpe model_of(const std::vector<BpeMerge>& merges, char without = '\0') {
  std::vector<std::string> pieces = {std::string(kMark), "\xC3\xA9", "<unk>"};
  for (char c = 0x21; c < 0x7F; ++c) {
    if (c != without) pieces.emplace_back(1, c);
  }
  for (const BpeMerge& merge : merges) pieces.push_back(merge.left + merge.right);
  return Bpe(pieces, merges, {.unknown = "<unk>", .fuse_unknown = true}, "t");
}

std::vector<std::size_t> starts_of(std::string_view text, const ClassCuts& cuts) {
  std::vector<std::size_t> out;
  CutStarts starts(text, kMark, cuts);
  for (std::size_t at = 0; at < text.size(); at += 64) {
    for (std::uint64_t mask = starts.next(); mask != 0; mask &= mask - 1)
      out.push_back(at + static_cast<std::size_t>(std::countr_zero(mask)));
  }
  return out;
}

TEST(ClassCuts, AreBetweenClassesThatNoMergeJoins) {
  const Bpe model = model_of({{"a", "b"}, {"\xE2\x96\x81", "a"}, {".", "."}, {"1", "a"}});
  const ClassCuts cuts(model, kMark);
  EXPECT_FALSE(cuts.between(ClassCuts::letter, ClassCuts::letter));
  EXPECT_FALSE(cuts.between(ClassCuts::blank, ClassCuts::letter));
  EXPECT_FALSE(cuts.between(ClassCuts::symbol, ClassCuts::symbol));
  EXPECT_FALSE(cuts.between(ClassCuts::number, ClassCuts::letter));
  EXPECT_TRUE(cuts.between(ClassCuts::letter, ClassCuts::number));
  EXPECT_TRUE(cuts.between(ClassCuts::letter, ClassCuts::symbol));
  EXPECT_TRUE(cuts.between(ClassCuts::letter, ClassCuts::blank));
  EXPECT_TRUE(cuts.between(ClassCuts::number, ClassCuts::number));
}

TEST(ClassCuts, AreNotBesideAClassWithACharacterThatIsNoPiece) {
  const ClassCuts cuts(model_of({}, '!'), kMark);
  EXPECT_FALSE(cuts.between(ClassCuts::letter, ClassCuts::symbol));
  EXPECT_FALSE(cuts.between(ClassCuts::symbol, ClassCuts::letter));
  EXPECT_TRUE(cuts.between(ClassCuts::symbol, ClassCuts::blank)) << "a blank begins a word whatever stands before it";
}

TEST(CutStarts, StandBeforeBlanksAndBetweenSuchClasses) {
  const ClassCuts cuts(model_of({{"a", "b"}, {"\xE2\x96\x81", "a"}, {"\xE2\x96\x81", "\xE2\x96\x81"}, {".", "."}}), kMark);
  EXPECT_EQ(starts_of("ab. a", cuts), (std::vector<std::size_t>{2, 3}));
  EXPECT_EQ(starts_of("  a", cuts), (std::vector<std::size_t>{}));
  EXPECT_EQ(starts_of("\xC3\xA9 a\xC3\xA9.", cuts), (std::vector<std::size_t>{2})) << "what is not ASCII may join what is beside it";
  EXPECT_EQ(starts_of("\n.", cuts), (std::vector<std::size_t>{}));
  EXPECT_EQ(starts_of("a\xE2\x96\x81 a", cuts), (std::vector<std::size_t>{})) << "a mark and a blank are two marks";
}

// Tokens of the parts, with marks in place of blanks.
std::vector<std::int32_t> ids(const Bpe& model, std::string_view text, const std::vector<std::size_t>& starts) {
  std::vector<std::int32_t> out;
  for (std::size_t i = 0; i <= starts.size(); ++i) {
    const std::size_t begin = i == 0 ? 0 : starts[i - 1];
    std::string part;
    for (const char c : text.substr(begin, (i < starts.size() ? starts[i] : text.size()) - begin)) c == ' ' ? part += kMark : part += c;
    std::vector<WordToken> tokens;
    model.tokenize(part, tokens);
    for (const WordToken& token : tokens) out.push_back(token.id);
  }
  return out;
}

TEST(CutStarts, ChangeNoTokenOfRandomTextsUnderRandomMerges) {
  constexpr const char* kParts[] = {"a", "b", "A", ".", "-", "'", "1", "2", " ", " ", "  ", "\n", "\x7F", "\xC3\xA9", "\xE2\x96\x81"};
  std::mt19937 random(2);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> some = {"a", "b", "A", ".", "-", "'", "1", "2", std::string(kMark), "\xC3\xA9"};
    const char without = random() % 4 == 0 ? '\'' : '\0';
    std::vector<BpeMerge> merges;
    for (std::size_t n = random() % 12; n > 0; --n) {
      const BpeMerge merge = {some[random() % some.size()], some[random() % some.size()]};
      const bool cuts_marks = merge.right.starts_with(kMark) && !merge.left.ends_with(kMark);
      if (without != '\0' && (merge.left + merge.right).find(without) != std::string::npos) continue;
      if (cuts_marks || std::find(some.begin(), some.end(), merge.left + merge.right) != some.end()) continue;
      merges.push_back(merge);
      some.push_back(merge.left + merge.right);
    }
    const Bpe model = model_of(merges, without);
    if (!model.may_cut_before(kMark)) continue;
    const ClassCuts cuts(model, kMark);
    for (int i = 0; i < 40; ++i) {
      std::string text;
      for (std::size_t n = 1 + random() % 150; n > 0; --n) text += kParts[random() % std::size(kParts)];
      ASSERT_EQ(ids(model, text, starts_of(text, cuts)), ids(model, text, {})) << text;
    }
  }
}

}  // namespace
}  // namespace akin::text
