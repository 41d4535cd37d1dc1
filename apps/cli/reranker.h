// The reranker that a verb is given by name: `rerank --model`, `search --rerank`.
#pragma once

#include <string>

#include "akin/embed/cross_encoder.h"
#include "command.h"

namespace akin::cli {

/// Resolves and loads it in common.precision. Throws Error{unsupported} for an embedder, saying what uses it.
CrossEncoder load_reranker(const std::string& name, const Common& common, std::size_t max_tokens, Context& context);

}  // namespace akin::cli
