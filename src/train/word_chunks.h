// The first reading of a text: words become numbers in the order in which they first come. The text is cut into chunks at white space; a
// chunk's words are counted on one thread, and chunks are put together in the order of the text. Private. Tested by word_chunks_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "akin/base/context.h"
#include "akin/train/text_input.h"
#include "akin/train/word_corpus.h"
#include "word_counter.h"

namespace akin {

/// Gives `sink` the numbers of all words, WordCorpus::kSentenceEnd at the end of each line that has words, piece by piece; fills `words`,
/// and of `report` what the text was.
void number_words(TextInput& text, WordCounter& words, CorpusReport& report,
                  const std::function<void(std::span<const std::uint32_t>)>& sink, Context& context);

}  // namespace akin
