// `embed --calibrate`: the ranges by which vectors become codes of 8 bits.
#pragma once

#include <string>

#include "akin/embed/embedder.h"
#include "akin/embed/value_ranges.h"
#include "text_source.h"

namespace akin::cli {

/// Of a file of vectors (or of ranges that an earlier run wrote), or of a file of texts, which are embedded for it.
ValueRanges calibrate(const std::string& file, const TextSourceOptions& options, const Embedder& embedder, TextRole role, Context& context);

}  // namespace akin::cli
