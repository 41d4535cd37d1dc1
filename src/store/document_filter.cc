#include "document_filter.h"

#include <algorithm>
#include <string_view>

#include "akin/base/error.h"

namespace akin::store {
namespace {

/// SQLite joins at most 500 SELECTs; a person writes a handful.
constexpr std::size_t kMaxConditions = 100;

bool is_built_in(std::string_view field) noexcept { return field == "uri" || field == "title" || field == "format"; }

}  // namespace

DocumentFilter::DocumentFilter(const StoreFilter& where) : where_(&where) {
  if (where.size() > kMaxConditions)
    throw Error(ErrorCode::limit,
                "the filter has " + std::to_string(where.size()) + " conditions, " + std::to_string(kMaxConditions) + " are allowed");
}

std::string DocumentFilter::sql(int first) const {
  std::string out;
  for (const auto& [field, value] : *where_) {
    if (!out.empty()) out += " INTERSECT ";
    if (is_built_in(field)) {
      out += "SELECT id FROM documents WHERE " + field + " = ?" + std::to_string(first);
      first += 1;
    } else {
      out += "SELECT document_id FROM metadata WHERE field = ?" + std::to_string(first) + " AND value = ?" + std::to_string(first + 1);
      first += 2;
    }
  }
  return out;
}

void DocumentFilter::bind(Statement& statement, int first) const {
  for (const auto& [field, value] : *where_) {
    if (!is_built_in(field)) statement.bind_at(first++, std::string_view(field));
    statement.bind_at(first++, std::string_view(value));
  }
}

std::vector<std::uint64_t> DocumentFilter::chunk_ids(Connection& connection) const {
  Statement query(connection, "SELECT id FROM chunks WHERE document_id IN (" + sql(1) + ")");
  bind(query, 1);
  std::vector<std::uint64_t> ids;
  while (query.step()) ids.push_back(static_cast<std::uint64_t>(query.integer(0)));
  std::sort(ids.begin(), ids.end());
  return ids;
}

}  // namespace akin::store
