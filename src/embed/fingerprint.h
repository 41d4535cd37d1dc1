// The fingerprint of a vector space: equal if and only if vectors may be compared. Tested by fingerprint_test.cc.
#pragma once

#include <string>

#include "akin/base/sha256.h"
#include "akin/embed/embedder.h"
#include "model_files.h"

namespace akin {

/// 64 hexadecimal digits. The same for a folder and for its conversion with the same weight bytes.
std::string space_fingerprint(const ModelFiles& files, const EmbedderOptions& options);

/// The part of it that is not the weights: tokenizer, pooling, steps, prompts, limits and options.
void describe_sentence(Sha256& hash, const ModelFiles& files, const EmbedderOptions& options);

/// The part of it that the transformer decides: weights and every field of the spec that a hidden state depends on.
std::string model_fingerprint(const ModelDescription& model, const TensorFile& weights);

}  // namespace akin
