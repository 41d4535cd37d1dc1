#include "load.h"

#include <algorithm>
#include <utility>

#include "akin/base/mapped_file.h"
#include "bpe.h"
#include "byte_vocabulary.h"
#include "folder_options.h"
#include "load_sentence_piece.h"
#include "word_piece.h"

namespace akin::text {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFileBytes = std::size_t{1} << 28;

Json read_json_if_there(const fs::path& path) {
  if (!fs::exists(path)) return nullptr;
  return parse_json(read_file(path, kMaxFileBytes), path.string());
}

// One piece a line; Python's universal newlines.
std::vector<std::string> split_lines(const std::string& text) {
  std::vector<std::string> out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find_first_of("\r\n", at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end + 1;
    if (end + 1 < text.size() && text[end] == '\r' && text[end + 1] == '\n') ++at;
  }
  return out;
}

void set_token(const Json& config, const char* key, std::string& token, const std::string& where) {
  if (std::string named = special_token(config, key, where); !named.empty()) token = std::move(named);
}

WordPieceParts read_vocab_txt(const fs::path& folder, const Json& config) {
  WordPieceParts parts;
  parts.pieces = split_lines(read_file(folder / "vocab.txt", kMaxFileBytes));
  if (config.is_null()) return parts;
  const std::string where = (folder / "tokenizer_config.json").string();
  parts.lowercase = bool_field(config, "do_lower_case", true, where);
  parts.strip_accents = bool_field(config, "strip_accents", parts.lowercase, where);
  parts.handle_chinese_chars = bool_field(config, "tokenize_chinese_chars", true, where);
  set_token(config, "unk_token", parts.unknown, where);
  set_token(config, "cls_token", parts.cls, where);
  set_token(config, "sep_token", parts.sep, where);
  set_token(config, "pad_token", parts.pad, where);
  set_token(config, "mask_token", parts.mask, where);
  return parts;
}

// The first of the names that transformers gives a SentencePiece file.
PipelineParts load_sentence_piece_folder(const fs::path& folder) {
  for (const char* file : {"tokenizer.model", "spiece.model", "sentencepiece.bpe.model"}) {
    const fs::path model = folder / file;
    if (!fs::exists(model)) continue;
    const fs::path config = folder / "tokenizer_config.json";
    return load_sentence_piece(read_file(model, kMaxFileBytes), fs::exists(config) ? read_file(config, kMaxFileBytes) : "", model.string());
  }
  throw Error(ErrorCode::not_found, folder.string() + ": holds no tokenizer.json, vocab.txt or SentencePiece .model file");
}

PipelineParts load_parsed(const Json& json, const std::string& name) {
  if (!json.is_object()) throw Error(ErrorCode::corrupt, name + ": must be a JSON object");
  PipelineParts parts;
  parts.normalizer = read_normalizer(member(json, "normalizer", name), name);
  parts.pre_tokenizer = read_pre_tokenizer(member(json, "pre_tokenizer", name), name);
  parts.model = read_model(member(json, "model", name), name);
  parts.decoder = read_decoder(member(json, "decoder", name), name);
  parts.added = read_added_tokens(member(json, "added_tokens", name), name);
  std::size_t n_ids = parts.model->size();
  for (const AddedToken& token : parts.added) n_ids = std::max(n_ids, static_cast<std::size_t>(token.id) + 1);
  parts.post = read_post_processor(member(json, "post_processor", name), n_ids, name);
  if (const Json& cut = member(json, "truncation", name); cut.is_object()) parts.cuts_left = cut.value("direction", Json()) == "Left";
  return parts;
}

void wrap_clip_decoder(PipelineParts& parts) {
  const auto* model = dynamic_cast<const Bpe*>(parts.model.get());
  if (model != nullptr) parts.decoder = std::make_unique<ClipDecoder>(std::move(parts.decoder), model->options().word_suffix);
}

std::int32_t require_id(const Model& model, const std::string& piece, const char* what, const std::string& name) {
  const std::int32_t id = model.id_of(piece);
  if (id < 0) throw Error(ErrorCode::corrupt, name + ": the " + what + " token '" + piece + "' is not in the vocabulary");
  return id;
}

}  // namespace

