// Sentence vectors without a transformer: the mean of the vectors of a text's tokens, from a table in a file (Model2Vec, StaticEmbedding).
// Private: a kind of EmbedderBackend. Tested by static_backend_test.cc.
#pragma once

#include <memory>

#include "akin/embed/backend.h"
#include "static_folder.h"

namespace akin {

/// Throws Error{invalid_argument} if `options` ask for more dimensions or tokens than the model has, or for
/// another precision than f32.
std::unique_ptr<EmbedderBackend> make_static_backend(StaticFiles files, const EmbedderOptions& options);

}  // namespace akin
