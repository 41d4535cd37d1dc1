// Any bytes as a filter: either an Error, or a filter that is the same again through its text and that SQLite takes, over a collection of
// two documents whose numbers and dates the filters may find.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "akin/base/error.h"
#include "akin/store/filter.h"
#include "filter_sql.h"
#include "schema.h"

namespace {

/// The tables of a collection in memory.
struct Tables {
  akin::store::Connection db{":memory:", akin::store::OpenMode::create};
  Tables() {
    akin::store::create_schema(db, {"m", "f", 2, "dot"});
    db.exec(
        "INSERT INTO documents(id, uri, title, format, content_hash, n_chunks) VALUES(1, 'a', 'A', 'text', '', 2), (2, 'b', 'B', 'pdf', "
        "'', 1);"
        "INSERT INTO metadata SELECT 1, 'a', value, akin_number(value), akin_time(value) FROM (SELECT '1' AS value UNION SELECT "
        "'2020-01-01');"
        "INSERT INTO chunks(document_id, headings, text, page, line, n_tokens)"
        " VALUES(1, '', '', 1, 1, 1), (1, '', '', 2, 9, 1), (2, '', '', 1, 0, 1)");
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static Tables tables;
  if (size > akin::FilterLimits::kBytes / 4) return 0;  // its own text may be longer
  akin::Filter filter;
  try {
    filter = akin::parse_filter(text);
  } catch (const akin::Error&) {
    return 0;
  }
  if (akin::parse_filter(akin::to_text(filter)) != filter) __builtin_trap();
  if (filter.keeps_all()) return 0;
  akin::store::ChunkOwners owners;
  const auto ids = akin::store::kept_chunk_ids(tables.db, filter, owners);
  if (ids.size() > 3 || !std::is_sorted(ids.begin(), ids.end())) __builtin_trap();
  return 0;
}
