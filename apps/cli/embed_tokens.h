// The part of `akin embed` that gives one vector a token.
#pragma once

#include <functional>
#include <string>

#include "akin/hub/load_embedder.h"
#include "text_source.h"

namespace akin::cli {

/// Every text's tokens to standard output (JSONL or tables) or to `out` (.safetensors); `told` hears of each text.
void embed_each_token(const LoadedEmbedder& model, TextSource& source, const std::string& out, bool as_json,
                      const std::function<void(const TextReport&)>& told, Context& context);

}  // namespace akin::cli
