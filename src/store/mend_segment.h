// A segment's header says nothing that the collection does not know: where it is damaged and the rows are as they were committed, it is
// written anew. Tested by doctor_test.cc.
#pragma once

#include <filesystem>

#include "akin/store/store.h"
#include "vector_view.h"

namespace akin::store {

/// True if the segment, which `view` could not open, can be read now. The caller holds the writer's lock. Throws Error{io}.
bool mend_header(const std::filesystem::path& folder, const StoreSpace& space, const SegmentView& segment);

}  // namespace akin::store
