#include "model.h"

#include <gtest/gtest.h>

namespace akin::text {
namespace {

ErrorCode code_of(const std::string& json) {
  try {
    read_model(Json::parse(json), "t.json");
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::cancelled;
}

TEST(ReadModel, ReadsAWordPieceModel) {
  const auto model = read_model(Json::parse(R"({"type": "WordPiece", "vocab": {"[UNK]": 0, "a": 3, "##b": 1}})"), "t.json");
  EXPECT_EQ(model->size(), 4U);
  EXPECT_EQ(model->id_of("a"), 3);
  EXPECT_EQ(model->piece(2), "");
  EXPECT_EQ(model->id_of("z"), -1);
}

TEST(ReadModel, ReadsAnOldFileThatNamesNoKind) {
  EXPECT_EQ(read_model(Json::parse(R"({"continuing_subword_prefix": "##", "vocab": {"[UNK]": 0}})"), "t.json")->size(), 1U);
  EXPECT_EQ(read_model(Json::parse(R"({"continuing_subword_prefix": "", "merges": [], "vocab": {"a": 0}})"), "t.json")->size(), 1U);
}

TEST(ReadModel, ReadsBothSpellingsOfMerges) {
  for (const char* merges : {R"(["#version: 0.2", "a b"])", R"([["a", "b"]])"}) {
    const Json json = {{"type", "BPE"}, {"vocab", {{"a", 0U}, {"b", 1U}, {"ab", 2U}}}, {"merges", Json::parse(merges)}};
    std::vector<WordToken> tokens;
    read_model(json, "t.json")->tokenize("ab", tokens);
    EXPECT_EQ(tokens, (std::vector<WordToken>{{2, 0, 2}}));
  }
}

TEST(ReadModel, ReadsAWordLevelModel) {
  EXPECT_EQ(read_model(Json::parse(R"({"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "a"})"), "t.json")->id_of("a"), 0);
}

TEST(ReadModel, RefusesWhatItCannotRun) {
  EXPECT_EQ(code_of(R"({"type": "Markov", "vocab": {}})"), ErrorCode::unsupported);
  EXPECT_EQ(code_of(R"({"type": "BPE", "vocab": {}, "merges": [], "dropout": 0.1})"), ErrorCode::unsupported);
  EXPECT_EQ(code_of(R"({"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a  b"]})"), ErrorCode::corrupt);
  EXPECT_EQ(code_of(R"({"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": [["a"]]})"), ErrorCode::corrupt);
  EXPECT_EQ(code_of(R"({"type": "BPE", "vocab": {"a": 0}, "merges": ["a a"]})"), ErrorCode::corrupt);
  EXPECT_EQ(code_of(R"({"type": "BPE", "vocab": {"a": 0}})"), ErrorCode::corrupt);
}

TEST(ReadModel, RefusesALyingVocabulary) {
  EXPECT_EQ(code_of(R"({"type": "WordPiece", "vocab": {"[UNK]": 0, "a": 2000000000}})"), ErrorCode::corrupt);
  EXPECT_EQ(code_of(R"({"type": "WordPiece", "vocab": {"[UNK]": 0, "a": 1, "b": 1}})"), ErrorCode::corrupt);
  EXPECT_EQ(code_of(R"({"type": "WordPiece", "vocab": {"[UNK]": 0, "a": "1"}})"), ErrorCode::corrupt);
  EXPECT_EQ(code_of(R"({"type": "WordPiece", "vocab": {"a": 0}})"), ErrorCode::corrupt);
  EXPECT_EQ(code_of(R"({"type": "WordPiece"})"), ErrorCode::corrupt);
}

}  // namespace
}  // namespace akin::text
