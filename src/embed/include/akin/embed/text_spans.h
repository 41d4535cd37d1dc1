// A text cut into stretches of at most so many tokens: what late chunking (Embedder::embed_late) is given where there is no better
// structure. Tested by text_spans_test.cc.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "akin/text/tokenizer.h"

namespace akin {

/// Stretches that cover the text from its first byte to its last, each with at least one and at most `max_tokens` ≥ 1 tokens (special ones
/// not counted). A stretch ends behind a sentence where one ends in its second half, else before a word, else at any token. None for a
/// text without tokens. Throws Error{invalid_argument} if max_tokens is 0.
std::vector<TextSpan> cut_spans(std::string_view text, const Tokenizer& tokenizer, std::size_t max_tokens);

}  // namespace akin