PipelineParts load_folder(const fs::path& folder) {
  const fs::path config_path = folder / "tokenizer_config.json";
  Json config = read_json_if_there(config_path);
  const fs::path json = folder / "tokenizer.json";
  const fs::path vocabulary = folder / "vocab.txt";
  const bool has_json = fs::exists(json);
  if (!has_json && fs::exists(vocabulary)) return load_word_piece(read_vocab_txt(folder, config), vocabulary.string());
  if (!has_json && !has_byte_vocabulary(folder)) return load_sentence_piece_folder(folder);
  Json parsed = has_json ? parse_json(read_file(json, kMaxFileBytes), json.string()) : read_byte_vocabulary(folder, config);
  apply_folder_options(parsed, config, config_path.string());
  PipelineParts parts = load_parsed(parsed, has_json ? json.string() : (folder / "vocab.json").string());
  if (tokenizer_class(config) == "CLIPTokenizer") wrap_clip_decoder(parts);
  if (config.is_object() && config.contains("truncation_side"))
    parts.cuts_left = string_field(config, "truncation_side", config_path.string()) == "left";
  return parts;
}

PipelineParts load_json(std::string_view json, const std::string& name) { return load_parsed(parse_json(json, name), name); }

PipelineParts load_word_piece(const WordPieceParts& in, const std::string& name) {
  PipelineParts parts;
  parts.normalizer = std::make_unique<BertNormalizer>(BertNormalizerOptions{.clean_text = in.clean_text,
                                                                            .handle_chinese_chars = in.handle_chinese_chars,
                                                                            .strip_accents = in.strip_accents,
                                                                            .lowercase = in.lowercase});
  parts.pre_tokenizer = std::make_unique<BertPreTokenizer>();
  WordPieceOptions options{.unknown = in.unknown, .continuing_prefix = in.continuing_prefix, .max_chars_per_word = in.max_chars_per_word};
  parts.model = std::make_unique<WordPiece>(in.pieces, std::move(options), name);
  parts.decoder = std::make_unique<WordPieceDecoder>(in.continuing_prefix, true);
  const Model& model = *parts.model;
  parts.post = bert_template(require_id(model, in.cls, "class", name), require_id(model, in.sep, "separator", name));
  for (const std::string* token : {&in.unknown, &in.cls, &in.sep, &in.pad, &in.mask}) {
    if (const std::int32_t id = model.id_of(*token); id >= 0) parts.added.push_back({.content = *token, .id = id, .special = true});
  }
  return parts;
}

WordPieceParts to_word_piece(const PipelineParts& parts) {
  const auto* normalizer = dynamic_cast<const BertNormalizer*>(parts.normalizer.get());
  const auto* model = dynamic_cast<const WordPiece*>(parts.model.get());
  const std::vector<TemplateItem>& single = parts.post.single;
  const bool is_bert = normalizer != nullptr && model != nullptr && dynamic_cast<const BertPreTokenizer*>(parts.pre_tokenizer.get()) &&
                       single.size() == 3 && single[0].ids.size() == 1 && single[2].ids.size() == 1;
  if (!is_bert) throw Error(ErrorCode::unsupported, "only a WordPiece tokenizer of BERT's kind has WordPiece parts");
  WordPieceParts out;
  out.pieces = model->pieces();
  out.continuing_prefix = model->options().continuing_prefix;
  out.unknown = model->options().unknown;
  out.max_chars_per_word = model->options().max_chars_per_word;
  const auto n_ids = static_cast<std::int32_t>(model->size());
  if (single[0].ids[0] >= n_ids || single[2].ids[0] >= n_ids)
    throw Error(ErrorCode::unsupported, "the tokenizer's class or separator token is not a WordPiece of its vocabulary");
  out.cls = model->piece(single[0].ids[0]);
  out.sep = model->piece(single[2].ids[0]);
  out.lowercase = normalizer->options().lowercase;
  out.strip_accents = normalizer->options().strip_accents;
  out.clean_text = normalizer->options().clean_text;
  out.handle_chinese_chars = normalizer->options().handle_chinese_chars;
  return out;
}

}  // namespace akin::text
