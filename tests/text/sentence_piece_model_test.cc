#include "sentence_piece_model.h"

#include <gtest/gtest.h>

#include "akin/base/error.h"
#include "golden_files.h"

namespace akin::text {
namespace {

std::string varint(std::uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  return out + static_cast<char>(value);
}
std::string number(std::uint32_t field, std::uint64_t value) { return varint(field << 3) + varint(value); }
std::string bytes(std::uint32_t field, const std::string& content) { return varint(field << 3 | 2) + varint(content.size()) + content; }
std::string score(std::uint32_t field, const std::string& four) { return varint(field << 3 | 5) + four; }

const std::string kHalf("\0\0\0\x3F", 4);  // 0.5
const std::string kPiece = bytes(1, bytes(1, "a") + score(2, kHalf) + number(3, 4));

SentencePieceModel read(const std::string& file) { return read_sentence_piece_model(file, "x.model"); }
SentencePieceModel read_golden(const char* name) {
  return read_sentence_piece_model(read_file(golden::path(name), std::size_t{1} << 24), name);
}

TEST(SentencePieceModel, ReadsAFileOfTheSentencepieceLibrary) {
  const SentencePieceModel model = read_golden("models/llama/tokenizer.model");
  EXPECT_EQ(model.algorithm, SentencePieceModel::Algorithm::bpe);
  ASSERT_EQ(model.pieces.size(), 420U);
  EXPECT_EQ(model.pieces[0].text, "<unk>");
  EXPECT_EQ(model.pieces[0].kind, PieceKind::unknown);
  EXPECT_EQ(model.pieces[1].kind, PieceKind::control);
  EXPECT_EQ(model.pieces[3].kind, PieceKind::byte);
  EXPECT_EQ(model.pieces[419].text, "3");
  EXPECT_EQ(model.pieces[419].score, -160.0F);
  EXPECT_TRUE(model.byte_fallback);
  EXPECT_TRUE(model.add_dummy_prefix);
  EXPECT_FALSE(model.remove_extra_whitespaces);
  EXPECT_EQ(model.pad_id, -1);
  EXPECT_TRUE(model.charsmap.empty());
  const SentencePieceModel t5 = read_golden("models/t5-relu/spiece.model");
  EXPECT_EQ(t5.algorithm, SentencePieceModel::Algorithm::unigram);
  EXPECT_EQ(t5.charsmap.size(), 240007U);
  EXPECT_EQ(t5.unknown_id, 2);
  EXPECT_EQ(t5.bos_id, -1);
  EXPECT_EQ(t5.pad_id, 0);
}

TEST(SentencePieceModel, StepsOverFieldsItDoesNotKnow) {
  const SentencePieceModel model =
      read(bytes(99, "anything") + kPiece + number(100, ~std::uint64_t{0}) + bytes(2, number(35, 1) + bytes(1, "input.txt")));
  ASSERT_EQ(model.pieces.size(), 1U);
  EXPECT_EQ(model.pieces[0].text, "a");
  EXPECT_EQ(model.pieces[0].score, 0.5F);
  EXPECT_EQ(model.pieces[0].kind, PieceKind::user_defined);
  EXPECT_TRUE(model.byte_fallback);
}

TEST(SentencePieceModel, RefusesBrokenFilesInOneLineThatSaysWhere) {
  const std::string nan("\0\0\xC0\x7F", 4);
  const std::pair<const char*, std::string> broken[] = {
      {"empty", ""},
      {"text", "[UNK]\n[CLS]\n"},
      {"no pieces", bytes(2, number(3, 1))},
      {"a tag cut off", kPiece + "\x8A"},
      {"a length cut off", kPiece + "\x0A\xFF"},
      {"a length past the end", kPiece + "\x0A\x7F"
                                         "abc"},
      {"a length of 2^63", kPiece + "\x0A" + varint(std::uint64_t{1} << 63) + "abc"},
      {"a number of more than ten bytes", kPiece + std::string(1, '\x08') + std::string(11, '\xFF')},
      {"a float cut off", bytes(1, bytes(1, "a") + "\x15\x01\x02")},
      {"field 0", kPiece + std::string(2, '\0')},
      {"a group", kPiece + "\x0B"},
      {"a piece as a number", number(1, 5)},
      {"a text as a number", bytes(1, number(1, 5))},
      {"a text that is no UTF-8", bytes(1, bytes(1, "\xC3"))},
      {"a score that is no number", bytes(1, bytes(1, "a") + score(2, nan))},
      {"a kind that there is not", bytes(1, bytes(1, "a") + number(3, 7))},
      {"kind 0", bytes(1, bytes(1, "a") + number(3, 0))},
      {"a model type that there is not", kPiece + bytes(2, number(3, 9))},
      {"a charsmap as a number", kPiece + bytes(3, number(2, 9))},
  };
  for (const auto& [what, file] : broken) {
    try {
      read(file);
      FAIL() << what;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::corrupt) << what;
      EXPECT_TRUE(std::string(error.what()).starts_with("x.model: ")) << error.what();
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
    }
  }
}

TEST(SentencePieceModel, RefusesEveryFileThatIsCutOff) {
  const std::string whole = read_file(golden::path("models/llama/tokenizer.model"), std::size_t{1} << 20);
  const std::size_t n_pieces = read(whole).pieces.size();
  for (std::size_t length = 0; length < whole.size(); length += 7) {
    try {
      EXPECT_LE(read(whole.substr(0, length)).pieces.size(), n_pieces);  // cut between two fields: a shorter file
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::corrupt);
    }
  }
}

TEST(SentencePieceModel, RefusesMorePiecesThanItTakes) {
  std::string file;
  const std::string empty_piece = bytes(1, "");
  for (std::size_t i = 0; i <= SentencePieceModel::kMaxPieces; ++i) file += empty_piece;
  EXPECT_THROW(read(file), Error);
}

}  // namespace
}  // namespace akin::text
