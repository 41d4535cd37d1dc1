#include "akin/formats/word_tree.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <string>

namespace akin {
namespace {

std::string code_of(const WordTree& tree, std::size_t word) {
  std::string code;
  for (const WordTree::Step& step : tree.path(word)) code += step.left ? 'l' : 'r';
  return code;
}

TEST(WordTree, GivesFrequentWordsShortWays) {
  // Huffman's own kind of example: 1 + 1 = 2, 2 + 2 = 4, 4 + 4 = 8.
  const WordTree tree(std::vector<std::uint64_t>{4, 2, 1, 1});
  EXPECT_EQ(tree.path(0).size(), 1U);
  EXPECT_EQ(tree.path(1).size(), 2U);
  EXPECT_EQ(tree.path(2).size(), 3U);
  EXPECT_EQ(tree.path(3).size(), 3U);
}

TEST(WordTree, NoWayIsTheBeginningOfAnother) {
  std::vector<std::uint64_t> counts;
  for (std::uint64_t i = 300; i > 0; --i) counts.push_back(i * i);
  const WordTree tree(counts);
  std::set<std::string> codes;
  double kraft = 0;
  for (std::size_t w = 0; w < counts.size(); ++w) {
    const std::string code = code_of(tree, w);
    EXPECT_EQ(tree.path(w).front().node, counts.size() - 2);  // the root
    for (std::size_t n = 1; n < code.size(); ++n) EXPECT_EQ(codes.count(code.substr(0, n)), 0U);
    codes.insert(code);
    kraft += std::pow(0.5, code.size());
  }
  EXPECT_EQ(codes.size(), counts.size());
  EXPECT_EQ(kraft, 1);  // sums of powers of two are exact
}

TEST(WordTree, IsAsShortAsItCanBe) {
  const std::vector<std::uint64_t> counts = {45, 16, 13, 12, 9, 5};  // Cormen et al., Introduction to Algorithms, 16.3: 224 bits
  const WordTree tree(counts);
  std::uint64_t bits = 0;
  for (std::size_t w = 0; w < counts.size(); ++w) bits += counts[w] * tree.path(w).size();
  EXPECT_EQ(bits, 224U);
}

TEST(WordTree, TwoWordsAreOneDecision) {
  const WordTree tree(std::vector<std::uint64_t>{3, 3});
  EXPECT_EQ(tree.path(0).size(), 1U);
  EXPECT_NE(tree.path(0)[0].left, tree.path(1)[0].left);
  EXPECT_EQ(tree.path(1)[0].node, 0U);
}

}  // namespace
}  // namespace akin
