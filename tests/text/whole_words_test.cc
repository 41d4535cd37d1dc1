#include "whole_words.h"

#include <gtest/gtest.h>

namespace akin::text {
namespace {

TEST(WholeWords, FindsPiecesByTheirBytes) {
  const Bpe model({"a", "Ġ", "Ġa", "Ã©", "<|end|>", "中", "abcdefghijklmnopq"}, {{"Ġ", "a"}}, {}, "t");
  const WholeWords words(model);
  const auto id_of = [&](std::string_view word) {
    const WholeWords::Word* found = words.find(load8(word, 0), load8(word, 8), word.size());
    return found == nullptr ? -1 : found->id;
  };
  EXPECT_EQ(id_of("a"), 0);
  EXPECT_EQ(id_of(" a"), 2);
  EXPECT_EQ(id_of("é"), 3);
  EXPECT_EQ(id_of("b"), -1);
  EXPECT_EQ(id_of(std::string_view("a\0", 2)), -1);
  EXPECT_EQ(id_of("中"), -1) << "that is no way to write bytes";
  EXPECT_EQ(id_of("abcdefghijklmnop"), -1);
}

TEST(WholeWords, AreKnownToBeWholeFromTheOrderOfMergesOrIfMergesAreIgnored) {
  using State = WholeWords::State;
  const auto state = [](const std::vector<BpeMerge>& merges, bool ignore_merges) {
    const Bpe model({"a", "aa", "b", "aab", "ab"}, merges, {.ignore_merges = ignore_merges}, "t");
    return WholeWords(model).find(load8("aab", 0), 0, 3)->state.load();
  };
  EXPECT_EQ(state({}, true), State::whole);
  EXPECT_EQ(state({}, false), State::parts);
  EXPECT_EQ(state({{"a", "a"}, {"aa", "b"}}, false), State::whole);
  EXPECT_EQ(state({{"a", "b"}, {"a", "a"}, {"aa", "b"}}, false), State::parts) << "ab is made first";
  EXPECT_EQ(state({{"a", "a"}, {"aa", "b"}, {"a", "b"}, {"a", "ab"}}, false), State::unknown) << "it is made in two ways";
}

}  // namespace
}  // namespace akin::text
