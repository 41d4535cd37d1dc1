// The fingerprint of a vector space: equal if and only if vectors may be compared. Tested by fingerprint_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "akin/base/sha256.h"
#include "akin/embed/embedder.h"
#include "model_files.h"

namespace akin {

/// 64 hexadecimal digits. The same for a folder and for its conversion with the same weight bytes.
std::string space_fingerprint(const ModelFiles& files, const EmbedderOptions& options);

/// For who keeps a fingerprint and would not read all weights again to see that it still holds: 64 digits over `fingerprint`, the identity
/// of the files that the weights are read from, and all else that space_fingerprint() counts. Equal to a kept one: so is the fingerprint.
/// Empty where the weights are in no files, or in files that were touched within two seconds before `now_ns` (since 1970), of which the
/// times tell too little.
std::string fingerprint_stamp(const ModelFiles& files, const EmbedderOptions& options, std::string_view fingerprint, std::int64_t now_ns);

/// The part of it that is not the weights: tokenizer, pooling, steps, prompts, limits and options.
void describe_sentence(Sha256& hash, const ModelFiles& files, const EmbedderOptions& options);

/// The part of it that the transformer decides: weights and every field of the spec that a hidden state depends on.
std::string model_fingerprint(const ModelDescription& model, const TensorFile& weights);

}  // namespace akin
