// The tables of a collection's database. Tested by schema_test.cc.
#pragma once

#include <cstdint>
#include <optional>

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
/// The version of the tables that the connection's transaction sees; 2 is the one that is made.
std::int64_t read_version(Connection& connection);
/// Brings the tables of an older version to the newest, in one commit: on an exception they are as they were. Returns whether there was
/// anything to do. Cost: all metadata and all texts are read.
bool upgrade_schema(Connection& connection);
/// Puts another space in the place of the one that is there. Within the caller's transaction.
void write_space(Connection& connection, const StoreSpace& space);
/// StoreSpace::stamp of the space that is there.
void write_stamp(Connection& connection, const std::string& stamp);
/// The space in the making, as its tables tell it.
struct NextSpaceRow {
  StoreSpace space;
  std::uint64_t done_chunk = 0;
};
std::optional<NextSpaceRow> read_next_space(Connection& connection);
/// Counts commits; a reader's view is good as long as it stays the same.
std::uint64_t read_generation(Connection& connection);

}  // namespace akin::store
