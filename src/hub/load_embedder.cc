#include "akin/hub/load_embedder.h"

#include <utility>

#include "remote_backend.h"
#include "remote_name.h"

namespace akin {

bool is_remote_model(std::string_view name) noexcept { return hub::is_remote_name(name); }

LoadedEmbedder load_embedder(std::string_view name, const EmbedderOptions& options, Context& context) {
  if (!is_remote_model(name)) {
    LocalModel model = resolve_model(name);
    Embedder embedder = Embedder::load(model.path, options, context);
    return {std::move(model), std::move(embedder)};
  }
  const hub::RemoteName remote = hub::parse_remote_name(name);
  EmbedderOptions wanted = options;
  if (wanted.dims == 0) wanted.dims = remote.dimensions;
  if (remote.normalize.value_or(false)) wanted.normalize = true;
  auto provider = hub::make_remote_provider(remote, wanted.dims, context);
  return {{std::string(name), {}, "remote"}, Embedder(hub::make_remote_backend(std::move(provider), wanted, context))};
}

double dollars_per_million_tokens(std::string_view name) {
  if (!is_remote_model(name)) return 0;
  const hub::RemoteName remote = hub::parse_remote_name(name);
  // An address of one's own has prices of its own.
  return remote.endpoint.empty() ? hub::list_price(remote) : 0;
}

const std::vector<RemoteKindInfo>& remote_kinds() {
  static const std::vector<RemoteKindInfo> kinds = {
      {"openai:text-embedding-3-small", "OPENAI_API_KEY"},
      {"openai:text-embedding-3-large", "OPENAI_API_KEY"},
      {"openai+http://HOST/v1#MODEL", "a server that speaks OpenAI's contract; AKIN_API_KEY if it wants a key"},
      {"ollama:MODEL", "an Ollama server; OLLAMA_HOST if it is not on this machine"},
      {"bedrock:amazon.titan-embed-text-v2:0", "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION"},
  };
  return kinds;
}

}  // namespace akin
