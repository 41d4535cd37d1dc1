// One run of indexing: which files changed, what they hold now, their vectors, commit after commit. Files are looked at by size and time
// stamp, then by hash; documents by the hash of their chunks. A commit holds whole documents; a file counts as done with the commit of its
// last document, so that a run that was stopped anywhere goes on from there. Three things go on at once: the next files are read
// (read_ahead.h), vectors are made on all threads over many documents, and the commit before is written. Memory is bounded by what is read
// ahead, or the largest single file, and by two commits' texts and vectors. Tested by index_run_test.cc.
#pragma once

#include <filesystem>
#include <span>

#include "akin/retrieval/collection.h"
#include "akin/store/store.h"
#include "index_plan.h"

namespace akin::retrieval {

/// `store` is open for writing. Contract: Collection::index().
IndexReport run_index(Store& store, const Embedder& embedder, std::span<const std::filesystem::path> paths, const IndexOptions& options,
                      const IndexScope& scope, Context& context);

}  // namespace akin::retrieval
