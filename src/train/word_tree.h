// The Huffman tree of hierarchical softmax (Morin & Bengio, 2005; Mikolov et al., 2013): a word is the way from the root to its leaf, a yes
// or no at each inner node. Private. Tested by word_tree_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace akin {

class WordTree {
 public:
  /// counts fall; at least two.
  explicit WordTree(std::span<const std::uint64_t> counts);

  struct Step {
    std::uint32_t node;  ///< < counts.size() − 1; the root has the highest number
    bool left;           ///< the label of the node for this word: word2vec's 1 − code
  };
  /// From the root to the leaf.
  [[nodiscard]] std::span<const Step> path(std::size_t word) const noexcept {
    return std::span(steps_).subspan(begins_[word], begins_[word + 1] - begins_[word]);
  }

 private:
  std::vector<std::uint64_t> begins_;
  std::vector<Step> steps_;
};

}  // namespace akin
