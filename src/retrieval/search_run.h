// One search of a collection: the chunks that may be hits, by meaning, by words or by both; the best of them, one a document if asked, not
// alike if asked; and what a person is shown of each. Tested by search_run_test.cc and collection_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "akin/retrieval/collection.h"
#include "akin/store/store.h"

namespace akin::retrieval {

struct SearchQuery {
  std::string_view text = {};             ///< for words and snippets; may be empty
  std::vector<float> vector = {};         ///< for meaning; empty in text mode
  std::vector<std::uint64_t> apart = {};  ///< chunks that are no hits, ascending
};

/// Throws what Snapshot::select() and the searches throw. A filter's field that no document has, and a hit that cannot be shown, are warned
/// of.
std::vector<Hit> run_search(const Snapshot& snapshot, const SearchQuery& query, const SearchOptions& options, Context& context);

/// What stands for a document, or one chunk of it, in a search for more like it: its chunks and the mean of their directions.
struct Likeness {
  std::vector<float> vector;
  std::vector<std::uint64_t> own;  ///< all chunks of the document
};
/// `place`: a uri, or a uri, '#' and the number of a chunk from 1. Throws Error{not_found}, Error{corrupt} if no vector of it is whole.
Likeness likeness_of(const Snapshot& snapshot, std::string_view place);

}  // namespace akin::retrieval
