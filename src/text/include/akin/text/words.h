// The words of a text as tables of word vectors know them: stretches between white space, looked up as they stand, then without the
// punctuation around them, then in lower case (the rule of sentence-transformers' WhitespaceTokenizer). Tested by words_test.cc.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "akin/text/tokenizer.h"

namespace akin {

/// Where a text's words stand: stretches without white space (Unicode White_Space) between them.
std::vector<TextSpan> split_words(std::string_view text);

/// Without the ASCII punctuation at both ends; empty if it is nothing else.
std::string_view without_punctuation(std::string_view word) noexcept;

/// The id of exactly this word, −1 if there is none. Any number of threads may ask at once.
using FindWord = std::function<std::int32_t(std::string_view word)>;

/// The id of the first form of `word` that `find` knows, −1 if it knows none.
std::int32_t look_up_word(std::string_view word, const FindWord& find);

/// A tokenizer of one token a word, for counting and for showing: its ids are places in `words`, of words exactly as they stand, and
/// words.size() for all others; look_up_word() knows more forms. Words that are not UTF-8 are shown with U+FFFD. O(words), about two
/// microseconds each.
Tokenizer make_word_tokenizer(const std::vector<std::string_view>& words);

}  // namespace akin
