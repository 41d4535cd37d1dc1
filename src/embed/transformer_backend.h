// Sentence vectors from a transformer: tokenizer, layers, pooling and further steps, as a model folder or GGUF file says. Private: the kind
// of EmbedderBackend that stands behind most models. Tested by embedder_test.cc.
#pragma once

#include <memory>

#include "akin/embed/backend.h"
#include "akin/kernels/gemm.h"
#include "model_files.h"

namespace akin {

/// The arithmetic of products in a precision.
kernels::GemmType gemm_type(Precision precision) noexcept;

/// Of a folder or a GGUF file. Throws what read_model() does, Error{invalid_argument} if `options` ask for more dimensions or tokens than
/// the model has, Error{mismatch} for a tokenizer that is larger than the embedding table.
std::unique_ptr<EmbedderBackend> make_transformer_backend(const std::filesystem::path& model, const EmbedderOptions& options,
                                                          Context& context);

}  // namespace akin
