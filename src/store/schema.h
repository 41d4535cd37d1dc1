// The tables of a collection's database. Tested by schema_test.cc.
#pragma once

#include <cstdint>

#include "akin/store/store.h"
#include "sqlite.h"

namespace akin::store {

inline constexpr const char* kDatabaseName = "akin.db";
inline constexpr const char* kLockName = "lock";

/// Settings that every connection of a writer needs before its first statement.
void configure_writer(Connection& connection);
/// The same for a reader.
void configure_reader(Connection& connection);
/// Makes the tables of a new, empty database in one commit.
void create_schema(Connection& connection, const StoreSpace& space);
/// Throws Error{not_found} for a database without a collection, Error{unsupported} for a newer version, Error{corrupt} for foreign tables.
StoreSpace read_space(Connection& connection);
/// Counts commits; a reader's view is good as long as it stays the same.
std::uint64_t read_generation(Connection& connection);

}  // namespace akin::store
