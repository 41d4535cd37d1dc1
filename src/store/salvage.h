// Copies what can be read of a damaged database into a fresh one, row by row. Only the tables that hold what a collection is are read: no
// index, no text index, no list of free pages, so that damage there costs nothing. Tested by doctor_test.cc.
#pragma once

#include <cstddef>
#include <filesystem>

#include "akin/base/context.h"

namespace akin::store {

struct Salvaged {
  std::size_t n_waiting = 0;  ///< documents that were left out, or lack vectors, and whose files will be read again
  std::size_t n_lost = 0;     ///< documents that were left out and have no file
};

/// The caller holds the writer's lock. Afterwards akin.db is the fresh one. Throws Error{corrupt} if the space cannot be read, Error{io}.
Salvaged salvage_database(const std::filesystem::path& folder, Context& context);

}  // namespace akin::store
