// How many tokens a text has at most, likely, for models whose tokenizer is elsewhere (remote ones). More than tokenizers give, on purpose:
// three letters a token, every digit and sign one, two for a character of three bytes (Chinese, Japanese, Korean), three for one of four
// (emoji). Against the WordPiece of BERT on English prose: about 1.5 times as many. Tested by token_estimate_test.cc.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "akin/text/tokenizer.h"

namespace akin {

std::size_t estimate_token_count(std::string_view text) noexcept;

/// Where the estimated tokens lie: begins ascending, several at one place for a character that counts more than once.
std::vector<TextSpan> estimate_token_spans(std::string_view text);

}  // namespace akin
