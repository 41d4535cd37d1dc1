// Amazon Titan Text Embeddings V2 on Bedrock: one text a call, signed. Tested by remote_provider_test.cc and
// tests/end_to_end/remote_test.py.
#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

#include "akin/base/error.h"
#include "bounded_json.h"
#include "remote_provider.h"
#include "sigv4.h"
#include "url.h"

namespace akin::hub {
namespace {

constexpr std::string_view kTitan = "amazon.titan-embed-text-v2:0";
// "Max tokens 8,192, max characters 50,000, dimensions 1024 (default), 512, 256": Bedrock user guide, Titan Text Embeddings V2.
constexpr std::array<std::size_t, 3> kDimensions = {256, 512, 1024};
constexpr std::size_t kDefaultDim = 1024;
constexpr std::size_t kMaxTokens = 8192;
constexpr std::size_t kMaxCharacters = 50'000;
constexpr std::size_t kParallel = 8;  // as there is one text a call

std::string first_variable(std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (std::string value = variable(name); !value.empty()) return value;
  return {};
}

bool is_region(std::string_view text) {
  return !text.empty() && text.size() < 40 &&
         std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

class BedrockProvider final : public RemoteProvider {
 public:
  BedrockProvider(const RemoteName& name, std::size_t dims)
      : keys_{variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"), variable("AWS_SESSION_TOKEN")},
        scope_{first_variable({"AWS_REGION", "AWS_DEFAULT_REGION"}), "bedrock"},
        normalize_(name.normalize.value_or(true)) {
    if (name.model != kTitan)
      throw Error(ErrorCode::unsupported, name.name + ": of Bedrock's models " + std::string(kTitan) + " is supported");
    if (keys_.id.empty() || keys_.secret.empty())
      throw Error(ErrorCode::io, name.name + " needs keys: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN)");
    if (!is_region(scope_.region)) throw Error(ErrorCode::io, name.name + " needs a region: set AWS_REGION, to us-east-1 for example");
    spec_.dim = dims == 0 ? kDefaultDim : dims;
    if (std::ranges::find(kDimensions, spec_.dim) == kDimensions.end())
      throw Error(ErrorCode::invalid_argument,
                  name.name + ": " + std::to_string(dims) + " dimensions are asked for, the model gives 256, 512 or 1024");
    endpoint_ = !name.endpoint.empty() ? name.endpoint : first_variable({"AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "AWS_ENDPOINT_URL"});
    if (endpoint_.empty()) endpoint_ = "https://bedrock-runtime." + scope_.region + ".amazonaws.com";
    while (endpoint_.ends_with('/')) endpoint_.pop_back();
    const Url url = parse_url(endpoint_);
    spec_.name = name.name;
    spec_.model = name.model;
    spec_.family = "bedrock";
    spec_.server = url.origin();
    spec_.identity = url.origin().substr(url.scheme.size() + 3);
    spec_.key_hint = "keys are read from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, the region from AWS_REGION";
    spec_.max_tokens = name.max_tokens != 0 ? name.max_tokens : kMaxTokens;
    spec_.max_characters = kMaxCharacters;
    spec_.n_parallel = kParallel;
    spec_.normalized = normalize_;
  }

  [[nodiscard]] HttpRequest request(std::span<const std::string_view> texts) const override {
    require(texts.size() == 1, "Titan takes one text a call");
    const Json body = {{"inputText", std::string(texts.front())}, {"dimensions", spec_.dim}, {"normalize", normalize_}};
    // The colon of the model's name is %3A in the address, and %253A in what is signed.
    HttpRequest request = json_post(endpoint_ + "/model/" + percent_encode(spec_.model) + "/invoke", body.dump());
    request.secrets = sign_v4(request, keys_, scope_, std::time(nullptr));
    return request;
  }

  [[nodiscard]] EmbeddingsReply parse(std::string_view body, const ReplyShape& shape) const override {
    return parse_titan_reply(body, shape, spec_.name + ": " + spec_.server);
  }

 private:
  AwsKeys keys_;
  AwsScope scope_;
  bool normalize_;
  std::string endpoint_;
};

}  // namespace

std::unique_ptr<RemoteProvider> make_bedrock_provider(const RemoteName& name, std::size_t dims) {
  return std::make_unique<BedrockProvider>(name, dims);
}

}  // namespace akin::hub
