// A Filter as SQL on the tables' indexes: each condition gives the ids of the documents or chunks that pass, and what "and", "or" and "not"
// make of them is worked out in memory. Values and names of fields are bound, never written into the text. Tested by filter_sql_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "akin/store/filter.h"
#include "chunk_owners.h"
#include "sqlite.h"

namespace akin::store {

struct ConditionSql {
  std::string text;  ///< a SELECT that puts ids in any order into the list ?1, with further parameters ?2, ?3, …
  std::vector<std::variant<std::int64_t, double, std::string>> values;
  bool of_chunks = false;  ///< ids of chunks, not of documents
  bool inverted = false;   ///< these are the ones that do not pass
};

/// `version`: of the tables (see schema.h); version 1 has no columns of numbers and dates, there the values are read.
ConditionSql condition_sql(const FilterCondition& condition, std::int64_t version);

/// Ids of the chunks that pass, ascending, as the connection's transaction sees them; `owners` are those of its commit. Not for a filter
/// that keeps everything. Throws what check_filter() throws.
std::vector<std::uint64_t> kept_chunk_ids(Connection& connection, const Filter& filter, ChunkOwners& owners);

}  // namespace akin::store
