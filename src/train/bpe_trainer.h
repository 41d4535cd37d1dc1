// Byte pair encoding learned from counted words (Sennrich, Haddow & Birch, 2016): the most frequent pair of neighbours becomes a piece,
// again and again. Of equally frequent pairs that with the lower ids comes first. Ids, merges and their order are those of the reference
// (BpeTrainer of Hugging Face tokenizers). Tested by bpe_trainer_test.cc.
#pragma once

#include <vector>

#include "akin/train/tokenizer_trainer.h"
#include "word_counts.h"

namespace akin::train {

/// For bpe and word_piece templates (the latter's merges are of no use to it). O(n log n) in the corpus' different words in practice.
TrainedVocabulary train_bpe(const std::vector<CountedWord>& words, const TokenizerTemplate& form, const TokenizerTrainerOptions& options,
                            Context& context);

}  // namespace akin::train
