#include "load_gguf.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <span>
#include <utility>

#include "added_list.h"
#include "akin/base/utf8.h"
#include "charsmap.h"
#include "load.h"
#include "metaspace.h"
#include "piece_merges.h"
#include "sentence_piece_model.h"

namespace akin::text {
namespace {

constexpr const char* kMark = "\xE2\x96\x81";  // ▁

[[noreturn]] void corrupt(const std::string& name, const std::string& what) { throw Error(ErrorCode::corrupt, name + ": " + what); }

// ---- what must hold of any vocabulary

void check_length(const std::string& name, const char* key, std::size_t length, std::size_t n_tokens) {
  if (length != n_tokens)
    corrupt(name, std::string("tokenizer.ggml.") + key + " has " + std::to_string(length) + " items, tokenizer.ggml.tokens has " +
                      std::to_string(n_tokens));
}

void check(const GgufVocabulary& in, const std::string& name) {
  const std::size_t n = in.tokens.size();
  if (n == 0) corrupt(name, "tokenizer.ggml.tokens is empty");
  if (n > SentencePieceModel::kMaxPieces)
    throw Error(ErrorCode::limit, name + ": tokenizer.ggml.tokens has " + std::to_string(n) + " items, at most " +
                                      std::to_string(SentencePieceModel::kMaxPieces) + " are supported");
  for (std::size_t i = 0; i < n; ++i) {
    if (!is_valid_utf8(in.tokens[i])) corrupt(name, "tokenizer.ggml.tokens: token " + std::to_string(i) + " is not valid UTF-8");
  }
  if (!in.token_types.empty()) check_length(name, "token_type", in.token_types.size(), n);
  if (!in.scores.empty()) check_length(name, "scores", in.scores.size(), n);
  for (std::size_t i = 0; i < in.token_types.size(); ++i) {
    if (in.token_types[i] < 0 || in.token_types[i] > 6)
      corrupt(name,
              "tokenizer.ggml.token_type: item " + std::to_string(i) + " is " + std::to_string(in.token_types[i]) + ", known are 0 to 6");
  }
  const std::pair<const char*, std::int32_t> ids[] = {{"bos_token_id", in.bos_id},         {"eos_token_id", in.eos_id},
                                                      {"unknown_token_id", in.unknown_id}, {"seperator_token_id", in.separator_id},
                                                      {"padding_token_id", in.padding_id}, {"cls_token_id", in.cls_id},
                                                      {"mask_token_id", in.mask_id}};
  for (const auto& [key, id] : ids) {
    if (id < -1 || id >= static_cast<std::int64_t>(n))
      corrupt(name,
              std::string("tokenizer.ggml.") + key + " is " + std::to_string(id) + ", the vocabulary has " + std::to_string(n) + " tokens");
  }
}

PieceKind kind_of(const GgufVocabulary& in, std::size_t id) {
  return in.token_types.empty() ? PieceKind::normal : static_cast<PieceKind>(in.token_types[id]);
}

std::vector<ScoredPiece> scored(const GgufVocabulary& in, const std::string& name) {
  check_length(name, "scores", in.scores.size(), in.tokens.size());
  std::vector<ScoredPiece> out;
  out.reserve(in.tokens.size());
  for (std::size_t i = 0; i < in.tokens.size(); ++i) {
    if (!std::isfinite(in.scores[i])) corrupt(name, "tokenizer.ggml.scores: item " + std::to_string(i) + " is not a finite number");
    out.push_back({in.tokens[i], in.scores[i]});
  }
  return out;
}

// Control tokens are special, user-defined ones are found as they are written.
std::vector<AddedToken> added_tokens(const GgufVocabulary& in, const Model& model) {
  AddedList added(model);
  for (std::size_t i = 0; i < in.tokens.size(); ++i) {
    const PieceKind kind = kind_of(in, i);
    const bool special = kind == PieceKind::control || kind == PieceKind::unknown;
    if (!in.tokens[i].empty() && (special || kind == PieceKind::user_defined)) added.add({.content = in.tokens[i], .special = special});
  }
  for (const std::int32_t id : {in.bos_id, in.eos_id, in.unknown_id, in.separator_id, in.padding_id, in.cls_id, in.mask_id}) {
    if (id >= 0 && !in.tokens[static_cast<std::size_t>(id)].empty())
      added.add({.content = in.tokens[static_cast<std::size_t>(id)], .special = true});
  }
  return added.take();
}

Template bos_eos_template(const GgufVocabulary& in, bool bos, bool eos, const std::string& name) {
  bos = in.add_bos.value_or(bos);
  eos = in.add_eos.value_or(eos);
  if (bos && in.bos_id < 0) corrupt(name, "tokenizer.ggml.bos_token_id is missing, and each text begins with that token");
  if (eos && in.eos_id < 0) corrupt(name, "tokenizer.ggml.eos_token_id is missing, and each text ends with that token");
  Template out;
  out.pair.clear();
  for (int i = 0; i < 2; ++i) {
    std::vector<TemplateItem> items;
    if (bos) items.push_back({-1, i, {in.bos_id}});
    items.push_back({i, i, {}});
    if (eos) items.push_back({-1, i, {in.eos_id}});
    if (i == 0) out.single = items;
    out.pair.insert(out.pair.end(), items.begin(), items.end());
  }
  return out;
}

// ---- kinds

PipelineParts bert(const GgufVocabulary& in, const std::string& name) {
  WordPieceParts parts;
  // llama.cpp marks the beginnings of words where the model's own vocabulary marks the continuations.
  for (std::size_t i = 0; i < in.tokens.size(); ++i) {
    const std::string& token = in.tokens[i];
    const bool bracketed = token.size() >= 2 && token.front() == '[' && token.back() == ']';
    if (token.starts_with(kMark)) {
      parts.pieces.push_back(token.substr(3));
    } else {
      parts.pieces.push_back(bracketed || kind_of(in, i) == PieceKind::control ? token : "##" + token);
    }
  }
  const auto name_piece = [&](std::initializer_list<std::int32_t> ids, std::string& piece) {
    for (const std::int32_t id : ids) {
      if (id >= 0) {
        piece = parts.pieces[static_cast<std::size_t>(id)];
        return;
      }
    }
  };
  name_piece({in.unknown_id}, parts.unknown);
  name_piece({in.cls_id, in.bos_id}, parts.cls);
  name_piece({in.separator_id, in.eos_id}, parts.sep);
  name_piece({in.padding_id}, parts.pad);
  name_piece({in.mask_id}, parts.mask);
  return load_word_piece(parts, name);
}

Json replace(const char* pattern, const char* content) {
  return {{"type", "Replace"}, {"pattern", {{"String", pattern}}}, {"content", content}};
}

Json decoder(bool strips_space) {
  Json decoders = {replace(kMark, " "), {{"type", "ByteFallback"}}, {{"type", "Fuse"}}};
  if (strips_space) decoders.push_back({{"type", "Strip"}, {"content", " "}, {"start", 1}, {"stop", 0}});
  return {{"type", "Sequence"}, {"decoders", decoders}};
}

PipelineParts llama(const GgufVocabulary& in, const std::string& name) {
  const std::vector<ScoredPiece> pieces = scored(in, name);
  BpeOptions options;
  options.fuse_unknown = true;
  options.byte_fallback = true;
  options.unknown = in.unknown_id >= 0 ? in.tokens[static_cast<std::size_t>(in.unknown_id)] : "";
  PipelineParts parts;
  parts.model = std::make_unique<Bpe>(in.tokens, merges_by_score(pieces, name), std::move(options), name);
  const bool prefix = in.add_space_prefix.value_or(true);
  Json normalizers = Json::array();
  if (prefix) normalizers.push_back({{"type", "Prepend"}, {"prepend", kMark}});
  normalizers.push_back(replace(" ", kMark));
  parts.normalizer = read_normalizer({{"type", "Sequence"}, {"normalizers", normalizers}}, name);
  parts.decoder = read_decoder(decoder(prefix), name);
  parts.added = added_tokens(in, *parts.model);
  parts.post = bos_eos_template(in, true, false, name);
  return parts;
}

PipelineParts t5(const GgufVocabulary& in, const std::string& name) {
  PipelineParts parts;
  parts.model = std::make_unique<Unigram>(scored(in, name), UnigramOptions{in.unknown_id, false}, name);
  std::vector<std::unique_ptr<const Normalizer>> normalizers;
  if (!in.precompiled_charsmap.empty()) normalizers.push_back(std::make_unique<Precompiled>(Charsmap(in.precompiled_charsmap, name)));
  if (in.remove_extra_whitespaces.value_or(true)) {
    normalizers.push_back(read_normalizer({{"type", "Strip"}, {"strip_left", false}, {"strip_right", true}}, name));
    normalizers.push_back(read_normalizer({{"type", "Replace"}, {"pattern", {{"Regex", " {2,}"}}}, {"content", kMark}}, name));
  }
  if (!normalizers.empty()) parts.normalizer = in_sequence(std::move(normalizers));
  const MetaspaceOptions options{.prepend = in.add_space_prefix.value_or(true) ? PrependScheme::always : PrependScheme::never};
  parts.pre_tokenizer = std::make_unique<Metaspace>(options);
  parts.decoder = std::make_unique<MetaspaceDecoder>(options);
  parts.added = added_tokens(in, *parts.model);
  parts.post = bos_eos_template(in, false, true, name);
  return parts;
}

// The regular expressions that tokenizer.ggml.pre names: words are cut by each in turn.
constexpr const char* kGpt2 = R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S))";
constexpr const char* kLlama3 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr const char* kQwen2 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr const char* kDigit = R"(\p{N})";
constexpr const char* kBloom = " ?[^(\\s|.,!?\xE2\x80\xA6\xE3\x80\x82\xEF\xBC\x8C\xE3\x80\x81\xE0\xA5\xA4\xDB\x94\xD8\x8C)]+";
constexpr const char* kFalconPunctuation = R"([\p{P}\$\+<=>\^~\|`]+)";
constexpr const char* kThreeDigits = "[0-9][0-9][0-9]";

