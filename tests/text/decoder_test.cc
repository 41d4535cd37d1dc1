#include "decoder.h"

#include <gtest/gtest.h>

namespace akin::text {
namespace {

TEST(WordPieceDecoder, GluesContinuationsOn) {
  EXPECT_EQ(WordPieceDecoder("##", false).decode({"un", "##able", "cat", "."}), "unable cat .");
}

TEST(WordPieceDecoder, CleansPunctuationAndContractionsOneTokenAtATime) {
  EXPECT_EQ(WordPieceDecoder("##", true).decode({"hello", ",", "do", "not", "'", "s", "!"}), "hello, do not ' s!");
  EXPECT_EQ(WordPieceDecoder("##", true).decode({"it", "'s", "n't"}), "it'sn't");
}

TEST(WordPieceDecoder, LeavesTheFirstPieceAsItIs) { EXPECT_EQ(WordPieceDecoder("##", true).decode({"##able", "##s"}), "##ables"); }

TEST(ReadDecoder, JoinsWithSpacesWhenThereIsNone) { EXPECT_EQ(read_decoder(nullptr, "t.json")->decode({"a", "##b"}), "a ##b"); }

TEST(ReadDecoder, NamesAnUnknownKind) {
  try {
    read_decoder(Json::parse(R"({"type": "Abacus"})"), "t.json");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::unsupported);
    EXPECT_STREQ(error.what(), "t.json: decoder of kind 'Abacus' is not supported");
  }
}

}  // namespace
}  // namespace akin::text
