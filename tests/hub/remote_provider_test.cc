// What is sent to each kind of server, and which settings are refused before anything is sent.
#include "remote_provider.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "base/throws.h"
#include "bounded_json.h"
#include "loopback_server.h"

namespace akin::hub {
namespace {

using akin::testing::expect_error;
using akin::testing::LoopbackServer;
using akin::testing::SeenRequest;

constexpr const char* kVariables[] = {
    "OPENAI_API_KEY",        "OPENAI_BASE_URL",   "AKIN_API_KEY", "OLLAMA_HOST",        "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION",   "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
    "AWS_ENDPOINT_URL"};

class RemoteProviders : public ::testing::Test {
 protected:
  RemoteProviders() { clear(); }
  ~RemoteProviders() override { clear(); }
  static void clear() {
    for (const char* name : kVariables) ::unsetenv(name);
  }
  static void set(const char* name, const std::string& value) { ::setenv(name, value.c_str(), 1); }
  std::unique_ptr<RemoteProvider> make(const std::string& name, std::size_t dims = 0) {
    return make_remote_provider(parse_remote_name(name), dims, context_);
  }
  static HttpRequest ask(const RemoteProvider& provider, std::vector<std::string_view> texts = {"one"}) { return provider.request(texts); }

  Context context_{1};
};

TEST_F(RemoteProviders, OpenAiGetsTheKeyOfTheEnvironmentAndBase64) {
  set("OPENAI_API_KEY", "sk-1");
  const auto provider = make("openai:text-embedding-3-large", 256);
  EXPECT_EQ(provider->spec().dim, 256U);
  EXPECT_TRUE(provider->spec().normalized);
  const HttpRequest request = ask(*provider, {"one", "zwei"});
  EXPECT_EQ(request.url, "https://api.openai.com/v1/embeddings");
  EXPECT_EQ(Json::parse(request.body), Json::parse(R"({"model": "text-embedding-3-large", "input": ["one", "zwei"],
                                                      "encoding_format": "base64", "dimensions": 256})"));
  ASSERT_EQ(request.secrets.size(), 1U);
  EXPECT_EQ(request.secrets[0].value, "Bearer sk-1");
  EXPECT_EQ(make("openai:text-embedding-3-small")->spec().dim, 1536U);
}

TEST_F(RemoteProviders, AnAddressInANameHasAKeyOfItsOwn) {
  set("OPENAI_API_KEY", "sk-1");
  EXPECT_TRUE(ask(*make("openai+http://127.0.0.1:1/v1#m")).secrets.empty()) << "OpenAI's key goes to no address that a name holds";
  set("AKIN_API_KEY", "other");
  const HttpRequest request = ask(*make("openai+http://127.0.0.1:1/v1#m"));
  EXPECT_EQ(request.url, "http://127.0.0.1:1/v1/embeddings");
  EXPECT_EQ(request.secrets.at(0).value, "Bearer other");
  EXPECT_EQ(Json::parse(request.body).at("encoding_format"), "float") << "not every server knows base64";
  set("OPENAI_BASE_URL", "http://127.0.0.1:2/v1/");
  EXPECT_EQ(ask(*make("openai:m")).url, "http://127.0.0.1:2/v1/embeddings");
  EXPECT_EQ(ask(*make("openai:m")).secrets.at(0).value, "Bearer sk-1");
}

TEST_F(RemoteProviders, AKeyOnAnOpenWireIsWarnedOf) {
  set("AKIN_API_KEY", "hush");
  std::string said;
  context_.log = [&](LogLevel, std::string_view line) { said = line; };
  make("openai+http://127.0.0.1:1/v1#m");
  EXPECT_EQ(said, "");
  make("openai+http://example.org/v1#m");
  EXPECT_NE(said.find("not encrypted"), std::string::npos);
  EXPECT_EQ(said.find("hush"), std::string::npos);
}

TEST_F(RemoteProviders, OpenAiRefusesWhatItCannotGive) {
  expect_error(ErrorCode::io, "set OPENAI_API_KEY", [&] { make("openai:text-embedding-3-small"); });
  set("OPENAI_API_KEY", "sk-1");
  expect_error(ErrorCode::invalid_argument, "the model gives 1 to 1536", [&] { make("openai:text-embedding-3-small", 1537); });
  expect_error(ErrorCode::invalid_argument, "the model gives 1536", [&] { make("openai:text-embedding-ada-002", 256); });
}

TEST_F(RemoteProviders, TitanIsSignedAndItsColonEncoded) {
  set("AWS_ACCESS_KEY_ID", "id");
  set("AWS_SECRET_ACCESS_KEY", "secret");
  set("AWS_SESSION_TOKEN", "session");
  set("AWS_REGION", "eu-central-1");
  const auto provider = make("bedrock:amazon.titan-embed-text-v2:0?normalize=false", 512);
  EXPECT_FALSE(provider->spec().normalized);
  const HttpRequest request = ask(*provider);
  EXPECT_EQ(request.url, "https://bedrock-runtime.eu-central-1.amazonaws.com/model/amazon.titan-embed-text-v2%3A0/invoke");
  EXPECT_EQ(Json::parse(request.body), Json::parse(R"({"inputText": "one", "dimensions": 512, "normalize": false})"));
  ASSERT_EQ(request.secrets.size(), 3U);
  EXPECT_TRUE(request.secrets[2].value.starts_with("AWS4-HMAC-SHA256 Credential=id/"));
  for (const HttpHeader& header : request.secrets) EXPECT_EQ(header.value.find("secret"), std::string::npos);
  set("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "http://127.0.0.1:3/");
  EXPECT_TRUE(ask(*make("bedrock:amazon.titan-embed-text-v2:0")).url.starts_with("http://127.0.0.1:3/model/"));
}

TEST_F(RemoteProviders, BedrockSaysWhatIsMissing) {
  const std::string titan = "bedrock:amazon.titan-embed-text-v2:0";
  expect_error(ErrorCode::io, "AWS_ACCESS_KEY_ID", [&] { make(titan); });
  set("AWS_ACCESS_KEY_ID", "id");
  set("AWS_SECRET_ACCESS_KEY", "secret");
  expect_error(ErrorCode::io, "AWS_REGION", [&] { make(titan); });
  set("AWS_DEFAULT_REGION", "evil.example.org/#");
  expect_error(ErrorCode::io, "AWS_REGION", [&] { make(titan); });
  set("AWS_DEFAULT_REGION", "us-east-1");
  EXPECT_EQ(make(titan)->spec().dim, 1024U);
  expect_error(ErrorCode::invalid_argument, "256, 512 or 1024", [&] { make(titan, 300); });
  expect_error(ErrorCode::unsupported, "amazon.titan-embed-text-v2:0", [&] { make("bedrock:cohere.embed-english-v3"); });
}

std::string ollama(const SeenRequest& request) {
  if (request.target == "/api/tags")
    return LoopbackServer::reply(200, R"({"models": [{"name": "tiny:latest", "digest": "abc"}, {"name": "tiny:v2", "digest": "def"}]})");
  return LoopbackServer::reply(
      200, R"({"model_info": {"general.architecture": "bert", "bert.context_length": 256, "bert.embedding_length": 384}})");
}

TEST_F(RemoteProviders, OllamaTellsLimitsAndDigest) {
  const LoopbackServer server(ollama);
  set("OLLAMA_HOST", server.url().substr(7));
  const auto provider = make("ollama:tiny");
  EXPECT_EQ(provider->spec().identity, "abc");
  EXPECT_EQ(provider->spec().dim, 384U);
  EXPECT_EQ(provider->spec().max_tokens, 256U);
  EXPECT_EQ(make("ollama+" + server.url() + "#tiny:v2")->spec().identity, "def");
  const HttpRequest request = ask(*provider);
  EXPECT_EQ(request.url, server.url("/api/embed"));
  EXPECT_EQ(Json::parse(request.body), Json::parse(R"({"model": "tiny", "input": ["one"], "truncate": false})"));
  expect_error(ErrorCode::not_found, "it has: tiny:latest, tiny:v2); 'ollama pull other' fetches it", [&] { make("ollama:other"); });
}

TEST_F(RemoteProviders, OllamasAnswersAreNotTrusted) {
  for (const char* bad : {"[]", "7", R"({"models": 7})", R"({"models": [7, null, {}]})", R"({"models": [{"name": 7, "digest": 7}]})"}) {
    const LoopbackServer server([&](const SeenRequest&) { return LoopbackServer::reply(200, bad); });
    expect_error(ErrorCode::not_found, "has no model", [&] { make("ollama+" + server.url() + "#tiny"); });
  }
}

}  // namespace
}  // namespace akin::hub