struct PreKind {
  std::string_view name;
  std::array<const char*, 3> patterns;  // null: no more
  bool ignore_merges = false;
};
constexpr PreKind kPreKinds[] = {
    {"gpt-2", {kGpt2}, false},
    {"phi-2", {kGpt2}, false},
    {"jina-es", {kGpt2}, false},
    {"jina-de", {kGpt2}, false},
    {"jina-v1-en", {kGpt2}, false},
    {"jina-v2-en", {kGpt2}, false},
    {"jina-v2-es", {kGpt2}, false},
    {"jina-v2-de", {kGpt2}, false},
    {"jina-v2-code", {kGpt2}, false},
    {"roberta-bpe", {kGpt2}, false},
    {"mpt", {kGpt2}, false},
    {"olmo", {kGpt2}, false},
    {"modern-bert", {kGpt2}, false},
    {"llama3", {kLlama3}, true},
    {"llama-v3", {kLlama3}, true},
    {"llama-bpe", {kLlama3}, true},
    {"falcon3", {kLlama3}, true},
    {"dbrx", {kLlama3}, false},
    {"smaug-bpe", {kLlama3}, false},
    {"qwen2", {kQwen2}, false},
    {"deepseek-r1-qwen", {kQwen2}, false},
    {"stablelm2", {kQwen2}, false},
    {"starcoder", {kDigit, kGpt2}, false},
    {"refact", {kDigit, kGpt2}, false},
    {"command-r", {kDigit, kGpt2}, false},
    {"smollm", {kDigit, kGpt2}, false},
    {"codeshell", {kDigit, kGpt2}, false},
    {"exaone", {kDigit, kGpt2}, false},
    {"bloom", {kBloom}, false},
    {"gpt3-finnish", {kBloom}, false},
    {"falcon", {kFalconPunctuation, kGpt2, kThreeDigits}, false},
};

