// The window of a text that shows best why it was found: the one with most of the query's words, long and rare ones counting more, begun at
// a sentence where one is near. Words match by their stem; where a script has no spaces, groups of characters match. A text that shares no
// word with the query shows its beginning. Tested by snippet_test.cc.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "akin/retrieval/collection.h"

namespace akin::retrieval {

inline constexpr std::size_t kSnippetBytes = 240;

struct Snippet {
  std::string text;
  std::vector<TextRange> highlights;  ///< the query's words in it, in order, apart from each other
};

/// One line of at most about `max_bytes` bytes of `text`, white space folded, "…" where it was cut. Words that are in every text ("the")
/// are looked for only where the query has no others.
Snippet snippet_of(std::string_view text, std::string_view query, std::size_t max_bytes = kSnippetBytes);

}  // namespace akin::retrieval
