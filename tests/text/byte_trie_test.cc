#include "byte_trie.h"

#include <gtest/gtest.h>

#include <string>

namespace akin::text {
namespace {

TEST(ByteTrie, WalksThePathsThatWereAddedAndNoOthers) {
  ByteTrie trie;
  const ByteTrie::Node root = trie.add_root();
  const ByteTrie::Node a = trie.add(root, 'a');
  const ByteTrie::Node ab = trie.add(a, 'b');
  EXPECT_EQ(trie.walk(root, "ab"), ab);
  EXPECT_EQ(trie.walk(root, ""), root);
  EXPECT_EQ(trie.walk(root, "b"), ByteTrie::kNone);
  EXPECT_EQ(trie.walk(root, "abc"), ByteTrie::kNone);
  EXPECT_EQ(trie.add(root, 'a'), a);
}

TEST(ByteTrie, KeepsEveryEdgeWhileItGrows) {
  ByteTrie trie;
  const ByteTrie::Node root = trie.add_root();
  std::vector<ByteTrie::Node> ends;
  for (int i = 0; i < 20000; ++i) {
    ByteTrie::Node node = root;
    for (const char c : std::to_string(i)) node = trie.add(node, static_cast<unsigned char>(c));
    ends.push_back(node);
  }
  for (int i = 0; i < 20000; ++i) ASSERT_EQ(trie.walk(root, std::to_string(i)), ends[static_cast<std::size_t>(i)]);
}

TEST(ByteTrie, KeepsItsRootsApart) {
  ByteTrie trie;
  const ByteTrie::Node first = trie.add_root();
  const ByteTrie::Node second = trie.add_root();
  trie.add(first, 0);
  EXPECT_NE(trie.child(first, 0), ByteTrie::kNone);
  EXPECT_EQ(trie.child(second, 0), ByteTrie::kNone);
}

}  // namespace
}  // namespace akin::text