const PreKind& find_pre(const GgufVocabulary& in, const std::string& name) {
  const std::string wanted = in.pre.empty() ? "gpt-2" : in.pre;
  for (const PreKind& kind : kPreKinds) {
    if (kind.name == wanted) return kind;
  }
  throw Error(ErrorCode::unsupported, name + ": tokenizer.ggml.pre is '" + wanted + "', whose regular expression is not known");
}

std::vector<BpeMerge> read_merges(const GgufVocabulary& in, const std::string& name) {
  std::vector<BpeMerge> out;
  out.reserve(in.merges.size());
  for (const std::string& merge : in.merges) {
    const std::size_t space = merge.find(' ', 1);  // a piece may begin with a space of its own
    if (space == std::string::npos || space + 1 == merge.size())
      corrupt(name, "tokenizer.ggml.merges: item " + std::to_string(out.size()) + " is not two pieces");
    out.push_back({merge.substr(0, space), merge.substr(space + 1)});
  }
  return out;
}

PipelineParts gpt2(const GgufVocabulary& in, const std::string& name) {
  if (in.merges.empty()) corrupt(name, "tokenizer.ggml.merges is missing");
  const PreKind& pre = find_pre(in, name);
  BpeOptions options;
  options.ignore_merges = pre.ignore_merges;
  PipelineParts parts;
  parts.model = std::make_unique<Bpe>(in.tokens, read_merges(in, name), std::move(options), name);
  Json splits = Json::array();
  for (const char* pattern : pre.patterns) {
    if (pattern != nullptr)
      splits.push_back({{"type", "Split"}, {"pattern", {{"Regex", pattern}}}, {"behavior", "Isolated"}, {"invert", false}});
  }
  splits.push_back({{"type", "ByteLevel"}, {"add_prefix_space", in.add_space_prefix.value_or(false)}, {"use_regex", false}});
  parts.pre_tokenizer = read_pre_tokenizer({{"type", "Sequence"}, {"pretokenizers", splits}}, name);
  parts.decoder = read_decoder({{"type", "ByteLevel"}}, name);
  parts.added = added_tokens(in, *parts.model);
  parts.post = bos_eos_template(in, false, false, name);
  return parts;
}

struct GgufKind {
  std::string_view name;
  PipelineParts (*load)(const GgufVocabulary&, const std::string&);
};
constexpr GgufKind kKinds[] = {{"bert", bert}, {"llama", llama}, {"gpt2", gpt2}, {"t5", t5}};

}  // namespace

PipelineParts load_gguf(const GgufVocabulary& vocabulary, const std::string& name) {
  for (const GgufKind& kind : kKinds) {
    if (kind.name != vocabulary.model) continue;
    check(vocabulary, name);
    return kind.load(vocabulary, name);
  }
  throw Error(ErrorCode::unsupported, name + ": tokenizer.ggml.model is '" + vocabulary.model + "'; known are bert, llama, gpt2 and t5");
}

}  // namespace akin::text
