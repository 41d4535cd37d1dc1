#include "sentence_piece_model.h"

#include <bit>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "akin/base/error.h"
#include "akin/base/utf8.h"

namespace akin::text {
namespace {

// One field of a message. Numbers of fixed and of varying width share `number`.
struct Field {
  std::uint32_t number = 0;
  std::uint32_t wire = 0;
  std::uint64_t value = 0;
  std::string_view bytes;
};

// The fields of one message, one after another.
class Message {
 public:
  enum Wire : std::uint32_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

  /// `place` says where the message lies, `base` at which byte of the file it begins.
  Message(std::string_view content, std::string place, std::size_t base) : bytes_(content), place_(std::move(place)), base_(base) {}

  bool next(Field& field) {
    if (at_ == bytes_.size()) return false;
    const std::uint64_t tag = read_varint();
    field = {static_cast<std::uint32_t>(tag >> 3), static_cast<std::uint32_t>(tag & 7), 0, {}};
    if (tag >> 3 == 0 || tag > std::numeric_limits<std::uint32_t>::max()) fail("a field's number is out of range");
    if (field.wire == varint) {
      field.value = read_varint();
    } else if (field.wire == bytes) {
      const std::uint64_t length = read_varint();
      if (length > bytes_.size() - at_)
        fail("a field says that it has " + std::to_string(length) + " bytes, " + std::to_string(bytes_.size() - at_) + " are left");
      field.bytes = bytes_.substr(at_, static_cast<std::size_t>(length));
      at_ += static_cast<std::size_t>(length);
    } else if (field.wire == fixed32 || field.wire == fixed64) {
      field.value = read_fixed(field.wire == fixed32 ? 4 : 8);
    } else {
      fail("a field of wire type " + std::to_string(field.wire) + ", which SentencePiece does not write");
    }
    return true;
  }

  /// The message inside `field`.
  [[nodiscard]] Message inside(const Field& field, const std::string& what) const {
    expect(field, bytes, what);
    return {field.bytes, place_ + ": " + what, base_ + static_cast<std::size_t>(field.bytes.data() - bytes_.data())};
  }

  void read(const Field& field, std::string& out, const char* what) const {
    expect(field, bytes, what);
    out = field.bytes;
  }
  void read(const Field& field, bool& out, const char* what) const {
    expect(field, varint, what);
    out = field.value != 0;
  }
  void read(const Field& field, std::int32_t& out, const char* what) const {
    expect(field, varint, what);
    out = static_cast<std::int32_t>(field.value);  // a negative number is written as its 64-bit complement
  }
  void read(const Field& field, float& out, const char* what) const {
    expect(field, fixed32, what);
    out = std::bit_cast<float>(static_cast<std::uint32_t>(field.value));
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::corrupt, place_ + ": at byte " + std::to_string(base_ + at_) + ": " + what);
  }

 private:
  void expect(const Field& field, Wire wire, const std::string& what) const {
    if (field.wire != wire) fail(what + " has wire type " + std::to_string(field.wire) + ", it must be " + std::to_string(wire));
  }

  std::uint64_t read_varint() {
    std::uint64_t out = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (at_ == bytes_.size()) fail("the file is cut off inside a number");
      const auto byte = static_cast<unsigned char>(bytes_[at_++]);
      out |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return out;
    }
    fail("a number has more than 10 bytes");
  }

  std::uint64_t read_fixed(unsigned n_bytes) {
    if (bytes_.size() - at_ < n_bytes) fail("the file is cut off inside a number");
    std::uint64_t out = 0;
    for (unsigned i = 0; i < n_bytes; ++i) out |= std::uint64_t{static_cast<unsigned char>(bytes_[at_ + i])} << (8 * i);
    at_ += n_bytes;
    return out;
  }

  std::string_view bytes_;
  std::string place_;
  std::size_t base_;
  std::size_t at_ = 0;
};

// Field numbers of sentencepiece_model.proto.
SentencePiece read_piece(Message message) {
  SentencePiece piece;
  auto kind = static_cast<std::int32_t>(piece.kind);
  for (Field field; message.next(field);) {
    if (field.number == 1) message.read(field, piece.text, "the text");
    if (field.number == 2) message.read(field, piece.score, "the score");
    if (field.number == 3) message.read(field, kind, "the kind");
  }
  if (kind < 1 || kind > 6) message.fail("its kind is " + std::to_string(kind) + ", known are 1 to 6");
  if (!is_valid_utf8(piece.text)) message.fail("its text is not valid UTF-8");
  if (!std::isfinite(piece.score)) message.fail("its score is not a finite number");
  piece.kind = static_cast<PieceKind>(kind);
  return piece;
}

void read_trainer(Message message, SentencePieceModel& out) {
  auto algorithm = static_cast<std::int32_t>(out.algorithm);
  for (Field field; message.next(field);) {
    if (field.number == 3) message.read(field, algorithm, "the model type");
    if (field.number == 24) message.read(field, out.whitespace_as_suffix, "treat_whitespace_as_suffix");
    if (field.number == 35) message.read(field, out.byte_fallback, "byte_fallback");
    if (field.number == 40) message.read(field, out.unknown_id, "unk_id");
    if (field.number == 41) message.read(field, out.bos_id, "bos_id");
    if (field.number == 42) message.read(field, out.eos_id, "eos_id");
    if (field.number == 43) message.read(field, out.pad_id, "pad_id");
    if (field.number == 45) message.read(field, out.unknown_piece, "unk_piece");
  }
  if (algorithm < 1 || algorithm > 4) message.fail("the model type is " + std::to_string(algorithm) + ", known are 1 to 4");
  out.algorithm = static_cast<SentencePieceModel::Algorithm>(algorithm);
}

void read_normalizer_spec(Message message, SentencePieceModel& out) {
  for (Field field; message.next(field);) {
    if (field.number == 2) message.read(field, out.charsmap, "the charsmap");
    if (field.number == 3) message.read(field, out.add_dummy_prefix, "add_dummy_prefix");
    if (field.number == 4) message.read(field, out.remove_extra_whitespaces, "remove_extra_whitespaces");
    if (field.number == 5) message.read(field, out.escape_whitespaces, "escape_whitespaces");
  }
}

}  // namespace

SentencePieceModel read_sentence_piece_model(std::string_view bytes, const std::string& name) {
  SentencePieceModel out;
  Message file(bytes, name, 0);
  for (Field field; file.next(field);) {
    if (field.number == 1) {
      if (out.pieces.size() == SentencePieceModel::kMaxPieces)
        throw Error(ErrorCode::limit, name + ": has more than " + std::to_string(SentencePieceModel::kMaxPieces) + " pieces");
      out.pieces.push_back(read_piece(file.inside(field, "piece " + std::to_string(out.pieces.size()))));
    } else if (field.number == 2) {
      read_trainer(file.inside(field, "the trainer's settings"), out);
    } else if (field.number == 3) {
      read_normalizer_spec(file.inside(field, "the normaliser's settings"), out);
    }
  }
  if (out.pieces.empty()) throw Error(ErrorCode::corrupt, name + ": holds no pieces: it is not a SentencePiece model");
  return out;
}

}  // namespace akin::text
