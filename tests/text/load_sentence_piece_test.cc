#include "load_sentence_piece.h"

#include <gtest/gtest.h>

#include "akin/base/error.h"
#include "akin/text/tokenizer.h"

namespace akin::text {
namespace {

using Ids = std::vector<std::int32_t>;

std::string field(std::uint32_t number, const std::string& content) {
  return std::string{static_cast<char>(number << 3 | 2), static_cast<char>(content.size())} + content;
}
std::string small(std::uint32_t number, char value) {
  std::string tag = number < 16 ? std::string{static_cast<char>(number << 3)}
                                : std::string{static_cast<char>((number << 3 & 0x7F) | 0x80), static_cast<char>(number >> 4)};
  return tag + value;
}
std::string piece(const std::string& text, char kind = 1) { return field(1, field(1, text) + small(3, kind)); }

const std::string kPieces = piece("<unk>", 2) + piece("<s>", 3) + piece("</s>", 3) + piece("▁ab") + piece("a") + piece("b") + piece("▁");

// Neither white space taken out nor a mark in front.
const std::string kAsItIs = field(3, small(3, 0) + small(4, 0));

TEST(LoadSentencePiece, DoesWhatTheFileSaysWhereNoFamilyIsKnown) {
  const Tokenizer plain = Tokenizer::from_sentence_piece(kPieces + kAsItIs, "", "some.model");
  EXPECT_EQ(plain.encode("a ab").ids, (Ids{4, 3}));
  EXPECT_EQ(plain.encode("a</s>").ids, (Ids{4, 2}));
  EXPECT_EQ(plain.decode({4, 3, 2}), "a ab");
  const Tokenizer prefixed = Tokenizer::from_sentence_piece(kPieces + field(3, small(4, 0)), "", "some.model");
  EXPECT_EQ(prefixed.encode("ab").ids, (Ids{3}));
}

TEST(LoadSentencePiece, RefusesWhatItCannotDoByName) {
  const std::tuple<std::string, std::string, const char*> cases[] = {
      {kPieces, R"({"tokenizer_class": "AlbertTokenizer"})", "tokenizer_class 'AlbertTokenizer' is not supported"},
      {kPieces + field(2, small(24, 1)), "", "treat_whitespace_as_suffix"},
      {kPieces + field(3, small(5, 0)), "", "escape_whitespaces"},
      {kPieces + field(2, small(3, 3)), "", "kind word or char"},
      {kPieces, "{", "the configuration: is not valid JSON"},
      {kPieces, "[]", "must be an object"},
  };
  for (const auto& [model, config, says] : cases) {
    try {
      load_sentence_piece(model, config, "m.model");
      FAIL() << says;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(says), std::string::npos) << error.what();
      EXPECT_TRUE(std::string(error.what()).starts_with("m.model: ")) << error.what();
    }
  }
}

}  // namespace
}  // namespace akin::text
