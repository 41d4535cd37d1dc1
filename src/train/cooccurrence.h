// How often words stand together, as a matrix in cells on disk. Exact and the same for any number of threads: a neighbour at distance d
// counts round(2^32 / d) / 2^32, so that sums are sums of whole numbers. Words are dealt to kGroups groups; cell (g, h) has the pairs of a
// word of group g with a neighbour of group h, by rising words. Private. Tested by cooccurrence_test.cc.
//
// The places of some words, as many as fit in the memory allowed, are collected in one pass over the text; then the neighbours of each word
// are summed in a row as long as the vocabulary, one word a thread. That is one addition a neighbour, with no hashing and no sorting of
// what is seen; less memory means more passes, each as fast as the text can be read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/mapped_spool.h"
#include "akin/kernels/glove_step.h"
#include "akin/train/word_corpus.h"

namespace akin {

struct CooccurrenceOptions {
  std::size_t window = 15;
  double x_max = 100, alpha = 0.75;           ///< of GlovePair::weight
  std::size_t memory = std::size_t{1} << 30;  ///< bytes for the places of words
  std::filesystem::path spool = {};           ///< see CorpusOptions
};

class Cooccurrence {
 public:
  static constexpr std::size_t kGroups = 16;

  /// Throws Error{io} for a full disk, Error{cancelled}. Progress counts words.
  Cooccurrence(const WordCorpus& corpus, const CooccurrenceOptions& options, Context& context);

  /// Frequent words are dealt to all groups alike, back and forth.
  static std::size_t group_of(std::uint32_t word) noexcept {
    const std::size_t at = word % (2 * kGroups);
    return at < kGroups ? at : 2 * kGroups - 1 - at;
  }
  [[nodiscard]] std::uint64_t n_pairs() const noexcept { return n_pairs_; }
  /// Read from disk as it is looked at.
  [[nodiscard]] std::span<const kernels::GlovePair> cell(std::size_t row_group, std::size_t column_group) const noexcept;
  /// Gives back the memory that looking at it took.
  void forget(std::size_t row_group, std::size_t column_group) const noexcept;

 private:
  std::vector<std::unique_ptr<MappedSpool>> cells_;  // by row group, then column group
  std::uint64_t n_pairs_ = 0;
};

}  // namespace akin
