// Byte strings as paths from roots: a tree whose edges lie in one open-addressed hash table, so that it is built in one pass and a step
// is about one probe. Tested by byte_trie_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace akin::text {

class ByteTrie {
 public:
  using Node = std::uint32_t;
  static constexpr Node kNone = 0;
  /// Nodes a trie may have. add() throws Error{limit} beyond.
  static constexpr std::size_t kMaxNodes = (std::size_t{1} << 24) - 1;

  /// Room for about `n_edges` edges before it grows.
  explicit ByteTrie(std::size_t n_edges = 0);

  /// A new node that is no one's child.
  Node add_root();
  /// The child of `node` by `byte`, made if it is not there.
  Node add(Node node, unsigned char byte);
  /// The child of `node` by `byte`, kNone if there is none.
  [[nodiscard]] Node child(Node node, unsigned char byte) const noexcept {
    const std::uint64_t key = key_of(node, byte);
    for (std::size_t at = slot_of(key);; at = (at + 1) & mask_) {
      const std::uint64_t slot = slots_[at];
      if ((slot >> kNodeBits) == key) return static_cast<Node>(slot & kMaxNodes);
      if (slot == 0) return kNone;
    }
  }
  /// The node at the end of `path`, kNone if the path leaves the tree.
  [[nodiscard]] Node walk(Node node, std::string_view path) const noexcept;
  /// Nodes are numbered 1 … n_nodes().
  [[nodiscard]] std::size_t n_nodes() const noexcept { return n_nodes_; }

 private:
  static constexpr unsigned kNodeBits = 24;

  static std::uint64_t key_of(Node node, unsigned char byte) noexcept { return (std::uint64_t{node} << 8) | byte; }
  [[nodiscard]] std::size_t slot_of(std::uint64_t key) const noexcept { return (key * 0x9E3779B97F4A7C15ULL) >> shift_; }
  void grow();

  std::vector<std::uint64_t> slots_;  // key << 24 | child; 0 is free (node 0 is no one's parent)
  std::size_t mask_ = 0;
  unsigned shift_ = 0;
  std::size_t n_edges_ = 0;
  std::size_t n_nodes_ = 0;
};

}  // namespace akin::text
