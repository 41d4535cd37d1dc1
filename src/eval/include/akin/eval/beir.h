// A retrieval benchmark in the BEIR folder layout: corpus.jsonl (_id, title, text), queries.jsonl (_id, text), qrels/test.tsv (header, then
// query id TAB document id TAB score). Each file may end in .gz. Tested by beir_test.cc.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "akin/eval/scores.h"

namespace akin {

struct BeirDocument {
  std::string id, title, text;
};

struct BeirQuery {
  std::string id, text;
  RelevantRows relevant;  ///< rows of `documents` judged above 0; never empty
};

struct BeirSet {
  std::vector<BeirDocument> documents;
  std::vector<BeirQuery> queries;       ///< in the order of queries.jsonl; only those with a document judged above 0
  std::size_t n_queries_unjudged = 0;   ///< left out
  std::size_t n_documents_missing = 0;  ///< judged above 0 but not in the corpus: their rows are documents.size() and up
};

/// Throws Error{not_found} naming the missing file, Error{io}, Error{corrupt} naming file, line and field.
BeirSet read_beir(const std::filesystem::path& folder);

}  // namespace akin
