#include "embeddings_json.h"

#include <gtest/gtest.h>

#include "base/throws.h"

namespace akin::hub {
namespace {

using akin::testing::expect_error;

std::string openai(const std::string& data) { return R"({"object": "list", "data": [)" + data + R"(], "usage": {"prompt_tokens": 7}})"; }

TEST(EmbeddingsJson, PutsOpenAiVectorsInTheOrderOfTheTexts) {
  const EmbeddingsReply reply =
      parse_openai_reply(openai(R"({"index": 1, "embedding": [3, 4.5]}, {"index": 0, "embedding": "AACAPwAAAMA="})"), {2, 2}, "s");
  EXPECT_EQ(reply.vectors(0, 0), 1.0F);
  EXPECT_EQ(reply.vectors(0, 1), -2.0F);
  EXPECT_EQ(reply.vectors(1, 1), 4.5F);
  EXPECT_EQ(reply.n_tokens, 7U);
}

TEST(EmbeddingsJson, LearnsTheDimensionsFromTheFirst) {
  EXPECT_EQ(parse_openai_reply(openai(R"({"index": 0, "embedding": [1, 2, 3]})"), {1, 0}, "s").vectors.cols(), 3U);
  expect_error(ErrorCode::corrupt, "has 2 dimensions, wanted 3", [] {
    parse_openai_reply(openai(R"({"index": 0, "embedding": [1, 2, 3]}, {"index": 1, "embedding": [1, 2]})"), {2, 0}, "s");
  });
}

TEST(EmbeddingsJson, RefusesOpenAiAnswersThatBreakTheContract) {
  const auto refuses = [](const std::string& data, const char* says) {
    expect_error(ErrorCode::corrupt, says, [&] { parse_openai_reply(openai(data), {2, 2}, "the server"); });
  };
  const std::string first = R"({"index": 0, "embedding": [1, 2]},)";
  refuses(R"({"index": 0, "embedding": [1, 2]})", "the server: 1 vectors for 2 texts");
  refuses(first + first + R"({"index": 1, "embedding": [1, 2]})", "3 vectors for 2 texts");
  refuses(first + R"({"index": 0, "embedding": [1, 2]})", "the vector of text 1 comes twice");
  refuses(first + R"({"embedding": [1, 2]})", "without the index");
  refuses(first + R"({"index": 2, "embedding": [1, 2]})", "a vector of text 3");
  refuses(first + R"({"index": -1, "embedding": [1, 2]})", "without the index");
  refuses(first + R"({"index": 18446744073709551615, "embedding": [1, 2]})", "2 texts were sent");
  refuses(first + R"({"index": 1, "embedding": [1]})", "has 1 dimensions, wanted 2");
  refuses(first + R"({"index": 1, "embedding": []})", "has 0 dimensions");
  refuses(first + R"({"index": 1, "embedding": null})", "text 2 is missing");
  refuses(first + R"({"index": 1})", "text 2 is missing");
  refuses(first + R"({"index": 1, "embedding": [1, "2"]})", "holds what is no number");
  refuses(first + R"({"index": 1, "embedding": [1, null]})", "holds what is no number");
  refuses(first + R"({"index": 1, "embedding": [1, 1e300]})", "not finite");
  refuses(first + R"({"index": 1, "embedding": [1, 1e999]})", "not JSON");
  refuses(first + R"({"index": 1, "embedding": [1, NaN]})", "not JSON");
  refuses(first + R"({"index": 1, "embedding": "AACAPwAAwH8="})", "not finite");
  refuses(first + R"({"index": 1, "embedding": "AACAPwAAwH8"})", "not base64");
  refuses(first + R"({"index": 1, "embedding": "AACAPwA="})", "not base64 of 32-bit numbers");
  refuses(first + "7", "without the index");
  for (const char* bad : {"{}", "[]", "7", R"({"data": {}})", R"({"data": null})"})
    expect_error(ErrorCode::corrupt, "no list 'data'", [&] { parse_openai_reply(bad, {2, 2}, "s"); });
}

TEST(EmbeddingsJson, AllocatesOnlyWhatHasArrived) {
  expect_error(ErrorCode::corrupt, "dimensions, wanted 1 to", [] {
    std::string zeros = "0";
    for (std::size_t i = 0; i < kMaxDim; ++i) zeros += ",0";
    parse_openai_reply(openai(R"({"index": 0, "embedding": [)" + zeros + "]}"), {1, 0}, "s");
  });
}

TEST(EmbeddingsJson, ReadsOllamasVectorsInOrder) {
  const EmbeddingsReply reply = parse_ollama_reply(R"({"embeddings": [[1, 2], [3, 4]], "prompt_eval_count": 9})", {2, 2}, "s");
  EXPECT_EQ(reply.vectors(1, 0), 3.0F);
  EXPECT_EQ(reply.n_tokens, 9U);
  for (const char* bad : {R"({"embeddings": []})", R"({"embeddings": [[1, 2]]})", R"({"embeddings": [[1, 2], [3]]})",
                          R"({"embeddings": [[1, 2], null]})", R"({"embedding": [1, 2]})"})
    expect_error(ErrorCode::corrupt, "s: ", [&] { parse_ollama_reply(bad, {2, 2}, "s"); });
}

TEST(EmbeddingsJson, ReadsTitansOneVector) {
  const EmbeddingsReply reply = parse_titan_reply(R"({"embedding": [1, 2], "inputTextTokenCount": 3})", {1, 2}, "s");
  EXPECT_EQ(reply.vectors(0, 1), 2.0F);
  EXPECT_EQ(reply.n_tokens, 3U);
  for (const char* bad : {"{}", R"({"embedding": [1]})", R"({"embedding": 7})"})
    expect_error(ErrorCode::corrupt, "s: ", [&] { parse_titan_reply(bad, {1, 2}, "s"); });
}

TEST(EmbeddingsJson, FindsWhatAServerSaysWentWrong) {
  EXPECT_EQ(server_message(R"({"error": {"message": "no\nmoney", "code": "insufficient_quota"}})"), "no money");
  EXPECT_EQ(server_message(R"({"error": "model not found"})"), "model not found");
  EXPECT_EQ(server_message(R"({"message": "signature"})"), "signature");
  EXPECT_EQ(server_message(R"({"detail": "too long"})"), "too long");
  EXPECT_EQ(server_message("<html>\x1b[2J bad gateway"), "<html> [2J bad gateway");
  EXPECT_EQ(server_message(""), "");
  EXPECT_EQ(server_error_code(R"({"error": {"code": "insufficient_quota"}})"), "insufficient_quota");
  EXPECT_EQ(server_error_code("nonsense"), "");
}

}  // namespace
}  // namespace akin::hub
