#include "byte_level.h"

#include <gtest/gtest.h>

#include <set>

namespace akin::text {
namespace {

TEST(ByteLevel, WritesEveryByteAsACharacterOfItsOwn) {
  std::set<std::string_view> seen;
  for (unsigned byte = 0; byte < 256; ++byte) {
    const std::string_view character = byte_character(static_cast<unsigned char>(byte));
    EXPECT_TRUE(seen.insert(character).second);
    EXPECT_EQ(byte_of_character(decode_utf8(character, 0).code_point), static_cast<int>(byte));
  }
  EXPECT_EQ(byte_character(' '), "Ġ");
  EXPECT_EQ(byte_character('\n'), "Ċ");
  EXPECT_EQ(byte_character('a'), "a");
  EXPECT_EQ(byte_character(0xAD), "Ń");
  EXPECT_EQ(byte_of_character(U' '), -1);
  EXPECT_EQ(byte_of_character(U'\u4e2d'), -1);
}

TEST(ByteLevel, KeepsTheOriginOfTheWholeCharacter) {
  NormalizedText text("aé");
  to_byte_characters(text);
  EXPECT_EQ(text.text(), "aÃ©");
  EXPECT_EQ(text.origin(3, 5), (TextSpan{1, 3}));
}

TEST(ByteLevel, TakesATokenWithAnotherCharacterAsItIs) {
  std::string bytes;
  for (const char* token : {"Ãł", "Ġa", "a b"}) append_bytes(bytes, token);
  EXPECT_EQ(bytes, "à aa b");
}

TEST(ByteLevel, CutsWordsAndGivesThemAPrefixSpace) {
  const auto words = [](const ByteLevelOptions& options, const std::string& in) {
    NormalizedText text(in);
    std::vector<WordRange> ranges = {{0, in.size()}};
    ByteLevelPreTokenizer(options).split(text, ranges);
    std::string out;
    for (const WordRange& range : ranges) out += "|" + text.text().substr(range.begin, range.end - range.begin);
    return out;
  };
  EXPECT_EQ(words({.add_prefix_space = false}, "don't é"), "|don|'t|ĠÃ©");
  EXPECT_EQ(words({.add_prefix_space = true}, "a b"), "|Ġa|Ġb");
  EXPECT_EQ(words({.add_prefix_space = false, .use_regex = false}, "a b"), "|aĠb");
}

}  // namespace
}  // namespace akin::text
