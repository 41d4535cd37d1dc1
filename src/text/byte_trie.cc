#include "byte_trie.h"

#include <algorithm>
#include <bit>
#include <string>
#include <utility>

#include "akin/base/error.h"

namespace akin::text {

ByteTrie::ByteTrie(std::size_t n_edges) {
  const std::size_t n_slots = std::bit_ceil(std::max<std::size_t>(n_edges + n_edges / 3, 64));
  slots_.resize(n_slots);
  mask_ = n_slots - 1;
  shift_ = 64 - static_cast<unsigned>(std::countr_zero(n_slots));
}

ByteTrie::Node ByteTrie::add_root() {
  if (n_nodes_ >= kMaxNodes)
    throw Error(ErrorCode::limit, "a vocabulary with more than " + std::to_string(kMaxNodes) + " distinct prefixes");
  return static_cast<Node>(++n_nodes_);
}

ByteTrie::Node ByteTrie::add(Node node, unsigned char byte) {
  const std::uint64_t key = key_of(node, byte);
  std::size_t at = slot_of(key);
  for (; slots_[at] != 0; at = (at + 1) & mask_) {
    if ((slots_[at] >> kNodeBits) == key) return static_cast<Node>(slots_[at] & kMaxNodes);
  }
  const Node made = add_root();
  slots_[at] = (key << kNodeBits) | made;
  if (++n_edges_ * 4 > slots_.size() * 3) grow();
  return made;
}

ByteTrie::Node ByteTrie::walk(Node node, std::string_view path) const noexcept {
  for (const char byte : path) {
    node = child(node, static_cast<unsigned char>(byte));
    if (node == kNone) return kNone;
  }
  return node;
}

void ByteTrie::grow() {
  const std::vector<std::uint64_t> old = std::exchange(slots_, std::vector<std::uint64_t>(slots_.size() * 2));
  mask_ = slots_.size() - 1;
  --shift_;
  for (const std::uint64_t slot : old) {
    if (slot == 0) continue;
    std::size_t at = slot_of(slot >> kNodeBits);
    while (slots_[at] != 0) at = (at + 1) & mask_;
    slots_[at] = slot;
  }
}

}  // namespace akin::text
