#include "gguf_tokenizer.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "akin/base/error.h"
#include "akin/base/mapped_file.h"
#include "gguf_keys.h"

namespace akin {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxTokenizerBytes = std::size_t{256} << 20;
// No tokenizer has as many pieces: a lying id takes no memory.
constexpr std::size_t kMostPieces = std::size_t{1} << 24;

// llama.cpp's kinds of pieces.
enum PieceKind : std::int32_t { kNormal = 1, kUnknown = 2, kControl = 3, kUserDefined = 4, kUnused = 5, kByte = 6 };

std::string plain_piece(std::string_view stored) {
  if (stored.starts_with(gguf::kWordStart)) return std::string(stored.substr(sizeof(gguf::kWordStart) - 1));
  if (stored.size() >= 2 && stored.front() == '[' && stored.back() == ']') return std::string(stored);
  return "##" + std::string(stored);
}

/// The piece that `key` names by its id, or `missing`.
std::string special_piece(const GgufFile& file, const std::vector<std::string>& pieces, std::initializer_list<const char*> keys,
                          const std::string& missing) {
  for (const char* key : keys) {
    if (!file.has(key)) continue;
    const std::int64_t id = file.integer(key);
    if (id < 0 || id >= static_cast<std::int64_t>(pieces.size())) {
      throw Error(ErrorCode::corrupt, file.path().string() + ": key '" + key + "' names token " + std::to_string(id) +
                                          " of a vocabulary of " + std::to_string(pieces.size()));
    }
    return pieces[static_cast<std::size_t>(id)];
  }
  return missing;
}

Tokenizer read_word_piece(const GgufFile& file) {
  WordPieceParts parts;
  const bool plain = file.boolean(gguf::kTokenizerPlain, false);
  for (const std::string_view piece : file.strings("tokenizer.ggml.tokens")) {
    parts.pieces.push_back(plain ? std::string(piece) : plain_piece(piece));
  }
  parts.unknown = special_piece(file, parts.pieces, {"tokenizer.ggml.unknown_token_id"}, parts.unknown);
  parts.cls = special_piece(file, parts.pieces, {"tokenizer.ggml.cls_token_id", "tokenizer.ggml.bos_token_id"}, parts.cls);
  parts.sep = special_piece(file, parts.pieces, {"tokenizer.ggml.seperator_token_id", "tokenizer.ggml.eos_token_id"}, parts.sep);
  parts.pad = special_piece(file, parts.pieces, {"tokenizer.ggml.padding_token_id"}, parts.pad);
  parts.mask = special_piece(file, parts.pieces, {"tokenizer.ggml.mask_token_id"}, parts.mask);
  parts.lowercase = file.boolean(gguf::kTokenizerLowercase, true);
  parts.strip_accents = file.boolean(gguf::kTokenizerStripAccents, parts.lowercase);
  parts.clean_text = file.boolean(gguf::kTokenizerCleanText, true);
  parts.handle_chinese_chars = file.boolean(gguf::kTokenizerChinese, true);
  parts.max_chars_per_word = static_cast<std::size_t>(std::clamp<std::int64_t>(file.integer(gguf::kTokenizerMaxChars, 100), 1, 1 << 20));
  return Tokenizer::from_word_piece(parts);
}

bool is_marked(const std::string& piece) { return piece.size() >= 2 && piece.front() == '[' && piece.back() == ']'; }

/// llama.cpp's form of a piece; see gguf_keys.h.
std::string stored_piece(const std::string& piece) {
  if (is_marked(piece)) return piece;
  if (piece.starts_with("##")) return piece.substr(2);
  return gguf::kWordStart + piece;
}

/// Whether that form can be turned back for every piece ("##[x]" and "##▁x" cannot).
bool reversible(const std::vector<std::string>& pieces) {
  return std::ranges::all_of(pieces, [](const std::string& piece) {
    if (is_marked(piece) || !piece.starts_with("##")) return true;
    const std::string stored = piece.substr(2);
    return !is_marked(stored) && !stored.starts_with(gguf::kWordStart);
  });
}

void add_word_piece(GgufWriter& writer, const Tokenizer& tokenizer) {
  const WordPieceParts parts = tokenizer.word_piece_parts();
  const bool plain = parts.continuing_prefix != "##" || !reversible(parts.pieces);
  if (parts.continuing_prefix != "##") {
    throw Error(ErrorCode::unsupported, "GGUF has no word for the continuing prefix '" + parts.continuing_prefix + "' of this tokenizer");
  }
  std::vector<std::string> pieces;
  std::vector<std::int32_t> types;
  for (const std::string& piece : parts.pieces) {
    pieces.push_back(plain ? piece : stored_piece(piece));
    const bool control = piece == parts.cls || piece == parts.sep || piece == parts.pad || piece == parts.mask;
    types.push_back(piece == parts.unknown ? kUnknown : control ? kControl : kNormal);
  }
  const auto id = [&](const std::string& piece) { return static_cast<std::uint32_t>(tokenizer.id_of(piece)); };
  writer.add("tokenizer.ggml.model", std::string("bert"));
  writer.add("tokenizer.ggml.tokens", std::move(pieces));
  writer.add("tokenizer.ggml.token_type", std::move(types));
  const std::array<std::pair<const char*, const std::string*>, 7> special = {{
      {"tokenizer.ggml.unknown_token_id", &parts.unknown},
      {"tokenizer.ggml.bos_token_id", &parts.cls},
      {"tokenizer.ggml.eos_token_id", &parts.sep},
      {"tokenizer.ggml.cls_token_id", &parts.cls},
      {"tokenizer.ggml.seperator_token_id", &parts.sep},
      {"tokenizer.ggml.padding_token_id", &parts.pad},
      {"tokenizer.ggml.mask_token_id", &parts.mask},
  }};
  for (const auto& [key, piece] : special) {
    if (tokenizer.id_of(*piece) >= 0) writer.add(key, id(*piece));
  }
  writer.add(gguf::kTokenizerLowercase, parts.lowercase);
  writer.add(gguf::kTokenizerStripAccents, parts.strip_accents);
  writer.add(gguf::kTokenizerCleanText, parts.clean_text);
  writer.add(gguf::kTokenizerChinese, parts.handle_chinese_chars);
  writer.add(gguf::kTokenizerMaxChars, static_cast<std::uint32_t>(parts.max_chars_per_word));
  if (plain) writer.add(gguf::kTokenizerPlain, true);
}

/// An id of the vocabulary; −1 where the file does not say.
std::int32_t token_id(const GgufFile& file, const char* key) {
  const std::int64_t id = file.integer(key, -1);
  if (id < -1 || id >= static_cast<std::int64_t>(kMostPieces)) {
    throw Error(ErrorCode::corrupt, file.path().string() + ": key '" + key + "' names token " + std::to_string(id));
  }
  return static_cast<std::int32_t>(id);
}

std::optional<bool> option(const GgufFile& file, const char* key) {
  if (!file.has(key)) return std::nullopt;
  return file.boolean(key);
}

/// SentencePiece's and byte-level vocabularies, as llama.cpp's converter lists them.
GgufVocabulary read_vocabulary(const GgufFile& file) {
  GgufVocabulary vocabulary;
  vocabulary.model = file.string("tokenizer.ggml.model");
  vocabulary.pre = file.string("tokenizer.ggml.pre", "");
  for (const std::string_view piece : file.strings("tokenizer.ggml.tokens")) vocabulary.tokens.emplace_back(piece);
  if (file.has("tokenizer.ggml.scores")) vocabulary.scores = file.numbers("tokenizer.ggml.scores");
  if (file.has("tokenizer.ggml.token_type")) {
    for (const std::int64_t type : file.integers("tokenizer.ggml.token_type")) {
      vocabulary.token_types.push_back(static_cast<std::int32_t>(std::clamp<std::int64_t>(type, -1, 1 << 20)));
    }
  }
  if (file.has("tokenizer.ggml.merges")) {
    for (const std::string_view merge : file.strings("tokenizer.ggml.merges")) vocabulary.merges.emplace_back(merge);
  }
  vocabulary.bos_id = token_id(file, "tokenizer.ggml.bos_token_id");
  vocabulary.eos_id = token_id(file, "tokenizer.ggml.eos_token_id");
  vocabulary.unknown_id = token_id(file, "tokenizer.ggml.unknown_token_id");
  vocabulary.separator_id = token_id(file, "tokenizer.ggml.seperator_token_id");
  vocabulary.padding_id = token_id(file, "tokenizer.ggml.padding_token_id");
  vocabulary.cls_id = token_id(file, "tokenizer.ggml.cls_token_id");
  vocabulary.mask_id = token_id(file, "tokenizer.ggml.mask_token_id");
  vocabulary.add_bos = option(file, "tokenizer.ggml.add_bos_token");
  vocabulary.add_eos = option(file, "tokenizer.ggml.add_eos_token");
  vocabulary.add_space_prefix = option(file, "tokenizer.ggml.add_space_prefix");
  vocabulary.remove_extra_whitespaces = option(file, "tokenizer.ggml.remove_extra_whitespaces");
  if (const GgufValue* charsmap = file.value("tokenizer.ggml.precompiled_charsmap")) {
    vocabulary.precompiled_charsmap = std::string(reinterpret_cast<const char*>(charsmap->bytes.data()), charsmap->bytes.size());
  }
  return vocabulary;
}

/// The pieces of a tokenizer.json as llama.cpp wants them, so that it can load the file too; akin goes by the JSON itself.
class Vocabulary {
 public:
  explicit Vocabulary(const Json& tokenizer) {
    const Json& model = tokenizer.at("model");
    kind_ = model.value("type", "");
    byte_fallback_ = model.value("byte_fallback", false);
    read_pieces(model.at("vocab"));
    for (const Json& added : tokenizer.value("added_tokens", Json::array())) {
      const auto id = added.at("id").get<std::size_t>();
      add(id, added.at("content").get<std::string>(), -1000);
      types_[id] = added.value("special", false) ? kControl : kUserDefined;
    }
    if (const Json unknown = model.value("unk_token", Json()); unknown.is_string()) {
      const auto at = std::ranges::find(pieces_, unknown.get<std::string>());
      if (at != pieces_.end()) types_[static_cast<std::size_t>(at - pieces_.begin())] = kUnknown;
    }
    if (const Json unknown = model.value("unk_id", Json()); unknown.is_number_unsigned()) types_.at(unknown.get<std::size_t>()) = kUnknown;
    for (const Json& merge : model.value("merges", Json::array())) {
      merges_.push_back(merge.is_string() ? merge.get<std::string>()
                                          : merge.at(0).get<std::string>() + " " + merge.at(1).get<std::string>());
    }
  }

