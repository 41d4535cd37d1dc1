// A collection's chunks, embedded again by another model from the texts that it keeps, beside the vectors that answer meanwhile. Chunks
// stay as they are; a stop costs the batch under way. Contract: Collection::reindex(). Tested by reindex_test.cc.
#pragma once

#include "akin/retrieval/collection.h"
#include "akin/store/store.h"

namespace akin::retrieval {

/// `space` is `embedder`'s, with the name to resolve it by. `store` is open for writing.
ReindexReport run_reindex(Store& store, const StoreSpace& space, const Embedder& embedder, Context& context);

}  // namespace akin::retrieval
