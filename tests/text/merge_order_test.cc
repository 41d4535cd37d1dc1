#include "merge_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace akin::text {
namespace {

std::vector<std::int32_t> ids(const Bpe& model, const std::string& word) {
  std::vector<WordToken> tokens;
  model.tokenize(word, tokens);
  std::vector<std::int32_t> out;
  for (const WordToken& token : tokens) out.push_back(token.id);
  return out;
}

// Everything that it says about pieces, and about two of them side by side, by merging.
void compare(const Bpe& model) {
  const MergeOrder order(model);
  ASSERT_TRUE(order.holds());
  std::vector<std::int32_t> whole;
  for (std::int32_t id = 0; id < static_cast<std::int32_t>(model.size()); ++id) {
    ASSERT_EQ(order.comes_out_whole(id), ids(model, model.piece(id)) == std::vector{id}) << model.piece(id);
    if (order.comes_out_whole(id)) whole.push_back(id);
  }
  for (const std::int32_t left : whole) {
    for (const std::int32_t right : whole)
      ASSERT_EQ(order.stay_apart(left, right), ids(model, model.piece(left) + model.piece(right)) == (std::vector{left, right}))
          << model.piece(left) << " " << model.piece(right);
  }
}

TEST(MergeOrder, TellsWhatMergingDoesForRandomMerges) {
  std::mt19937 random(11);
  for (int round = 0; round < 300; ++round) {
    std::vector<std::string> pieces = {"a", "b", "c"};
    std::vector<BpeMerge> merges;
    for (int i = 0; i < 24; ++i) {
      const BpeMerge merge = {pieces[random() % pieces.size()], pieces[random() % pieces.size()]};
      if (std::find(pieces.begin(), pieces.end(), merge.left + merge.right) != pieces.end()) continue;
      merges.push_back(merge);
      pieces.push_back(merge.left + merge.right);
    }
    compare(Bpe(pieces, merges, {}, "t"));
    if (HasFatalFailure()) return;
  }
}

TEST(MergeOrder, KnowsThatThePairOnTheLeftMergesFirst) {
  const Bpe model({"a", "aa", "aaa"}, {{"a", "a"}, {"a", "aa"}}, {}, "t");
  EXPECT_FALSE(MergeOrder(model).comes_out_whole(2)) << "aaa becomes aa, a";
  EXPECT_TRUE(MergeOrder(model).stay_apart(1, 0));
  EXPECT_FALSE(MergeOrder(model).stay_apart(0, 1));
  compare(model);
}

TEST(MergeOrder, DoesNotTakeAPieceThatNothingMakesForOneThatComesOutWhole) {
  const Bpe model({"a", "<x>", "<x>a"}, {{"<x>", "a"}}, {}, "t");
  EXPECT_FALSE(MergeOrder(model).comes_out_whole(1));
  EXPECT_FALSE(MergeOrder(model).comes_out_whole(2));
}

TEST(MergeOrder, DoesNotHoldWhereAPieceIsMadeTwiceOrUsedBeforeItIsMade) {
  const std::vector<std::string> pieces = {"a", "b", "ab", "ba", "aba"};
  EXPECT_FALSE(MergeOrder(Bpe(pieces, {{"a", "b"}, {"b", "a"}, {"ab", "a"}, {"a", "ba"}}, {}, "t")).holds());
  EXPECT_FALSE(MergeOrder(Bpe(pieces, {{"ab", "a"}, {"a", "b"}}, {}, "t")).holds());
  EXPECT_TRUE(MergeOrder(Bpe(pieces, {{"a", "b"}, {"ab", "a"}}, {}, "t")).holds());
}

}  // namespace
}  // namespace akin::text
