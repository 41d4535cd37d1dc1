// Batches, order, partial failures and counts, with a provider that answers from a server in this process.
#include "remote_backend.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <numeric>

#include "base/throws.h"
#include "bounded_json.h"
#include "loopback_server.h"

namespace akin::hub {
namespace {

using akin::testing::expect_error;
using akin::testing::LoopbackServer;
using akin::testing::SeenRequest;

/// The vector of a text: its length and its first byte.
Json vector_of(const std::string& text) { return {text.size(), static_cast<unsigned char>(text.front())}; }

/// OpenAI's contract, in reverse order, one token a byte.
std::string good_answer(const SeenRequest& request) {
  const Json texts = Json::parse(request.body).at("input");
  Json data = Json::array();
  std::size_t n_tokens = 0;
  for (std::size_t i = texts.size(); i > 0; --i) {
    n_tokens += texts[i - 1].get<std::string>().size();
    data.push_back({{"index", i - 1}, {"embedding", vector_of(texts[i - 1])}});
  }
  return LoopbackServer::reply(200, Json({{"data", data}, {"usage", {{"prompt_tokens", n_tokens}}}}).dump());
}

Embedder embedder(const LoopbackServer& server, const EmbedderOptions& options = {}) {
  Context context(1);
  return Embedder(
      make_remote_backend(make_remote_provider(parse_remote_name("openai+" + server.url("/v1") + "#m"), 0, context), options, context));
}

std::vector<std::string> many_texts(std::size_t n) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < n; ++i) texts.push_back(std::string(1 + i % 7, static_cast<char>('a' + i % 26)));
  return texts;
}

TEST(RemoteBackend, KeepsTheOrderOverManyRequests) {
  const LoopbackServer server(good_answer);
  const Embedder remote = embedder(server);
  EXPECT_EQ(remote.dim(), 2U) << "learned from a first request";
  EXPECT_FALSE(remote.has_tokenizer());
  const std::vector<std::string> texts = many_texts(300);
  Context context(1);
  const EmbedResult result = remote.embed(texts, TextRole::plain, context);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    EXPECT_EQ(result.vectors(i, 0), static_cast<float>(texts[i].size())) << i;
    EXPECT_EQ(result.vectors(i, 1), static_cast<float>(texts[i].front())) << i;
  }
  EXPECT_EQ(server.requests().size(), 1U + 5U) << "64 texts a request";
  const auto n_tokens = std::accumulate(result.reports.begin(), result.reports.end(), std::size_t{0},
                                        [](std::size_t sum, const TextReport& report) { return sum + report.n_tokens; });
  EXPECT_EQ(n_tokens, std::accumulate(texts.begin(), texts.end(), std::size_t{0},
                                      [](std::size_t sum, const std::string& t) { return sum + t.size(); }));
}

TEST(RemoteBackend, SendsABatchThatIsTooLargeInHalves) {
  std::atomic<std::size_t> largest{0};
  const LoopbackServer server([&](const SeenRequest& request) {
    const std::size_t n = Json::parse(request.body).at("input").size();
    if (n > 10) return LoopbackServer::reply(413, R"({"error": "batch size > 10"})");
    largest = std::max(largest.load(), n);
    return good_answer(request);
  });
  const std::vector<std::string> texts = many_texts(64);
  Context context(1);
  const EmbedResult result = embedder(server).embed(texts, TextRole::plain, context);
  for (std::size_t i = 0; i < texts.size(); ++i) EXPECT_EQ(result.vectors(i, 0), static_cast<float>(texts[i].size()));
  EXPECT_EQ(largest, 8U);
}

TEST(RemoteBackend, NamesTheOneTextThatTheServerRefuses) {
  const LoopbackServer server([](const SeenRequest& request) {
    const Json texts = Json::parse(request.body).at("input");
    for (const Json& text : texts)
      if (text.get<std::string>().size() > 1000) return LoopbackServer::reply(400, R"({"error": {"message": "maximum context length"}})");
    return good_answer(request);
  });
  std::vector<std::string> texts = many_texts(40);
  texts[23] = std::string(2000, 'x');
  Context context(1);
  const Embedder remote = embedder(server);
  expect_error(ErrorCode::io, "answers 400: maximum context length (of text 24, about 667 tokens)",
               [&] { remote.embed(texts, TextRole::plain, context); });
}

TEST(RemoteBackend, DoesNotAskForMoneyThatIsNotThere) {
  std::atomic<int> n{0};
  const LoopbackServer server([&](const SeenRequest& request) {
    return n++ == 0 ? good_answer(request)
                    : LoopbackServer::reply(429, R"({"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}})");
  });
  const Embedder remote = embedder(server);
  Context context(1);
  expect_error(ErrorCode::io, "429: You exceeded your quota", [&] { remote.embed_one("x", TextRole::plain, context); });
  EXPECT_EQ(n, 2) << "one request to learn the dimensions, one that is not repeated";
}