  void write(GgufWriter& writer) && {
    const bool unigram = kind_ == "Unigram";
    writer.add("tokenizer.ggml.model", std::string(unigram ? "t5" : byte_fallback_ ? "llama" : "gpt2"));
    writer.add("tokenizer.ggml.pre", std::string("default"));
    writer.add("tokenizer.ggml.tokens", std::move(pieces_));
    writer.add("tokenizer.ggml.token_type", std::move(types_));
    if (unigram || byte_fallback_) {
      writer.add("tokenizer.ggml.scores", std::move(scores_));
    } else {
      writer.add("tokenizer.ggml.merges", std::move(merges_));
    }
  }

 private:
  void read_pieces(const Json& vocab) {
    if (vocab.is_array()) {  // Unigram: pairs of piece and score
      for (std::size_t id = 0; id < vocab.size(); ++id) add(id, vocab[id].at(0).get<std::string>(), vocab[id].at(1).get<float>());
    } else {
      for (const auto& [piece, id] : vocab.items()) add(id.get<std::size_t>(), piece, -id.get<float>());
    }
  }

  void add(std::size_t id, std::string piece, float score) {
    if (id >= kMostPieces) throw Error(ErrorCode::corrupt, "tokenizer.json: token id " + std::to_string(id) + " is too large");
    if (pieces_.size() <= id) {
      pieces_.resize(id + 1);
      scores_.resize(id + 1, -10000);
      types_.resize(id + 1, kUnused);
    }
    const bool is_byte = piece.size() == 6 && piece.starts_with("<0x") && piece.back() == '>';
    types_[id] = is_byte ? kByte : kNormal;
    pieces_[id] = std::move(piece);
    scores_[id] = score;
  }

