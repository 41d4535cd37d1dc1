// A model's name → an Embedder, in one place: remote models, paths, the cache, the embedded default. Tested by load_embedder_test.cc and
// tests/end_to_end/remote_test.py.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "akin/embed/embedder.h"
#include "akin/hub/model_store.h"

namespace akin {

struct LoadedEmbedder {
  LocalModel source;  ///< origin "remote" and an empty path for a model that runs elsewhere
  Embedder embedder;
};

/// `name`: what resolve_model() takes, or a remote model: "openai:text-embedding-3-small", "openai+http://HOST/v1#MODEL", "ollama:MODEL",
/// "bedrock:amazon.titan-embed-text-v2:0" (docs/guides/remote-models.md). Keys come from the environment. Throws as resolve_model() and
/// Embedder::load(); for a remote model Error{io} where a key is missing or the server refuses, Error{invalid_argument} for a name or an
/// option that it does not take.
LoadedEmbedder load_embedder(std::string_view name, const EmbedderOptions& options, Context& context);

/// Whether load_embedder() would ask a server.
bool is_remote_model(std::string_view name) noexcept;

/// The list price of a remote model in US dollars; 0 = none, or not known.
double dollars_per_million_tokens(std::string_view name);

/// The kinds of remote names: what to pass, and what it needs.
struct RemoteKindInfo {
  std::string name, needs;
};
const std::vector<RemoteKindInfo>& remote_kinds();

}  // namespace akin
