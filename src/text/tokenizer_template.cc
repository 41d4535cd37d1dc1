#include "akin/text/tokenizer_template.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "akin/base/error.h"
#include "akin/base/utf8.h"
#include "byte_level.h"
#include "json_fields.h"
#include "normalized_text.h"
#include "normalizer.h"
#include "pre_tokenizer.h"

namespace akin {

using Ordered = nlohmann::ordered_json;

struct TokenizerTemplate::Impl {
  Ordered json;  // without vocabulary and merges
  TokenizerKind kind = TokenizerKind::bpe;
  std::vector<std::string> special_tokens;
  std::vector<char32_t> initial_alphabet;
  std::string continuing_prefix, word_suffix;
  std::unique_ptr<const text::Normalizer> normalizer;
  std::unique_ptr<const text::PreTokenizer> pre_tokenizer;
};

namespace {

struct KindName {
  std::string_view name;
  TokenizerKind kind;
};
constexpr KindName kKinds[] = {{"BPE", TokenizerKind::bpe}, {"WordPiece", TokenizerKind::word_piece}, {"Unigram", TokenizerKind::unigram}};

TokenizerKind kind_of(const std::string& type, const std::string& name) {
  for (const KindName& row : kKinds) {
    if (row.name == type) return row.kind;
  }
  throw Error(ErrorCode::unsupported, name + ": a model of kind '" + type + "' cannot be trained: wanted BPE, WordPiece or Unigram");
}

bool has_kind(const Ordered& part, std::string_view type) {
  if (!part.is_object()) return false;
  if (part.value("type", "") == type) return true;
  const auto parts = part.find("pretokenizers");
  return parts != part.end() && parts->is_array() &&
         std::any_of(parts->begin(), parts->end(), [&](const Ordered& p) { return has_kind(p, type); });
}

std::vector<char32_t> byte_alphabet() {
  std::vector<char32_t> out;
  for (int byte = 0; byte < 256; ++byte) out.push_back(decode_utf8(text::byte_character(static_cast<unsigned char>(byte)), 0).code_point);
  std::sort(out.begin(), out.end());
  return out;
}

// The special ones among the added tokens, by their old ids; a vocabulary begins with them.
std::vector<std::string> special_tokens_of(const Ordered& json) {
  std::vector<std::pair<std::int64_t, std::string>> found;
  for (const Ordered& token : json.at("added_tokens")) {
    if (token.value("special", false)) found.emplace_back(token.value("id", std::int64_t{0}), token.value("content", ""));
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> out;
  for (auto& [id, content] : found) out.push_back(std::move(content));
  return out;
}

// The unknown token has to have an id even where a file does not list it among the added ones; "unk_id" follows it.
void add_unknown(Ordered& model, std::vector<std::string>& special) {
  std::string unknown;
  if (const auto token = model.find("unk_token"); token != model.end() && token->is_string()) unknown = token->get<std::string>();
  if (const auto id = model.find("unk_id"); id != model.end() && id->is_number_unsigned() && model.contains("vocab")) {
    const Ordered& vocabulary = model.at("vocab");
    if (id->get<std::size_t>() < vocabulary.size()) unknown = vocabulary.at(id->get<std::size_t>()).at(0).get<std::string>();
  }
  if (unknown.empty()) return;
  if (std::find(special.begin(), special.end(), unknown) == special.end()) special.push_back(unknown);
  if (model.contains("unk_id")) model["unk_id"] = std::find(special.begin(), special.end(), unknown) - special.begin();
}

std::string string_of(const Ordered& model, const char* key) {
  const auto value = model.find(key);
  return value != model.end() && value->is_string() ? value->get<std::string>() : "";
}

// Template ids are those of the old vocabulary: each is looked up again by its token.
struct NewIds {
  const std::vector<std::string>& special;
  [[nodiscard]] std::int64_t of(const std::string& token) const {
    const auto found = std::find(special.begin(), special.end(), token);
    if (found == special.end())
      throw Error(ErrorCode::unsupported, "the post-processor adds '" + token + "', which is not a special token of the vocabulary");
    return found - special.begin();
  }
  void renew(Ordered& post) const {
    if (!post.is_object()) return;
    for (const char* key : {"sep", "cls"}) {
      if (const auto pair = post.find(key); pair != post.end() && pair->is_array() && pair->size() == 2)
        (*pair)[1] = of((*pair)[0].get<std::string>());
    }
    if (const auto tokens = post.find("special_tokens"); tokens != post.end() && tokens->is_object()) {
      for (auto& [name, token] : tokens->items()) {
        Ordered ids = Ordered::array();
        for (const Ordered& piece : token.at("tokens")) ids.push_back(of(piece.get<std::string>()));
        token["ids"] = std::move(ids);
      }
    }
    if (const auto parts = post.find("processors"); parts != post.end() && parts->is_array()) {
      for (Ordered& part : *parts) renew(part);
    }
  }
};

Ordered added_tokens(const std::vector<std::string>& special, const Ordered& before) {
  Ordered out = Ordered::array();
  for (std::size_t id = 0; id < special.size(); ++id) {
    Ordered token = {{"id", id},        {"content", special[id]}, {"single_word", false}, {"lstrip", false},
                     {"rstrip", false}, {"normalized", false},    {"special", true}};
    for (const Ordered& old : before) {
      if (old.value("content", "") != special[id]) continue;
      for (const char* key : {"single_word", "lstrip", "rstrip", "normalized"}) token[key] = old.value(key, false);
    }
    out.push_back(std::move(token));
  }
  return out;
}

// Pieces and their ids as members of an object. Appended without a search by key, which takes the square of their number.
Ordered numbered(const std::vector<std::string>& pieces) {
  Ordered::object_t ids;
  for (std::size_t id = 0; id < pieces.size(); ++id) static_cast<Ordered::object_t::Container&>(ids).emplace_back(pieces[id], id);
  return ids;
}

Ordered special_token(const std::string& token) { return {{"SpecialToken", {{"id", token}, {"type_id", 0}}}}; }
Ordered sequence(const char* id, int type_id) { return {{"Sequence", {{"id", id}, {"type_id", type_id}}}}; }

Ordered template_processing(std::vector<Ordered> single, std::vector<Ordered> pair, const std::vector<std::string>& tokens) {
  Ordered special = Ordered::object();
  for (const std::string& token : tokens) special[token] = {{"id", token}, {"ids", {0}}, {"tokens", {token}}};
  return {{"type", "TemplateProcessing"}, {"single", single}, {"pair", pair}, {"special_tokens", special}};
}

Ordered skeleton(Ordered normalizer, Ordered pre_tokenizer, Ordered post, Ordered decoder, Ordered model,
                 const std::vector<std::string>& special) {
  return {{"version", "1.0"},
          {"truncation", nullptr},
          {"padding", nullptr},
          {"added_tokens", added_tokens(special, Ordered::array())},
          {"normalizer", std::move(normalizer)},
          {"pre_tokenizer", std::move(pre_tokenizer)},
          {"post_processor", std::move(post)},
          {"decoder", std::move(decoder)},
          {"model", std::move(model)}};
}

}  // namespace

TokenizerTemplate::TokenizerTemplate(std::unique_ptr<const Impl> impl) : impl_(std::move(impl)) {}
TokenizerTemplate::TokenizerTemplate(TokenizerTemplate&&) noexcept = default;
TokenizerTemplate& TokenizerTemplate::operator=(TokenizerTemplate&&) noexcept = default;
TokenizerTemplate::~TokenizerTemplate() = default;

TokenizerTemplate TokenizerTemplate::byte_level_bpe() {
  const Ordered byte_level = {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", true}};
  const Ordered model = {{"type", "BPE"},
                         {"dropout", nullptr},
                         {"unk_token", nullptr},
                         {"continuing_subword_prefix", nullptr},
                         {"end_of_word_suffix", nullptr},
                         {"fuse_unk", false},
                         {"byte_fallback", false},
                         {"ignore_merges", false}};
  return from_json(skeleton(nullptr, byte_level, byte_level, byte_level, model, {"<|endoftext|>"}).dump(), "the byte-level template");
}

TokenizerTemplate TokenizerTemplate::bert(bool lowercase) {
  const Ordered normalizer = {{"type", "BertNormalizer"},
                              {"clean_text", true},
                              {"handle_chinese_chars", true},
                              {"strip_accents", nullptr},
                              {"lowercase", lowercase}};
  const Ordered cls = special_token("[CLS]"), sep = special_token("[SEP]");
  Ordered second_sep = sep;
  second_sep["SpecialToken"]["type_id"] = 1;
  const Ordered post =
      template_processing({cls, sequence("A", 0), sep}, {cls, sequence("A", 0), sep, sequence("B", 1), second_sep}, {"[CLS]", "[SEP]"});
  const Ordered model = {
      {"type", "WordPiece"}, {"unk_token", "[UNK]"}, {"continuing_subword_prefix", "##"}, {"max_input_chars_per_word", 100}};
  return from_json(skeleton(normalizer, {{"type", "BertPreTokenizer"}}, post, {{"type", "WordPiece"}, {"prefix", "##"}, {"cleanup", true}},
                            model, {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"})
                       .dump(),
                   "the BERT template");
}

TokenizerTemplate TokenizerTemplate::sentence_piece() {
  const Ordered normalizer = {{"type", "Sequence"},
                              {"normalizers",
                               {{{"type", "Nmt"}},
                                {{"type", "NFKC"}},
                                {{"type", "Replace"}, {"pattern", {{"Regex", " {2,}"}}}, {"content", " "}},
                                {{"type", "Strip"}, {"strip_left", true}, {"strip_right", true}}}}};
  const Ordered metaspace = {{"type", "Metaspace"}, {"replacement", "▁"}, {"prepend_scheme", "always"}, {"split", true}};
  const Ordered end = special_token("</s>");
  const Ordered post = template_processing({sequence("A", 0), end}, {sequence("A", 0), end, sequence("B", 0), end}, {"</s>"});
  const Ordered model = {
      {"type", "Unigram"}, {"unk_id", 0}, {"vocab", Ordered::array({Ordered::array({"<unk>", 0.0})})}, {"byte_fallback", false}};
  return from_json(skeleton(normalizer, metaspace, post, metaspace, model, {"<unk>", "<s>", "</s>"}).dump(), "the SentencePiece template");
}

TokenizerTemplate TokenizerTemplate::from_json(std::string_view json, const std::string& name) {
  const text::Json parsed = text::parse_json(json, name);  // with its messages
  auto impl = std::make_unique<Impl>();
  const text::Json& model = text::member(parsed, "model", name);
  impl->kind = kind_of(text::string_field(model, "type", name + ": model"), name);
  impl->normalizer = text::read_normalizer(text::member(parsed, "normalizer", name), name);
  impl->pre_tokenizer = text::read_pre_tokenizer(text::member(parsed, "pre_tokenizer", name), name);
  try {
    impl->json = Ordered::parse(json);
    for (const char* key : {"added_tokens", "pre_tokenizer", "post_processor", "truncation", "padding"}) impl->json.emplace(key, nullptr);
    impl->special_tokens = special_tokens_of(impl->json);
    Ordered& fields = impl->json["model"];
    add_unknown(fields, impl->special_tokens);
    impl->continuing_prefix = string_of(fields, "continuing_subword_prefix");
    impl->word_suffix = string_of(fields, "end_of_word_suffix");
    if (has_kind(impl->json["pre_tokenizer"], "ByteLevel")) impl->initial_alphabet = byte_alphabet();
    impl->json["added_tokens"] = added_tokens(impl->special_tokens, impl->json["added_tokens"]);
    NewIds{impl->special_tokens}.renew(impl->json["post_processor"]);
    for (const char* key : {"vocab", "merges"}) fields.erase(key);
    for (const char* key : {"truncation", "padding"}) impl->json[key] = nullptr;
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorCode::corrupt, name + ": " + error.what());
  }
  return TokenizerTemplate(std::move(impl));
}

TokenizerKind TokenizerTemplate::kind() const noexcept { return impl_->kind; }
const std::vector<std::string>& TokenizerTemplate::special_tokens() const noexcept { return impl_->special_tokens; }
const std::vector<char32_t>& TokenizerTemplate::initial_alphabet() const noexcept { return impl_->initial_alphabet; }
const std::string& TokenizerTemplate::continuing_prefix() const noexcept { return impl_->continuing_prefix; }
const std::string& TokenizerTemplate::word_suffix() const noexcept { return impl_->word_suffix; }

void TokenizerTemplate::split_into(std::string_view text, std::string& normalized,
                                   std::vector<std::pair<std::size_t, std::size_t>>& words) const {
  text::NormalizedText rewritten(text);
  if (impl_->normalizer) impl_->normalizer->apply(rewritten);
  if (rewritten.text().empty()) return;
  std::vector<text::WordRange> ranges = {{0, rewritten.text().size()}};
  if (impl_->pre_tokenizer) impl_->pre_tokenizer->split(rewritten, ranges);
  for (const text::WordRange& range : ranges) words.emplace_back(range.begin, range.end);
  normalized = rewritten.text();
}

std::string TokenizerTemplate::fill(const TrainedVocabulary& vocabulary) const {
  const std::vector<std::string>& special = impl_->special_tokens;
  require(vocabulary.pieces.size() >= special.size() && std::equal(special.begin(), special.end(), vocabulary.pieces.begin()),
          "a vocabulary must begin with the special tokens of its template");
  require(impl_->kind != TokenizerKind::unigram || vocabulary.scores.size() == vocabulary.pieces.size(),
          "a Unigram vocabulary needs a score for each piece");
  Ordered out = impl_->json;
  Ordered& model = out["model"];
  if (impl_->kind == TokenizerKind::unigram) {
    Ordered pieces = Ordered::array();
    for (std::size_t id = 0; id < vocabulary.pieces.size(); ++id) pieces.push_back({vocabulary.pieces[id], vocabulary.scores[id]});
    model["vocab"] = std::move(pieces);
    return out.dump(2);
  }
  model["vocab"] = numbered(vocabulary.pieces);
  if (impl_->kind == TokenizerKind::bpe) {
    Ordered merges = Ordered::array();
    for (const auto& [left, right] : vocabulary.merges) {
      require(static_cast<std::size_t>(left) < vocabulary.pieces.size() && static_cast<std::size_t>(right) < vocabulary.pieces.size(),
              "a merge names a piece outside of the vocabulary");
      merges.push_back({vocabulary.pieces[static_cast<std::size_t>(left)], vocabulary.pieces[static_cast<std::size_t>(right)]});
    }
    model["merges"] = std::move(merges);
  }
  return out.dump(2);
}

std::string tokenizer_json(const WordPieceParts& parts) {
  const auto id_of = [&](const std::string& piece) {
    const auto found = std::find(parts.pieces.begin(), parts.pieces.end(), piece);
    require(found != parts.pieces.end(), "the vocabulary lacks a special token");
    return found - parts.pieces.begin();
  };
  Ordered json = Ordered::parse(TokenizerTemplate::bert(parts.lowercase).fill({{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}, {}, {}}));
  json["normalizer"]["clean_text"] = parts.clean_text;
  json["normalizer"]["handle_chinese_chars"] = parts.handle_chinese_chars;
  json["normalizer"]["strip_accents"] = parts.strip_accents;
  json["added_tokens"] = Ordered::array();
  for (const std::string* token : {&parts.pad, &parts.unknown, &parts.cls, &parts.sep, &parts.mask}) {
    Ordered added = added_tokens({*token}, Ordered::array())[0];
    added["id"] = id_of(*token);
    json["added_tokens"].push_back(std::move(added));
  }
  json["post_processor"] = {{"type", "BertProcessing"},
                            {"sep", Ordered::array({parts.sep, id_of(parts.sep)})},
                            {"cls", Ordered::array({parts.cls, id_of(parts.cls)})}};
  json["decoder"]["prefix"] = parts.continuing_prefix;
  Ordered& model = json["model"];
  model["unk_token"] = parts.unknown;
  model["continuing_subword_prefix"] = parts.continuing_prefix;
  model["max_input_chars_per_word"] = parts.max_chars_per_word;
  model["vocab"] = numbered(parts.pieces);
  return json.dump(2);
}

}  // namespace akin
