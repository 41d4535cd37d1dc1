#include "model.h"

#include <limits>
#include <utility>

#include "word_piece.h"

namespace akin::text {
namespace {

using ModelPtr = std::unique_ptr<const Model>;

// A vocabulary may leave ids out, but not so many that a lying file makes akin allocate them.
constexpr std::uint64_t kMaxHoles = 1 << 20;

std::vector<std::string> read_vocabulary(const Json& vocabulary, const std::string& where) {
  if (!vocabulary.is_object()) throw Error(ErrorCode::corrupt, where + ": 'vocab' must be an object");
  const std::uint64_t limit = vocabulary.size() + kMaxHoles;
  std::vector<std::string> pieces(vocabulary.size());
  for (const auto& [piece, id] : vocabulary.items()) {
    const auto index = static_cast<std::size_t>(unsigned_value(id, limit, where + ": 'vocab': the id of a piece"));
    if (index >= pieces.size()) pieces.resize(index + 1);
    if (!pieces[index].empty()) throw Error(ErrorCode::corrupt, where + ": 'vocab': two pieces have the id " + std::to_string(index));
    pieces[index] = piece;
  }
  return pieces;
}

ModelPtr read_word_piece(const Json& json, const std::string& where, int) {
  WordPieceOptions options;
  options.unknown = string_field(json, "unk_token", options.unknown, where);
  options.continuing_prefix = string_field(json, "continuing_subword_prefix", options.continuing_prefix, where);
  if (const Json& limit = member(json, "max_input_chars_per_word", where); !limit.is_null())
    options.max_chars_per_word = unsigned_value(limit, std::numeric_limits<std::uint64_t>::max(), where + ": 'max_input_chars_per_word'");
  return std::make_unique<WordPiece>(read_vocabulary(member(json, "vocab", where), where), std::move(options), where);
}

constexpr Kind<ModelPtr> kKinds[] = {{"WordPiece", read_word_piece}};

}  // namespace

ModelPtr read_model(const Json& json, const std::string& where) {
  // Files of the library's early versions name no kind; the prefix is WordPiece's alone.
  if (member(json, "type", where + ": model").is_null() && !member(json, "continuing_subword_prefix", where).is_null())
    return read_word_piece(json, where + ": model WordPiece", 0);
  return read_kind<ModelPtr>(kKinds, json, where + ": model", 0);
}

}  // namespace akin::text
