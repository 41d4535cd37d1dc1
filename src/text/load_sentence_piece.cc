#include "load_sentence_piece.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "added_list.h"
#include "akin/base/utf8.h"
#include "charsmap.h"
#include "metaspace.h"
#include "piece_merges.h"
#include "sentence_piece_model.h"

namespace akin::text {
namespace {

using NormalizerPtr = std::unique_ptr<const Normalizer>;

constexpr const char* kMark = "\xE2\x96\x81";  // ▁

// What a family's builder starts from.
struct Source {
  const SentencePieceModel& model;
  const Json& config;  // null if there is none
  const std::string& name;
};

bool flag(const Source& source, const char* key, bool fallback) {
  return source.config.is_null() ? fallback : bool_field(source.config, key, fallback, source.name + ": the configuration");
}

// ---- models

std::vector<ScoredPiece> scored(const SentencePieceModel& model, std::size_t from) {
  std::vector<ScoredPiece> out;
  for (std::size_t i = from; i < model.pieces.size(); ++i) out.push_back({model.pieces[i].text, model.pieces[i].score});
  return out;
}

std::unique_ptr<const Model> make_model(const Source& source, std::vector<ScoredPiece> pieces, std::int32_t unknown_id,
                                        bool byte_fallback) {
  const SentencePieceModel& model = source.model;
  if (model.whitespace_as_suffix)
    throw Error(ErrorCode::unsupported, source.name + ": pieces that end with white space (treat_whitespace_as_suffix) are not supported");
  if (!model.escape_whitespaces)
    throw Error(ErrorCode::unsupported, source.name + ": plain spaces in pieces (escape_whitespaces = false) are not supported");
  if (model.algorithm == SentencePieceModel::Algorithm::unigram)
    return std::make_unique<Unigram>(std::move(pieces), UnigramOptions{unknown_id, byte_fallback}, source.name);
  if (model.algorithm != SentencePieceModel::Algorithm::bpe)
    throw Error(ErrorCode::unsupported, source.name + ": a SentencePiece model of kind word or char is not supported, unigram and bpe are");
  const std::vector<BpeMerge> merges = merges_by_score(pieces, source.name);
  std::vector<std::string> texts;
  texts.reserve(pieces.size());
  for (ScoredPiece& piece : pieces) texts.push_back(std::move(piece.text));
  BpeOptions options;
  options.unknown = model.unknown_piece;
  options.fuse_unknown = true;
  options.byte_fallback = byte_fallback;
  return std::make_unique<Bpe>(std::move(texts), merges, std::move(options), source.name);
}

// ---- normalisers, pre-tokenisers, decoders: the same parts that a tokenizer.json would name

NormalizerPtr normalizer(const Json& json, const Source& source) { return read_normalizer(json, source.name); }

Json strip(bool left) { return {{"type", "Strip"}, {"strip_left", left}, {"strip_right", true}}; }
Json replace(const char* pattern, const char* content) {
  return {{"type", "Replace"}, {"pattern", {{"String", pattern}}}, {"content", content}};
}
Json replace_spaces(const char* content) { return {{"type", "Replace"}, {"pattern", {{"Regex", " {2,}"}}}, {"content", content}}; }

NormalizerPtr spm_normalizer(const Source& source) {
  std::vector<NormalizerPtr> parts;
  if (!source.model.charsmap.empty()) parts.push_back(std::make_unique<Precompiled>(Charsmap(source.model.charsmap, source.name)));
  parts.push_back(normalizer(strip(false), source));
  parts.push_back(normalizer(replace_spaces(kMark), source));
  return in_sequence(std::move(parts));
}

void set_metaspace(PipelineParts& parts, PrependScheme scheme, bool split) {
  const MetaspaceOptions options{.prepend = scheme, .split = split};
  parts.pre_tokenizer = std::make_unique<Metaspace>(options);
  parts.decoder = std::make_unique<MetaspaceDecoder>(options);
}

// transformers 4.57 hands a missing add_prefix_space on as "none", and that counts as false.
PrependScheme prepend_scheme(const Source& source) {
  if (!flag(source, "add_prefix_space", false)) return PrependScheme::never;
  return flag(source, "legacy", true) ? PrependScheme::always : PrependScheme::first;
}

Json byte_decoder(bool strips_space) {
  Json decoders = {replace(kMark, " "), {{"type", "ByteFallback"}}, {{"type", "Fuse"}}};
  if (strips_space) decoders.push_back({{"type", "Strip"}, {"content", " "}, {"start", 1}, {"stop", 0}});
  return {{"type", "Sequence"}, {"decoders", decoders}};
}

// ---- added tokens

AddedToken special(std::string content) { return {.content = std::move(content), .special = true}; }

AddedToken read_token(const Json& value, const std::string& where) {
  if (value.is_string()) return special(value.get<std::string>());
  AddedToken token = special(string_field(value, "content", where));
  token.single_word = bool_field(value, "single_word", false, where);
  token.lstrip = bool_field(value, "lstrip", false, where);
  token.rstrip = bool_field(value, "rstrip", false, where);
  token.normalized = bool_field(value, "normalized", true, where);
  return token;
}

// The special tokens of a family: its defaults, and what the configuration says instead.
using Specials = std::map<std::string, AddedToken>;
constexpr std::array<const char*, 7> kSpecialKeys = {"bos_token", "eos_token", "unk_token", "sep_token",
                                                     "pad_token", "cls_token", "mask_token"};

void add_tokens(const Source& source, Specials& specials, std::vector<AddedToken> additional, AddedList& out) {
  const std::string where = source.name + ": the configuration";
  for (const SentencePiece& piece : source.model.pieces) {
    const bool control = piece.kind == PieceKind::control;
    if (!piece.text.empty() && (control || piece.kind == PieceKind::user_defined)) out.add({.content = piece.text, .special = control});
  }
  const Json none = Json::object();
  const Json& config = source.config.is_null() ? none : source.config;
  std::map<std::uint64_t, AddedToken> listed;  // by id
  for (const auto& [id, value] : member(config, "added_tokens_decoder", where).items()) {
    AddedToken token = read_token(value, where + ": added_tokens_decoder");
    token.special = bool_field(value, "special", false, where);
    if (!token.content.empty()) listed.emplace(std::strtoull(id.c_str(), nullptr, 10), std::move(token));
  }
  for (auto& [id, token] : listed) out.add(std::move(token));
  for (const char* key : kSpecialKeys) {
    const Json& value = member(config, key, where);
    if (!value.is_null()) {
      AddedToken token = read_token(value, where + ": " + key);
      const auto known = specials.find(key);  // a bare name keeps the family's own flags
      if (value.is_string() && known != specials.end()) {
        token.lstrip = known->second.lstrip;
        token.normalized = known->second.normalized;
      }
      specials[key] = std::move(token);
    }
    const auto it = specials.find(key);
    if (it != specials.end() && out.id_of(it->second.content) < 0) out.add(it->second);
  }
  if (const Json& more = member(config, "additional_special_tokens", where); more.is_array()) {
    for (const Json& value : more) additional.push_back(read_token(value, where + ": additional_special_tokens"));
  }
  for (AddedToken& token : additional) {
    if (!token.content.empty() && out.id_of(token.content) < 0) out.add(std::move(token));
  }
}

std::int32_t require_id(const Source& source, const Specials& specials, const char* key, const AddedList& added) {
  const auto it = specials.find(key);
  const std::int32_t id = it == specials.end() ? -1 : added.id_of(it->second.content);
  if (id < 0) throw Error(ErrorCode::corrupt, source.name + ": has no " + std::string(key) + ", which its kind of tokenizer needs");
  return id;
}

// ---- families

PipelineParts t5(const Source& source) {
  const Json& given = source.config.is_null() ? source.config : member(source.config, "extra_ids", source.name);
  const std::uint64_t n_extra = given.is_null() ? 100 : unsigned_value(given, 1 << 16, source.name + ": the configuration: 'extra_ids'");
  std::vector<ScoredPiece> pieces = scored(source.model, 0);
  std::vector<AddedToken> extra;
  for (std::uint64_t i = n_extra; i-- > 0;) {
    pieces.push_back({"<extra_id_" + std::to_string(i) + ">", 0.0});
    extra.push_back(special(pieces.back().text));
  }
  PipelineParts parts;
  parts.model = make_model(source, std::move(pieces), source.model.unknown_id, false);
  parts.normalizer = spm_normalizer(source);
  set_metaspace(parts, prepend_scheme(source), true);
  AddedList added(*parts.model);
  Specials specials = {{"eos_token", special("</s>")}, {"unk_token", special("<unk>")}, {"pad_token", special("<pad>")}};
  add_tokens(source, specials, std::move(extra), added);
  const std::vector<std::int32_t> eos = {require_id(source, specials, "eos_token", added)};
  parts.post = {.single = {{0, 0, {}}, {-1, 0, eos}}, .pair = {{0, 0, {}}, {-1, 0, eos}, {1, 0, {}}, {-1, 0, eos}}};
  parts.added = added.take();
  return parts;
}

// The fairseq models: their own first ids in front of the file's pieces from `first_piece` on, and a mask behind.
PipelineParts fairseq(const Source& source, std::vector<ScoredPiece> pieces, std::size_t first_piece, std::vector<AddedToken> additional) {
  for (ScoredPiece& piece : scored(source.model, first_piece)) pieces.push_back(std::move(piece));
  pieces.push_back({"<mask>", 0.0});
  PipelineParts parts;
  parts.model = make_model(source, std::move(pieces), 3, false);
  parts.normalizer = spm_normalizer(source);
  set_metaspace(parts, flag(source, "add_prefix_space", true) ? PrependScheme::always : PrependScheme::never, true);
  AddedList added(*parts.model);
  AddedToken mask = special("<mask>");
  mask.lstrip = true;
  mask.normalized = true;
  Specials specials = {{"bos_token", special("<s>")}, {"eos_token", special("</s>")},  {"sep_token", special("</s>")},
                       {"cls_token", special("<s>")}, {"unk_token", special("<unk>")}, {"pad_token", special("<pad>")},
                       {"mask_token", mask}};
  add_tokens(source, specials, std::move(additional), added);
  const std::vector<std::int32_t> cls = {require_id(source, specials, "cls_token", added)};
  const std::vector<std::int32_t> sep = {require_id(source, specials, "sep_token", added)};
  parts.post = {.single = {{-1, 0, cls}, {0, 0, {}}, {-1, 0, sep}},
                .pair = {{-1, 0, cls}, {0, 0, {}}, {-1, 0, sep}, {-1, 0, sep}, {1, 0, {}}, {-1, 0, sep}}};
  parts.added = added.take();
  return parts;
}

PipelineParts xlm_roberta(const Source& source) { return fairseq(source, {{"<s>", 0}, {"<pad>", 0}, {"</s>", 0}, {"<unk>", 0}}, 3, {}); }

PipelineParts camembert(const Source& source) {
  std::vector<AddedToken> unused;
  for (const char* name : {"<s>NOTUSED", "</s>NOTUSED", "<unk>NOTUSED"}) unused.push_back(special(name));
  return fairseq(source, {{"<s>NOTUSED", 0}, {"<pad>", 0}, {"</s>NOTUSED", 0}, {"<unk>", 0}, {"<unk>NOTUSED", -100}}, 1, std::move(unused));
}

// "bos A eos", either only where the configuration asks for it.
Template bos_eos_template(const Source& source, const Specials& specials, const AddedList& added) {
  Template out;
  for (int i = 0; i < 2; ++i) {
    std::vector<TemplateItem> items;
    if (flag(source, "add_bos_token", true)) items.push_back({-1, i, {require_id(source, specials, "bos_token", added)}});
    items.push_back({i, i, {}});
    if (flag(source, "add_eos_token", false)) items.push_back({-1, i, {require_id(source, specials, "eos_token", added)}});
    if (i == 0) out.single = items;
    if (i == 0) out.pair.clear();
    out.pair.insert(out.pair.end(), items.begin(), items.end());
  }
  return out;
}

void finish(const Source& source, Specials specials, PipelineParts& parts) {
  AddedList added(*parts.model);
  add_tokens(source, specials, {}, added);
  parts.post = bos_eos_template(source, specials, added);
  parts.added = added.take();
}

PipelineParts llama(const Source& source) {
  const bool prefix = flag(source, "add_prefix_space", false);  // as for T5
  PipelineParts parts;
  parts.model = make_model(source, scored(source.model, 0), 0, true);
  if (flag(source, "legacy", true)) {
    std::vector<NormalizerPtr> normalizers;
    if (prefix) normalizers.push_back(normalizer({{"type", "Prepend"}, {"prepend", kMark}}, source));
    normalizers.push_back(normalizer(replace(" ", kMark), source));
    parts.normalizer = in_sequence(std::move(normalizers));
  } else {
    parts.pre_tokenizer =
        std::make_unique<Metaspace>(MetaspaceOptions{.prepend = prefix ? PrependScheme::first : PrependScheme::never, .split = false});
  }
  parts.decoder = read_decoder(byte_decoder(prefix), source.name);
  finish(source, {{"bos_token", special("<s>")}, {"eos_token", special("</s>")}, {"unk_token", special("<unk>")}}, parts);
  return parts;
}

PipelineParts gemma(const Source& source) {
  std::vector<ScoredPiece> pieces = scored(source.model, 0);
  if (pieces.size() < 3) throw Error(ErrorCode::corrupt, source.name + ": has fewer than 3 pieces");
  for (const auto& [i, name] : {std::pair{0, "<pad>"}, {1, "<eos>"}, {2, "<bos>"}}) pieces[static_cast<std::size_t>(i)] = {name, 0.0};
  // The first Gemma vocabularies lack the tab: its byte stands for it.
  const auto find = [&](std::string_view text) {
    return std::find_if(pieces.begin(), pieces.end(), [&](const ScoredPiece& piece) { return piece.text == text; });
  };
  if (const auto byte = find("<0x09>"); find("\t") == pieces.end() && byte != pieces.end()) *byte = {"\t", 0.0};
  PipelineParts parts;
  parts.model = make_model(source, std::move(pieces), 3, true);
  parts.normalizer = normalizer(replace(" ", kMark), source);
  parts.pre_tokenizer = read_pre_tokenizer(
      {{"type", "Split"}, {"pattern", {{"String", " "}}}, {"behavior", "MergedWithPrevious"}, {"invert", false}}, source.name);
  parts.decoder = read_decoder(byte_decoder(false), source.name);
  finish(
      source,
      {{"bos_token", special("<bos>")}, {"eos_token", special("<eos>")}, {"unk_token", special("<unk>")}, {"pad_token", special("<pad>")}},
      parts);
  return parts;
}

// A mark only ever begins a piece: then words may be cut before each.
bool marks_begin_pieces(const SentencePieceModel& model) {
  return std::none_of(model.pieces.begin(), model.pieces.end(), [](const SentencePiece& piece) {
    return piece.kind == PieceKind::normal && piece.text.find(kMark, 1) != std::string::npos;
  });
}

// What the file itself says, as the sentencepiece library does it.
PipelineParts plain(const Source& source) {
  const SentencePieceModel& model = source.model;
  PipelineParts parts;
  parts.model = make_model(source, scored(model, 0), model.unknown_id, model.byte_fallback);
  std::vector<NormalizerPtr> normalizers;
  if (!model.charsmap.empty()) normalizers.push_back(std::make_unique<Precompiled>(Charsmap(model.charsmap, source.name)));
  if (model.remove_extra_whitespaces) {
    normalizers.push_back(normalizer(strip(true), source));
    normalizers.push_back(normalizer(replace_spaces(" "), source));
  }
  if (!normalizers.empty()) parts.normalizer = in_sequence(std::move(normalizers));
  set_metaspace(parts, model.add_dummy_prefix ? PrependScheme::always : PrependScheme::never,
                model.algorithm == SentencePieceModel::Algorithm::unigram && marks_begin_pieces(model));
  if (model.byte_fallback) parts.decoder = read_decoder(byte_decoder(model.add_dummy_prefix), source.name);
  AddedList added(*parts.model);
  Specials specials = {{"unk_token", special(model.unknown_piece)}};
  add_tokens(source, specials, {}, added);
  parts.added = added.take();
  return parts;
}

struct Family {
  std::string_view tokenizer_class;  // of transformers, without "Fast"
  PipelineParts (*build)(const Source&);
};
constexpr Family kFamilies[] = {{"T5Tokenizer", t5},
                                {"XLMRobertaTokenizer", xlm_roberta},
                                {"CamembertTokenizer", camembert},
                                {"LlamaTokenizer", llama},
                                {"GemmaTokenizer", gemma}};

std::string_view guess_class(const SentencePieceModel& model, std::string_view file) {
  if (file == "spiece.model") return "T5Tokenizer";
  if (file == "sentencepiece.bpe.model") return "XLMRobertaTokenizer";
  if (file != "tokenizer.model" || model.algorithm != SentencePieceModel::Algorithm::bpe) return "";
  return model.pieces.front().text == "<pad>" ? "GemmaTokenizer" : "LlamaTokenizer";
}

}  // namespace

PipelineParts load_sentence_piece(std::string_view bytes, std::string_view config_text, const std::string& name) {
  const SentencePieceModel model = read_sentence_piece_model(bytes, name);
  const Json config = config_text.empty() ? Json() : parse_json(config_text, name + ": the configuration");
  const std::string where = name + ": the configuration";
  const std::string given = config.is_null() ? "" : string_field(config, "tokenizer_class", "", where);
  std::string wanted = given;
  if (wanted.ends_with("Fast")) wanted.resize(wanted.size() - 4);
  if (wanted.empty()) wanted = guess_class(model, std::string_view(name).substr(name.find_last_of('/') + 1));
  const Source source{model, config, name};
  if (wanted.empty()) return plain(source);
  for (const Family& family : kFamilies) {
    if (family.tokenizer_class == wanted) return family.build(source);
  }
  throw Error(ErrorCode::unsupported,
              where + ": a .model file for tokenizer_class '" + given + "' is not supported; its tokenizer.json would be");
}

}  // namespace akin::text
