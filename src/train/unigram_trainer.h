// A Unigram model learned from counted words (Kudo, 2018): many frequent substrings to begin with; expectation and maximisation give them
// probabilities, and those whose loss costs least likelihood are dropped, until few enough are left. The steps and constants are those of
// the reference (UnigramTrainer of Hugging Face tokenizers, after SentencePiece's). Tested by unigram_trainer_test.cc.
#pragma once

#include <vector>

#include "akin/train/tokenizer_trainer.h"
#include "word_counts.h"

namespace akin::train {

TrainedVocabulary train_unigram(const std::vector<CountedWord>& words, const TokenizerTemplate& form,
                                const TokenizerTrainerOptions& options, Context& context);

}  // namespace akin::train
