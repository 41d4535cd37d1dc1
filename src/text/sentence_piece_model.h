// What a SentencePiece .model file says: pieces with scores and kinds, and how a text is normalised. The file is a protocol buffer
// (sentencepiece_model.proto); this reader takes the fields that decide ids and steps over the others, within bounds.
// Tested by sentence_piece_model_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace akin::text {

/// The file's own numbers; GGUF uses the same ones for its token types.
enum class PieceKind : std::int32_t { normal = 1, unknown = 2, control = 3, user_defined = 4, unused = 5, byte = 6 };

struct SentencePiece {
  std::string text;
  float score = 0;
  PieceKind kind = PieceKind::normal;
};

struct SentencePieceModel {
  enum class Algorithm : std::int32_t { unigram = 1, bpe = 2, word = 3, characters = 4 };
  /// Pieces a file may have.
  static constexpr std::size_t kMaxPieces = std::size_t{1} << 22;

  std::vector<SentencePiece> pieces;  ///< index = the file's own id
  Algorithm algorithm = Algorithm::unigram;
  bool byte_fallback = false;
  bool whitespace_as_suffix = false;
  std::int32_t unknown_id = 0;
  std::int32_t bos_id = 1;  ///< −1: none, as for the next two
  std::int32_t eos_id = 2;
  std::int32_t pad_id = -1;
  std::string unknown_piece = "<unk>";

  std::string charsmap;  ///< see charsmap.h; empty: none
  bool add_dummy_prefix = true;
  bool remove_extra_whitespaces = true;
  bool escape_whitespaces = true;
};

/// Throws Error{corrupt} naming the file, the place and what is wrong, Error{limit} for more than kMaxPieces.
SentencePieceModel read_sentence_piece_model(std::string_view bytes, const std::string& name);

}  // namespace akin::text
