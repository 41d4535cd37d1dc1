// What is wrong with a collection's files, one line each naming file and place. Nothing is changed. Tested by examine_test.cc.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "akin/base/context.h"
#include "sqlite.h"

namespace akin::store {

/// Reads every page of the database's file and proves its checksum; at most `max_lines` lines. A page that a writer is folding in from its
/// log at this moment is looked at again. Throws Error{io}, Error{cancelled}.
std::vector<std::string> damaged_pages(const std::filesystem::path& database, std::size_t max_lines, Context& context);

/// SQLite's own look at its tables and indexes, within the connection's transaction; at most 20 lines.
std::vector<std::string> damaged_tables(Connection& db);

}  // namespace akin::store
