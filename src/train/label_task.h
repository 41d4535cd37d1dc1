// What is learnt from a block of labelled lines: a line is the mean of its rows; it is drawn to its label's row and pushed from the
// others', by softmax, along the Huffman tree, or one by one. Private. Tested by classifier_training_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "akin/formats/word_tree.h"
#include "akin/train/classifier_training.h"
#include "akin/train/labelled_corpus.h"
#include "row_rounds.h"

namespace akin {

/// What all tasks of a training share; const while they run. Unit u < n_rows is a row of words and n-grams, unit n_rows + l that of label
/// l.
struct LabelPlan {
  static constexpr std::uint32_t kNone = 0xFFFFFFFFU;
  struct Block {
    std::size_t line = 0;
    std::uint64_t words_before = 0;
  };

  LabelPlan(const LabelledCorpus& corpus_in, const ClassifierOptions& options_in, std::uint64_t seed_in);

  const LabelledCorpus& corpus;
  const ClassifierOptions& options;
  std::uint64_t seed;
  std::uint32_t n_rows;
  std::vector<Block> blocks;             ///< one more than there are: the end
  std::vector<std::uint32_t> rows = {};  ///< empty, or the unit of each row of the corpus: kNone for one that is cut off
  std::optional<WordTree> tree;

  [[nodiscard]] std::size_t n_blocks() const noexcept { return blocks.size() - 1; }
  /// So many can be added up at once without harm.
  [[nodiscard]] std::size_t blocks_a_round() const noexcept;
  /// One where a round is too little work to be shared.
  [[nodiscard]] std::size_t most_threads() const noexcept;

 private:
  void cut_blocks();

  double n_moved_ = 0;  // numbers, by a block
};

/// Block b of epoch e is number e · n_blocks + b.
std::unique_ptr<BlockTask> make_label_task(const LabelPlan& plan);

}  // namespace akin
