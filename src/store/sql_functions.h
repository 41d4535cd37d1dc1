// What our SQL says beyond SQLite's: akin_number(text) and akin_time(text), a value's number and the begin of its date (see typed_value.h)
// or NULL, akin_among(id, ?ids), whether a bound list has an id, akin_collect(?list, id, …), which puts the ids of all rows into a bound
// list, and the tokenizer of the full text (see word_tokenizer.h). Every connection has them. Tested by sql_functions_test.cc.
#pragma once

struct sqlite3;

namespace akin::store {

/// What SQLite knows the bound ids by.
inline constexpr const char* kIdsPointer = "akin ids";
inline constexpr const char* kListPointer = "akin list";

/// Gives an SQLite result code.
int add_sql_functions(sqlite3* db) noexcept;

}  // namespace akin::store