  std::string kind_;
  bool byte_fallback_ = false;
  std::vector<std::string> pieces_, merges_;
  std::vector<float> scores_;
  std::vector<std::int32_t> types_;
};

std::string tokenizer_json(const ModelFiles& files) {
  if (files.tokenizer_file.filename() == "tokenizer.json") return read_file(files.tokenizer_file, kMaxTokenizerBytes);
  return std::string(GgufFile(files.tokenizer_file).string(gguf::kTokenizerJson));
}

void add_tokenizer_json(GgufWriter& writer, const ModelFiles& files) {
  std::string text = tokenizer_json(files);
  try {
    Vocabulary(Json::parse(text)).write(writer);
  } catch (const std::exception& error) {
    throw Error(ErrorCode::corrupt, files.tokenizer_file.string() + ": not a tokenizer that GGUF can hold: " + error.what());
  }
  writer.add(gguf::kTokenizerJson, std::move(text));
}

/// BERT's kind, whose parts have keys of their own.
bool is_plain_word_piece(const Tokenizer& tokenizer) {
  try {
    return tokenizer.word_piece_parts().continuing_prefix == "##";
  } catch (const Error& error) {
    if (error.code() != ErrorCode::unsupported) throw;
    return false;
  }
}

}  // namespace

Tokenizer read_gguf_tokenizer(const GgufFile& file) {
  if (file.has(gguf::kTokenizerJson)) {
    return Tokenizer::from_json(file.string(gguf::kTokenizerJson), file.path().string() + ": " + gguf::kTokenizerJson);
  }
  if (file.string("tokenizer.ggml.model") == "bert") return read_word_piece(file);
  return Tokenizer::from_gguf(read_vocabulary(file), file.path().string());
}

void add_gguf_tokenizer(GgufWriter& writer, const ModelFiles& files) {
  if (files.tokenizer_file.empty() || is_plain_word_piece(files.tokenizer)) return add_word_piece(writer, files.tokenizer);
  add_tokenizer_json(writer, files);
}

}  // namespace akin
