// Word vectors from how often words stand together: GloVe (Pennington, Socher & Manning, 2014). Counted exactly, off the memory; learnt by
// AdaGrad. Parallel, and the same bits for a seed on any number of threads, also after a stop and a new start from a checkpoint (on one CPU
// target): docs/adr/0013-glove-by-cells.md. Tested by glove_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/train/word_corpus.h"
#include "akin/train/word_training.h"

namespace akin {

/// Names and defaults are those of the reference, glove.c.
struct GloveOptions {
  std::size_t dim = 100;    ///< 1 to 10,000
  std::size_t window = 15;  ///< words to each side; one at distance d counts 1/d. 1 to 1,000
  std::size_t epochs = 25;  ///< 1 to 100,000
  float rate = 0.05F;       ///< of AdaGrad, which makes it smaller by itself
  double x_max = 100;       ///< pairs that stand together so often have the full weight, others (x / x_max)^alpha
  double alpha = 0.75;
  std::size_t memory = std::size_t{1} << 30;  ///< bytes that counting may take beside the vocabulary; less is more passes over the text
};

struct GloveReport {
  std::uint64_t n_pairs = 0;                 ///< different ordered pairs of words that stand together
  std::uint64_t n_pairs_learnt = 0;          ///< of all epochs
  std::uint64_t n_pairs_resumed = 0;         ///< of them from the checkpoint
  double seconds_counting = 0, seconds = 0;  ///< of this run: counting; learning
  std::vector<double> losses = {};           ///< of each epoch done in this run: the mean of ½ f(x) (w · c + b + b' − log x)²
  bool finished = false;                     ///< false: cancelled before the end
};

struct GloveVectors {
  Matrix<float> vectors;  ///< (words, dim), in the order of the corpus: the word's vector and its context vector, added
  GloveReport report;
};

/// When the context is cancelled, it stops after at most a sixteenth of an epoch and returns what was learnt so far. Memory: `memory`, four
/// rows of dim numbers a word, and a cell of the pairs a thread; disk, in the corpus' spool's folder: 16 bytes a pair. Progress counts
/// words, then pairs. Throws Error{invalid_argument} for options out of range, Error{limit} if the tables do not fit in memory, Error{io}
/// for a full disk, and for the checkpoint's file what train_words() does.
GloveVectors train_glove(const WordCorpus& corpus, const GloveOptions& options, const CheckpointOptions& checkpoint, Context& context);

}  // namespace akin
