// One kind of server that embeds texts: what a request to it looks like, what its answer means, and its limits. RemoteBackend does the
// rest. Tested by remote_provider_test.cc and tests/end_to_end/remote_test.py.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "akin/base/context.h"
#include "akin/hub/http.h"
#include "embeddings_json.h"
#include "remote_name.h"

namespace akin::hub {

struct RemoteSpec {
  std::string name;                ///< as given to --model
  std::string model;               ///< as the server calls it
  std::string server;              ///< "https://api.openai.com": for messages
  std::string identity;            ///< of the space, besides model and dimensions: the server's host and port, or a digest of the weights
  std::string family;              ///< "openai", "ollama", "bedrock"
  std::string key_hint;            ///< what to do where the server refuses: "set OPENAI_API_KEY"
  std::size_t dim = 0;             ///< of the vectors that come; 0 = learned from the first
  std::size_t max_tokens = 0;      ///< of a text
  std::size_t max_characters = 0;  ///< of a text, in code points; 0 = no limit
  std::size_t max_texts = 1;       ///< of a request
  std::size_t max_request_tokens = 0;  ///< by estimate_token_count(); 0 = no limit
  std::size_t n_parallel = 1;          ///< requests at a time
  double idle_seconds = 60;            ///< that a server may think
  bool normalized = false;
};

class RemoteProvider {
 public:
  virtual ~RemoteProvider() = default;
  [[nodiscard]] const RemoteSpec& spec() const noexcept { return spec_; }
  /// A POST for these texts. Asked before each try: signatures hold the time.
  [[nodiscard]] virtual HttpRequest request(std::span<const std::string_view> texts) const = 0;
  /// Throws Error{corrupt}.
  [[nodiscard]] virtual EmbeddingsReply parse(std::string_view body, const ReplyShape& shape) const = 0;

 protected:
  RemoteSpec spec_;
};

/// Reads keys and addresses from the environment, and asks an Ollama server for the model's limits. Throws Error{invalid_argument} for
/// settings that the model does not take, Error{io} for a key that is missing, Error{not_found}, Error{unsupported}.
std::unique_ptr<RemoteProvider> make_remote_provider(const RemoteName& name, std::size_t dims, Context& context);

// The three of them; `dims` is 0 where none are asked for.
std::unique_ptr<RemoteProvider> make_openai_provider(const RemoteName& name, std::size_t dims, Context& context);
std::unique_ptr<RemoteProvider> make_ollama_provider(const RemoteName& name, Context& context);
std::unique_ptr<RemoteProvider> make_bedrock_provider(const RemoteName& name, std::size_t dims);

/// In US dollars a million tokens, on demand; 0 = not known. Prices change: it is what to expect, not what is billed.
double list_price(const RemoteName& name) noexcept;

/// Of an environment variable; empty where it is not set.
std::string variable(const char* name);

/// The body of a POST. Malformed UTF-8 was replaced before.
HttpRequest json_post(const std::string& url, std::string body);

/// What answered, in an error's words, without the keys that were sent with it.
[[noreturn]] void throw_refused(const RemoteSpec& spec, const HttpRequest& request, const HttpResponse& response);

}  // namespace akin::hub
