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

TEST(Decoders, PutBytesTogetherAndReplaceBrokenOnes) {
  EXPECT_EQ(ByteLevelDecoder().decode({"ä¸", "Ń", "Ġa", "ä¸"}), "\u4e2d a\ufffd");
  const auto fallback = read_decoder(Json::parse(R"({"type": "ByteFallback"})"), "t.json");
  EXPECT_EQ(fallback->decode({"<0xE4>", "<0xB8>", "<0xAD>", "x", "<0xE4>", "<0xB8>"}), "\u4e2dx\ufffd\ufffd");
}

TEST(Decoders, StripWithoutGoingPastTheOtherEnd) {
  const auto strip = read_decoder(Json::parse(R"({"type": "Strip", "content": "x", "start": 2, "stop": 2})"), "t.json");
  EXPECT_EQ(strip->decode({"xxxax", "x", "xx", ""}), "xa");
}

TEST(ClipDecoder, EndsWordsWithSpaces) {
  EXPECT_EQ(ClipDecoder(std::make_unique<ByteLevelDecoder>(), "</w>").decode({"a", "b</w>", "c</w>"}), "ab c");
}

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
