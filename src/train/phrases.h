// Two words that stand together more often than chance has it become one, "new_york" (Mikolov et al., 2013, section 4; word2phrase).
// Private. Tested by phrases_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "word_counter.h"

namespace akin {

struct PhraseOptions {
  std::uint64_t min_count = 5;  ///< of each of the two and of both together
  double threshold = 100;  ///< (count of both − min_count) · words in the text / (count of the one · count of the other) is above this
};

/// Goes through `numbers` (of `words`, WordCorpus::kSentenceEnd between sentences) from left to right, and gives `sink` the numbers of the
/// text with phrases, piece by piece; these are of `joined`, which is filled. Memory: sixteen bytes a different pair, at most 1 GB; if
/// there are more, the rarest are forgotten, as word2phrase does.
void join_phrases(std::span<const std::uint32_t> numbers, const WordCounter& words, const PhraseOptions& options, WordCounter& joined,
                  const std::function<void(std::span<const std::uint32_t>)>& sink);

}  // namespace akin