TEST(RemoteBackend, RefusesTextsThatServersRefuseBeforeSendingAny) {
  const LoopbackServer server(good_answer);
  const Embedder remote = embedder(server);
  Context context(1);
  expect_error(ErrorCode::limit, "text 2 is empty", [&] { remote.embed(std::vector<std::string>{"a", ""}, TextRole::plain, context); });
  expect_error(ErrorCode::limit, "text 1 has 9000000 bytes",
               [&] { remote.embed(std::vector<std::string>{std::string(9'000'000, 'x')}, TextRole::plain, context); });
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST(RemoteBackend, ReplacesMalformedBytesAndCountsThem) {
  const LoopbackServer server(good_answer);
  Context context(1);
  const EmbedResult result = embedder(server).embed(std::vector<std::string>{"a\xff"}, TextRole::plain, context);
  EXPECT_EQ(result.reports[0].n_invalid, 1U);
  EXPECT_EQ(result.vectors(0, 0), 4.0F) << "U+FFFD has three bytes";
}

TEST(RemoteBackend, PutsThePromptInFrontCutsAndNormalises) {
  const LoopbackServer server(good_answer);
  EmbedderOptions options;
  options.prompt = "query: ";
  options.normalize = true;
  Context context(1);
  const std::vector<float> vector = embedder(server, options).embed_one("x", TextRole::query, context);
  EXPECT_EQ(Json::parse(server.requests().back().body).at("input").at(0), "query: x");
  EXPECT_NEAR(vector[0] * vector[0] + vector[1] * vector[1], 1.0, 1e-6) << "rounding of two floats";
  options.dims = 1;
  options.normalize = false;
  EXPECT_EQ(embedder(server, options).embed_one("x", TextRole::query, context), (std::vector<float>{8.0F}));
}

TEST(RemoteBackend, IsAnotherSpaceWithAnotherModelServerPromptOrLength) {
  const LoopbackServer server(good_answer), other(good_answer);
  EmbedderOptions prompt, cut, unit;
  prompt.prompt = "query: ";
  cut.dims = 1;
  unit.normalize = true;
  const std::string plain = embedder(server).fingerprint();
  EXPECT_EQ(plain, embedder(server).fingerprint());
  EXPECT_EQ(plain.size(), 64U);
  for (const EmbedderOptions& options : {prompt, cut, unit}) EXPECT_NE(plain, embedder(server, options).fingerprint());
  EXPECT_NE(plain, embedder(other).fingerprint());
}

TEST(RemoteBackend, RefusesOptionsThatOnlyLocalModelsHave) {
  const LoopbackServer server(good_answer);
  EmbedderOptions precision, tokens, dims;
  precision.precision = Precision::int8;
  tokens.max_tokens = 100;
  dims.dims = 3;
  expect_error(ErrorCode::invalid_argument, "--precision", [&] { embedder(server, precision); });
  expect_error(ErrorCode::invalid_argument, "--max-tokens", [&] { embedder(server, tokens); });
  expect_error(ErrorCode::invalid_argument, "3 dimensions are asked for, the model gives 2", [&] { embedder(server, dims); });
  Context context(1);
  expect_error(ErrorCode::unsupported, "none a token", [&] { embedder(server).embed_tokens("x", context); });
}

TEST(RemoteBackend, ShowsNoKeyThatAServerRepeats) {
  ::setenv("AKIN_API_KEY", "sk-very-secret", 1);
  const LoopbackServer server([](const SeenRequest& request) {
    return LoopbackServer::reply(401, R"({"error": {"message": "wrong key )" + request.header("Authorization") + R"( given"}})");
  });
  const auto error = akin::testing::error_of([&] { embedder(server); });
  ::unsetenv("AKIN_API_KEY");
  ASSERT_TRUE(error);
  const std::string said = error->what();
  EXPECT_EQ(said.find("secret"), std::string::npos) << said;
  EXPECT_NE(said.find("wrong key Bearer *** given; the key is read from AKIN_API_KEY"), std::string::npos) << said;
}

TEST(RemoteBackend, CutsRequestsAtBothLimits) {
  using Ranges = std::vector<RequestRange>;
  const std::vector<std::size_t> n_tokens = {1, 1, 1, 9, 20, 1, 1};
  EXPECT_EQ(cut_requests(n_tokens, 2, 0), (Ranges{{0, 2}, {2, 4}, {4, 6}, {6, 7}}));
  EXPECT_EQ(cut_requests(n_tokens, 100, 10), (Ranges{{0, 3}, {3, 4}, {4, 5}, {5, 7}})) << "a text over the limit goes alone";
  EXPECT_EQ(cut_requests({}, 2, 10), Ranges{});
}

TEST(RemoteBackend, PartsASumSoThatNothingIsLost) {
  const std::vector<std::size_t> weights = {1, 2, 3, 0, 4};
  EXPECT_EQ(apportion(10, weights), (std::vector<std::uint64_t>{1, 2, 3, 0, 4}));
  EXPECT_EQ(apportion(0, weights), (std::vector<std::uint64_t>{0, 0, 0, 0, 0}));
  const auto parts = apportion(7, weights);
  EXPECT_EQ(std::accumulate(parts.begin(), parts.end(), std::uint64_t{0}), 7U);
  const std::vector<std::size_t> zeros = {0, 0};
  EXPECT_EQ(apportion(5, zeros)[0] + apportion(5, zeros)[1], 5U);
}

}  // namespace
}  // namespace akin::hub
