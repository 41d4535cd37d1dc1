// What a person types → an FTS5 query that cannot be misread as query syntax: words are quoted and joined by OR, words in double quotes are
// a phrase, and words that are in every text ("the", "of") are left out unless there are no others. Where a script has no spaces, groups of
// characters stand for words, as in the texts (see word_tokenizer.h). Tested by text_query_test.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace akin::store {

/// The words and phrases looked for, in order, without repeats, at most 128.
std::vector<std::string> query_terms(std::string_view query);
/// Empty if there is nothing to look for.
std::string match_expression(std::string_view query);

}  // namespace akin::store
