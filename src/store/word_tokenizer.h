// How texts and queries become words in the full text: FTS5's own words (Unicode letters, digits and the marks on them; case and diacritics
// taken off, English endings by Porter's rules), and groups of characters where a script puts no spaces between words (see
// akin/base/unspaced.h). A group at the end of a run is shorter, so that a query shorter than a group finds all it stands in by asking for
// its beginning. What it makes of a text is on disk: another way needs another version of the collection. Tested by word_tokenizer_test.cc.
#pragma once

struct sqlite3;

namespace akin::store {

inline constexpr const char* kWordTokenizer = "akin";

/// Makes it known to a connection, for tokenize='akin'. Gives an SQLite result code.
int add_word_tokenizer(sqlite3* db) noexcept;

}  // namespace akin::store
