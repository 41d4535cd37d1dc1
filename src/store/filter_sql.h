// A Filter as SQL on the tables' indexes: the ids of the chunks that pass. Values and names of fields are bound, never written into the
// text. Tested by filter_sql_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "akin/store/filter.h"
#include "sqlite.h"

namespace akin::store {

struct FilterSql {
  std::string text;  ///< a SELECT of chunk ids in any order, with parameters ?1, ?2, …
  std::vector<std::variant<std::int64_t, double, std::string>> values;
};

/// `version`: of the tables (see schema.h); version 1 has no columns of numbers and dates, there the values are read. Not for a filter that
/// keeps everything. Throws what check_filter() throws.
FilterSql filter_sql(const Filter& filter, std::int64_t version);

/// Ids of the chunks that pass, ascending, as the connection's transaction sees them.
std::vector<std::uint64_t> kept_chunk_ids(Connection& connection, const Filter& filter);

}  // namespace akin::store
