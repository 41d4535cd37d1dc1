// Keeps a collection in line with folders: a run of indexing over everything, then one over what has changed each time something has.
// Folders are watched before they are listed, so that nothing falls between. Tested by watch_run_test.cc.
#pragma once

#include <filesystem>
#include <functional>
#include <span>

#include "akin/retrieval/collection.h"
#include "akin/store/store.h"

namespace akin::retrieval {

/// Contract: Collection::watch().
void run_watch(Store& store, const Embedder& embedder, std::span<const std::filesystem::path> paths, const WatchOptions& options,
               const std::function<void(const IndexReport&)>& on_run, Context& context);

}  // namespace akin::retrieval
