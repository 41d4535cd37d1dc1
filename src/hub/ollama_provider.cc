// Ollama's /api/embed. The server tells the model's digest and limits, so that a model that was pulled anew under its old name is another
// space. Tested by remote_provider_test.cc and tests/end_to_end/remote_test.py.
#include <utility>

#include "akin/base/error.h"
#include "bounded_json.h"
#include "remote_provider.h"
#include "url.h"

namespace akin::hub {
namespace {

constexpr const char* kLocal = "http://127.0.0.1:11434";
constexpr const char* kPort = ":11434";
constexpr std::size_t kMaxInputs = 64;  // a request's work stays short enough to show progress and to be cancelled
constexpr std::size_t kMaxRequestTokens = 32'768;
constexpr std::size_t kUnknownMaxTokens = 512;  // where the server does not tell
constexpr std::size_t kParallel = 2;            // it runs few at a time by itself
constexpr double kIdleSeconds = 300;            // a large model may have to be loaded first
constexpr std::size_t kMaxContext = 1'000'000;

/// OLLAMA_HOST as Ollama reads it: "host", "host:port", "http://host:port"; 0.0.0.0 is where a server listens, not where it is found.
std::string host_from_environment() {
  std::string host = variable("OLLAMA_HOST");
  if (host.empty()) return kLocal;
  const bool bare = host.find("://") == std::string::npos;
  if (bare) host.insert(0, "http://");
  while (host.ends_with('/')) host.pop_back();
  const Url url = parse_url(host);
  const std::string name = url.host == "0.0.0.0" ? "127.0.0.1" : url.host;
  const bool has_port = host.find(':', url.scheme.size() + 3 + url.host.size()) != std::string::npos;
  return url.scheme + "://" + name + (has_port ? ":" + std::to_string(url.port) : bare ? kPort : "");
}

std::string with_tag(const std::string& model) {
  return model.find(':', model.rfind('/') + 1) == std::string::npos ? model + ":latest" : model;
}

class OllamaProvider final : public RemoteProvider {
 public:
  OllamaProvider(const RemoteName& name, Context& context) : endpoint_(name.endpoint.empty() ? host_from_environment() : name.endpoint) {
    spec_.name = name.name;
    spec_.model = name.model;
    spec_.family = "ollama";
    spec_.server = parse_url(endpoint_).origin();
    spec_.max_texts = kMaxInputs;
    spec_.max_request_tokens = kMaxRequestTokens;
    spec_.n_parallel = kParallel;
    spec_.idle_seconds = kIdleSeconds;
    spec_.normalized = true;  // "returns L2-normalized (unit-length) vectors": API reference, /api/embed
    HttpOptions options = HttpOptions::from_environment();
    if (variable("AKIN_HTTP_TIMEOUT").empty()) options.idle_seconds = kIdleSeconds;
    const HttpClient client(std::move(options));
    read_digest(client, context);
    read_limits(client, context);
    if (name.max_tokens != 0) spec_.max_tokens = name.max_tokens;
  }

  [[nodiscard]] HttpRequest request(std::span<const std::string_view> texts) const override {
    // Without "truncate": false the server would cut long texts and say nothing.
    Json body = {{"model", spec_.model}, {"input", Json::array()}, {"truncate", false}};
    for (const std::string_view text : texts) body["input"].push_back(std::string(text));
    return json_post(endpoint_ + "/api/embed", body.dump());
  }

  [[nodiscard]] EmbeddingsReply parse(std::string_view body, const ReplyShape& shape) const override {
    return parse_ollama_reply(body, shape, spec_.name + ": " + spec_.server);
  }

 private:
  Json ask(const HttpClient& client, const HttpRequest& request, Context& context) const {
    const HttpResponse response = client.send(request, context);
    if (response.status != 200) throw_refused(spec_, request, response);
    return parse_bounded(response.body, spec_.name + ": " + parse_url(request.url).shown());
  }

  void read_digest(const HttpClient& client, Context& context) {
    HttpRequest tags;
    tags.url = endpoint_ + "/api/tags";
    const Json reply = ask(client, tags, context);
    const Json& models = member(reply, "models");
    std::string names;
    for (const Json& model : models.is_array() ? models : Json::array()) {
      const std::string name = text_member(model, "name", 200);
      if (name == spec_.model || name == with_tag(spec_.model)) spec_.identity = text_member(model, "digest", 200);
      names += (names.empty() ? "" : ", ") + name;
    }
    if (spec_.identity.empty())
      throw Error(ErrorCode::not_found, spec_.name + ": " + spec_.server + " has no model '" + spec_.model +
                                            "' (it has: " + quotable(names.empty() ? "none" : names, 300) + "); 'ollama pull " +
                                            spec_.model + "' fetches it");
  }

  void read_limits(const HttpClient& client, Context& context) {
    const Json reply = ask(client, json_post(endpoint_ + "/api/show", Json({{"model", spec_.model}}).dump()), context);
    const Json& info = member(reply, "model_info");
    const std::string architecture = text_member(info, "general.architecture", 100);
    const auto number = [&](const char* key, std::size_t most) -> std::size_t {
      const Json& value = member(info, (architecture + key).c_str());
      if (!value.is_number_unsigned()) return 0;
      const auto n = value.get<std::uint64_t>();
      return n <= most ? static_cast<std::size_t>(n) : 0;
    };
    spec_.dim = number(".embedding_length", kMaxDim);
    spec_.max_tokens = number(".context_length", kMaxContext);
    if (spec_.max_tokens == 0) spec_.max_tokens = kUnknownMaxTokens;
  }

  std::string endpoint_;
};

}  // namespace

std::unique_ptr<RemoteProvider> make_ollama_provider(const RemoteName& name, Context& context) {
  return std::make_unique<OllamaProvider>(name, context);
}

}  // namespace akin::hub
