// One run of indexing: which files changed, what they hold now, their vectors, commit after commit. Files are looked at by size and time
// stamp, then by hash; documents by the hash of their chunks. A commit holds whole documents; a file counts as done with the commit of its
// last document, so that a run that was stopped anywhere goes on from there. Memory is bounded by the window of files that are read and
// chunked ahead (and by the largest single file), two commits' texts and vectors. Files are read on all threads, then vectors are computed
// on all threads over many documents at once, while the commit before is written. Tested by index_run_test.cc.
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
