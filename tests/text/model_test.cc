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
}

TEST(ReadModel, RefusesWhatItCannotRun) { EXPECT_EQ(code_of(R"({"type": "BPE", "vocab": {}})"), ErrorCode::unsupported); }

TEST(ReadModel, RefusesALyingVocabulary) {
  EXPECT_EQ(code_of(R"({"type": "WordPiece", "vocab": {"[UNK]": 0, "a": 2000000000}})"), ErrorCode::corrupt);
  EXPECT_EQ(code_of(R"({"type": "WordPiece", "vocab": {"[UNK]": 0, "a": 1, "b": 1}})"), ErrorCode::corrupt);
  EXPECT_EQ(code_of(R"({"type": "WordPiece", "vocab": {"[UNK]": 0, "a": "1"}})"), ErrorCode::corrupt);
  EXPECT_EQ(code_of(R"({"type": "WordPiece", "vocab": {"a": 0}})"), ErrorCode::corrupt);
  EXPECT_EQ(code_of(R"({"type": "WordPiece"})"), ErrorCode::corrupt);
}

}  // namespace
}  // namespace akin::text
