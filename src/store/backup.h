// A consistent copy of a collection beside a running writer: the vectors that one commit names, then the database as that commit left it,
// read back before it gets its name. Contract: Store::backup(). Tested by backup_test.cc.
#pragma once

#include <filesystem>

#include "akin/base/context.h"
#include "akin/store/store.h"
#include "sqlite.h"
#include "vector_view.h"

namespace akin::store {

/// Where a copy is made before it is whole: "notes.partial" beside "notes".
std::filesystem::path partial_path(const std::filesystem::path& target);

/// One commit, as a snapshot holds it: a connection in a transaction and the vectors that it names.
struct CommitToCopy {
  Connection& db;
  const VectorView& vectors;
  const StoreSpace& space;
};

/// Writes it to `target`.
void write_backup(const CommitToCopy& commit, const std::filesystem::path& target, Context& context);

}  // namespace akin::store
