// The numbers that learning word vectors moves: a row for each word, for each n-gram that is used, and for each output. Private.
// Tested by word_table_test.cc.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/train/word_training.h"
#include "row_rounds.h"

namespace akin {

struct WordRows {
  Matrix<float> table;  ///< (words + used buckets + outputs, padded dim)
  UnitRows units;       ///< unit w: the word's input; unit n_words + t: output t
  std::size_t n_words = 0;
  std::vector<std::uint32_t> buckets;  ///< used ones, rising: bucket i is row n_words + i
};

/// Inputs are drawn uniformly from ±1/dim, as gensim and fastText do; outputs are zero. Of hierarchical softmax, the last
/// output has no use, as in fastText's files.
WordRows make_word_rows(const std::vector<std::string>& words, const WordTrainingOptions& options, Context& context);

/// The numbers that row `row` begins with: uniform in ±1/dim, out.size() == dim.
void first_numbers_of_row(std::uint64_t row, std::uint64_t seed, std::span<float> out);

/// The numbers that bucket `bucket` begins with, used or not. out.size() == dim.
void first_numbers_of_bucket(std::uint32_t bucket, std::size_t n_words, std::uint64_t seed, std::span<float> out);

}  // namespace akin
