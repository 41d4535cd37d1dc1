// What is learnt from a block of text: skip-gram and CBOW, with negative samples or along the Huffman tree. Private.
// Tested by word_task_test.cc.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "akin/formats/word_tree.h"
#include "akin/kernels/word_step.h"
#include "akin/train/word_corpus.h"
#include "akin/train/word_training.h"
#include "row_rounds.h"
#include "word_sampler.h"

namespace akin {

/// What all tasks of a training share; const while they run.
struct WordPlan {
  WordPlan(const WordCorpus& corpus_in, const WordTrainingOptions& options_in, const UnitRows& units_in, std::uint64_t seed_in);

  const WordCorpus& corpus;
  const WordTrainingOptions& options;
  const UnitRows& units;
  std::uint64_t seed;
  KeepRule keep;
  std::optional<NegativeSampler> negatives;
  std::optional<WordTree> tree;
};

/// Block b of epoch e is number e · n_blocks + b.
std::unique_ptr<BlockTask> make_word_task(const WordPlan& plan);

}  // namespace akin
