// OpenAI's /v1/embeddings, and every server that speaks its contract. Tested by remote_provider_test.cc and
// tests/end_to_end/remote_test.py.
#include <array>
#include <utility>

#include "akin/base/error.h"
#include "bounded_json.h"
#include "remote_provider.h"
#include "url.h"

namespace akin::hub {
namespace {

constexpr const char* kOpenAi = "https://api.openai.com/v1";
// "Maximum 2048 inputs, 300,000 tokens summed across all inputs of one request, 8,192 tokens an input": API reference, embeddings.
constexpr std::size_t kMaxInputs = 2048;
constexpr std::size_t kMaxRequestTokens = 300'000;
constexpr std::size_t kMaxTokens = 8192;
// Of servers that akin knows nothing of: what the smallest common models read, and how many texts they take at once (others are asked
// again with fewer).
constexpr std::size_t kUnknownMaxTokens = 512;
constexpr std::size_t kUnknownMaxInputs = 64;
constexpr std::size_t kParallel = 4;

struct KnownModel {
  std::string_view name;
  std::size_t dim;
  bool takes_dimensions;
};
constexpr std::array<KnownModel, 3> kKnown = {
    {{"text-embedding-3-small", 1536, true}, {"text-embedding-3-large", 3072, true}, {"text-embedding-ada-002", 1536, false}}};

const KnownModel* find_known(std::string_view model) {
  for (const KnownModel& known : kKnown)
    if (known.name == model) return &known;
  return nullptr;
}

class OpenAiProvider final : public RemoteProvider {
 public:
  OpenAiProvider(const RemoteName& name, std::size_t dims, Context& context) : dims_(dims), known_(find_known(name.model)) {
    choose_endpoint(name, context);
    const Url url = parse_url(endpoint_);
    spec_.name = name.name;
    spec_.model = name.model;
    spec_.family = "openai";
    spec_.server = url.origin();
    spec_.identity = url.origin().substr(url.scheme.size() + 3);
    spec_.n_parallel = kParallel;
    spec_.max_texts = known_ != nullptr ? kMaxInputs : kUnknownMaxInputs;
    spec_.max_request_tokens = kMaxRequestTokens;
    spec_.max_tokens = name.max_tokens != 0 ? name.max_tokens : known_ != nullptr ? kMaxTokens : kUnknownMaxTokens;
    spec_.dim = dims;
    if (known_ == nullptr) return;
    if (dims > known_->dim || (dims != 0 && dims != known_->dim && !known_->takes_dimensions))
      throw Error(ErrorCode::invalid_argument, name.name + ": " + std::to_string(dims) + " dimensions are asked for, the model gives " +
                                                   (known_->takes_dimensions ? "1 to " : "") + std::to_string(known_->dim));
    if (dims == 0) spec_.dim = known_->dim;
    spec_.normalized = true;
  }

  [[nodiscard]] HttpRequest request(std::span<const std::string_view> texts) const override {
    Json body = {{"model", spec_.model}, {"input", Json::array()}, {"encoding_format", known_ != nullptr ? "base64" : "float"}};
    for (const std::string_view text : texts) body["input"].push_back(std::string(text));
    if (dims_ != 0 && (known_ == nullptr || known_->takes_dimensions)) body["dimensions"] = dims_;
    HttpRequest request = json_post(endpoint_ + "/embeddings", body.dump());
    if (!key_.empty()) request.secrets.push_back({"Authorization", "Bearer " + key_});
    return request;
  }

  [[nodiscard]] EmbeddingsReply parse(std::string_view body, const ReplyShape& shape) const override {
    return parse_openai_reply(body, shape, spec_.name + ": " + spec_.server);
  }

 private:
  /// The key of the environment is for the endpoint of the environment: an address inside a name has a variable of its own.
  void choose_endpoint(const RemoteName& name, Context& context) {
    const char* key_variable = name.endpoint.empty() ? "OPENAI_API_KEY" : "AKIN_API_KEY";
    endpoint_ = !name.endpoint.empty() ? name.endpoint : variable("OPENAI_BASE_URL");
    const bool is_default = endpoint_.empty();
    if (is_default) endpoint_ = kOpenAi;
    while (endpoint_.ends_with('/')) endpoint_.pop_back();
    key_ = variable(key_variable);
    spec_.key_hint = std::string("the key is read from ") + key_variable;
    if (is_default && key_.empty()) throw Error(ErrorCode::io, name.name + " needs a key: set OPENAI_API_KEY");
    const Url url = parse_url(endpoint_);
    if (!key_.empty() && url.scheme == "http" && !url.is_loopback())
      context.warn(url.origin() + " is not encrypted: the key of " + key_variable + " can be read on the way");
  }

  std::string endpoint_, key_;
  std::size_t dims_;
  const KnownModel* known_;
};

}  // namespace

std::unique_ptr<RemoteProvider> make_openai_provider(const RemoteName& name, std::size_t dims, Context& context) {
  return std::make_unique<OpenAiProvider>(name, dims, context);
}

}  // namespace akin::hub
