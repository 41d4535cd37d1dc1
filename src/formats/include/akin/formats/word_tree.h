// The Huffman tree of hierarchical softmax (Morin & Bengio, 2005; Mikolov et al., 2013): a word is the way from the root to its leaf, a yes
// or no at each inner node. fastText's files keep the counts, from which its readers make the same tree. Tested by word_tree_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace akin {

class WordTree {
 public:
  /// counts fall and are positive, with a sum below 2^63: then no way is longer than 90 steps. Throws Error{invalid_argument} for none.
  explicit WordTree(std::span<const std::uint64_t> counts);

  struct Step {
    std::uint32_t node;  ///< < counts.size() − 1; the root has the highest number
    bool left;           ///< word2vec's 1 − code; fastText's classifiers give the right side the label 1
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
