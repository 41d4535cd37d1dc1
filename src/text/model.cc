#include "model.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "bpe.h"
#include "unigram.h"
#include "word_level.h"
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
  const std::string what = where + ": 'vocab': the id of a piece";
  for (auto member = vocabulary.begin(); member != vocabulary.end(); ++member) {
    const auto index = static_cast<std::size_t>(unsigned_value(*member, limit, what));
    if (index >= pieces.size()) pieces.resize(index + 1);
    if (!pieces[index].empty()) throw Error(ErrorCode::corrupt, where + ": 'vocab': two pieces have the id " + std::to_string(index));
    pieces[index] = member.key();
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

// A merge is "left right" or ["left", "right"].
BpeMerge read_merge(const Json& json, const std::string& where) {
  if (json.is_array() && json.size() == 2 && json[0].is_string() && json[1].is_string())
    return {json[0].get<std::string>(), json[1].get<std::string>()};
  if (json.is_string()) {
    const auto text = json.get<std::string>();
    if (const std::size_t space = text.find(' '); space != std::string::npos && text.find(' ', space + 1) == std::string::npos)
      return {text.substr(0, space), text.substr(space + 1)};
  }
  throw Error(ErrorCode::corrupt,
              where + ": a merge must be two pieces, it is " + json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

ModelPtr read_bpe(const Json& json, const std::string& where, int) {
  if (const Json& dropout = member(json, "dropout", where); !dropout.is_null() && dropout != 0)
    throw Error(ErrorCode::unsupported, where + ": dropout makes tokens random and is not supported");
  BpeOptions options;
  options.unknown = string_field(json, "unk_token", "", where);
  options.continuing_prefix = string_field(json, "continuing_subword_prefix", "", where);
  options.word_suffix = string_field(json, "end_of_word_suffix", "", where);
  options.fuse_unknown = bool_field(json, "fuse_unk", false, where);
  options.byte_fallback = bool_field(json, "byte_fallback", false, where);
  options.ignore_merges = bool_field(json, "ignore_merges", false, where);
  std::vector<BpeMerge> merges;
  for (const Json& merge : array_field(json, "merges", where)) {
    if (merge.is_string() && merge.get_ref<const std::string&>().starts_with("#version")) continue;
    merges.push_back(read_merge(merge, where + ": 'merges'"));
  }
  return std::make_unique<Bpe>(read_vocabulary(member(json, "vocab", where), where), merges, std::move(options), where);
}

ModelPtr read_word_level(const Json& json, const std::string& where, int) {
  return std::make_unique<WordLevel>(read_vocabulary(member(json, "vocab", where), where), string_field(json, "unk_token", "", where),
                                     where);
}

ModelPtr read_unigram(const Json& json, const std::string& where, int) {
  std::vector<ScoredPiece> pieces;
  for (const Json& item : array_field(json, "vocab", where)) {
    if (!item.is_array() || item.size() != 2 || !item[0].is_string() || !item[1].is_number())
      throw Error(ErrorCode::corrupt, where + ": 'vocab': item " + std::to_string(pieces.size()) + " must be a piece and its score");
    pieces.push_back({item[0].get<std::string>(), as_read_by_reference(item[1].get<double>())});
  }
  UnigramOptions options;
  if (const Json& unknown = member(json, "unk_id", where); !unknown.is_null())
    options.unknown_id = static_cast<std::int32_t>(unsigned_value(unknown, 1 << 24, where + ": 'unk_id'"));
  options.byte_fallback = bool_field(json, "byte_fallback", false, where);
  return std::make_unique<Unigram>(std::move(pieces), options, where);
}

constexpr Kind<ModelPtr> kKinds[] = {
    {"Unigram", read_unigram},
    {"WordPiece", read_word_piece},
    {"BPE", read_bpe},
    {"WordLevel", read_word_level},
};

// Files of the library's early versions name no kind: merges are BPE's alone, after that the prefix WordPiece's, a list Unigram's.
std::string_view guess_kind(const Json& json) {
  if (json.contains("merges")) return "BPE";
  if (json.contains("continuing_subword_prefix")) return "WordPiece";
  if (json.contains("vocab") && json.at("vocab").is_array()) return "Unigram";
  return "WordLevel";
}

}  // namespace

ModelPtr read_model(const Json& json, const std::string& where) {
  if (!member(json, "type", where + ": model").is_null()) return read_kind<ModelPtr>(kKinds, json, where + ": model", 0);
  const auto* const kind = std::find_if(std::begin(kKinds), std::end(kKinds), [&](const auto& k) { return k.name == guess_kind(json); });
  return kind->read(json, where + ": model " + std::string(kind->name), 0);
}

}  // namespace akin::text
