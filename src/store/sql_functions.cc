#include "sql_functions.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstdint>
#include <new>
#include <span>
#include <string_view>
#include <vector>

#include "typed_value.h"
#include "word_tokenizer.h"

namespace akin::store {
namespace {

std::string_view text_of(sqlite3_value* value) noexcept {
  const auto* data = reinterpret_cast<const char*>(sqlite3_value_text(value));
  return data == nullptr ? std::string_view() : std::string_view(data, static_cast<std::size_t>(sqlite3_value_bytes(value)));
}

void number(sqlite3_context* context, int /*n*/, sqlite3_value** values) {
  if (const auto found = number_of(text_of(values[0]))) sqlite3_result_double(context, *found);
}

void time(sqlite3_context* context, int /*n*/, sqlite3_value** values) {
  if (const auto found = time_of(text_of(values[0]))) sqlite3_result_int64(context, found->begin);
}

void among(sqlite3_context* context, int /*n*/, sqlite3_value** values) {
  const auto* ids = static_cast<const std::span<const std::uint64_t>*>(sqlite3_value_pointer(values[1], kIdsPointer));
  const auto id = static_cast<std::uint64_t>(sqlite3_value_int64(values[0]));
  sqlite3_result_int(context, ids != nullptr && std::binary_search(ids->begin(), ids->end(), id) ? 1 : 0);
}

/// Rows by the thousand come to the caller without a step for each.
void collect(sqlite3_context* context, int n, sqlite3_value** values) {
  auto* list = static_cast<std::vector<std::uint64_t>*>(sqlite3_value_pointer(values[0], kListPointer));
  if (list == nullptr) return;
  try {
    for (int i = 1; i < n; ++i) list->push_back(static_cast<std::uint64_t>(sqlite3_value_int64(values[i])));
  } catch (const std::bad_alloc&) {
    sqlite3_result_error_nomem(context);
  }
}

void nothing(sqlite3_context* /*context*/) {}

}  // namespace

int add_sql_functions(sqlite3* db) noexcept {
  constexpr int kind = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  int rc = sqlite3_create_function_v2(db, "akin_number", 1, kind, nullptr, number, nullptr, nullptr, nullptr);
  if (rc == SQLITE_OK) rc = sqlite3_create_function_v2(db, "akin_time", 1, kind, nullptr, time, nullptr, nullptr, nullptr);
  // It reads memory that a caller names: nothing that a file's schema may call.
  if (rc == SQLITE_OK)
    rc = sqlite3_create_function_v2(db, "akin_among", 2, SQLITE_UTF8 | SQLITE_DIRECTONLY, nullptr, among, nullptr, nullptr, nullptr);
  // It writes to such memory.
  if (rc == SQLITE_OK)
    rc = sqlite3_create_function_v2(db, "akin_collect", -1, SQLITE_UTF8 | SQLITE_DIRECTONLY, nullptr, nullptr, collect, nothing, nullptr);
  return rc == SQLITE_OK ? add_word_tokenizer(db) : rc;
}

}  // namespace akin::store
