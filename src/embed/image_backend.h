// Vectors from a model with a tower for images, for texts, or both. Private: the kind of EmbedderBackend that stands behind CLIP, SigLIP,
// ViT and DINOv2. Tested by image_backend_test.cc.
#pragma once

#include <memory>

#include "akin/embed/backend.h"
#include "image_model.h"

namespace akin {

/// Throws Error{invalid_argument} if `options` ask for more dimensions or tokens than the model has, Error{mismatch} if its towers end in
/// different dimensions or it cannot cut its pictures into whole patches.
std::unique_ptr<EmbedderBackend> make_image_backend(ImageModelFiles files, const EmbedderOptions& options, Context& context);

}  // namespace akin
