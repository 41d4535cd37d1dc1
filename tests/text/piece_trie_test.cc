#include "piece_trie.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

namespace akin::text {
namespace {

std::vector<std::string_view> views(const std::vector<std::string>& strings) { return {strings.begin(), strings.end()}; }

TEST(PieceTrie, FindsWhatIsInItAndNothingElse) {
  const PieceTrie trie(std::vector<std::string_view>{"a", "ab", "abcd", "\xE2\x96\x81", "b"});
  EXPECT_EQ(trie.find("a"), 0);
  EXPECT_EQ(trie.find("ab"), 1);
  EXPECT_EQ(trie.find("abcd"), 2);
  EXPECT_EQ(trie.find("\xE2\x96\x81"), 3);
  EXPECT_EQ(trie.find("b"), 4);
  for (const char* missing : {"", "abc", "abcde", "c", "\xE2\x96", "ba"}) EXPECT_EQ(trie.find(missing), -1) << missing;
  EXPECT_EQ(trie.find(std::string_view("\0", 1)), -1);
}

TEST(PieceTrie, GoesAlongATextByteByByte) {
  const PieceTrie trie(std::vector<std::string_view>{"ab", "abcd"});
  PieceTrie::Walk walk = trie.begin();
  EXPECT_TRUE(trie.step(walk, 'a'));
  EXPECT_EQ(trie.id(walk), -1);
  EXPECT_TRUE(trie.step(walk, 'b'));
  EXPECT_EQ(trie.id(walk), 0);
  EXPECT_TRUE(trie.step(walk, 'c'));
  EXPECT_FALSE(trie.step(walk, 'x'));
}

TEST(PieceTrie, TakesTheLastOfEqualPiecesAndLeavesEmptyOnesOut) {
  const PieceTrie trie(std::vector<std::string_view>{"", "a", "a", ""});
  EXPECT_EQ(trie.find("a"), 2);
  EXPECT_EQ(trie.find(""), -1);
}

TEST(PieceTrie, HoldsNothingWhenGivenNothing) {
  const PieceTrie trie;
  PieceTrie::Walk walk = trie.begin();
  for (int byte = 0; byte < 256; ++byte) {
    walk = trie.begin();
    EXPECT_FALSE(trie.step(walk, static_cast<unsigned char>(byte))) << byte;
  }
}

TEST(PieceTrie, AgreesWithAMapOnRandomBytes) {
  std::mt19937 random(3);
  for (const int alphabet : {2, 30, 256}) {
    std::vector<std::string> pieces;
    std::map<std::string, std::int32_t> ids;
    for (int i = 0; i < 4000; ++i) {
      std::string piece;
      for (auto n = 1 + random() % 8; n > 0; --n) piece += static_cast<char>(random() % static_cast<unsigned>(alphabet));
      ids[piece] = i;
      pieces.push_back(piece);
    }
    const PieceTrie trie(views(pieces));
    for (const auto& [piece, id] : ids) ASSERT_EQ(trie.find(piece), id);
    for (int i = 0; i < 4000; ++i) {
      std::string other;
      for (auto n = 1 + random() % 9; n > 0; --n) other += static_cast<char>(random() % static_cast<unsigned>(alphabet));
      const auto it = ids.find(other);
      ASSERT_EQ(trie.find(other), it == ids.end() ? -1 : it->second);
    }
  }
}

}  // namespace
}  // namespace akin::text
