#include "folder_options.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace akin::text {
namespace {

// Classes whose options default to those of BERT when tokenizer_config.json leaves them out.
constexpr std::string_view kBertClasses[] = {"BertTokenizer",   "DistilBertTokenizer", "ElectraTokenizer", "ConvBertTokenizer",
                                             "FunnelTokenizer", "LayoutLMTokenizer",   "LxmertTokenizer",  "MobileBertTokenizer",
                                             "MPNetTokenizer",  "SqueezeBertTokenizer"};
// Classes that set how offsets are trimmed.
constexpr std::string_view kRobertaClasses[] = {"RobertaTokenizer", "BartTokenizer",       "BlenderbotTokenizer",
                                                "LEDTokenizer",     "LongformerTokenizer", "MvpTokenizer"};

// Classes that make their own template from add_bos_token and add_eos_token, with their defaults.
struct TemplateClass {
  std::string_view name;
  const char* bos;
  const char* eos;
  bool add_bos;
};
constexpr TemplateClass kTemplateClasses[] = {
    {"LlamaTokenizer", "<s>", "</s>", true},
    {"GemmaTokenizer", "<bos>", "<eos>", true},
    {"CohereTokenizer", "<BOS_TOKEN>", "<|END_OF_TURN_TOKEN|>", true},
    {"GPTNeoXTokenizer", "<|endoftext|>", "<|endoftext|>", false},
};

constexpr const char* kSpecialKeys[] = {"bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"};

template <class Classes>
bool is_one_of(const Classes& classes, std::string_view name) {
  return std::find(std::begin(classes), std::end(classes), name) != std::end(classes);
}

// The member of an object, made if it is not there. (operator[] of Json always makes one.)
Json& slot(Json& object, const char* key) {
  const auto there = object.find(key);
  return there != object.end() ? *there : object[key];
}

// A member of `tokenizer` that is an object of a kind, else null.
Json* part_of_kind(Json& tokenizer, const char* key, std::string_view type) {
  const auto part = tokenizer.find(key);
  if (part == tokenizer.end() || !part->is_object() || part->value("type", Json()) != type) return nullptr;
  return &*part;
}

void override_normalizer(Json& tokenizer, const Json& config) {
  Json* normalizer = part_of_kind(tokenizer, "normalizer", "BertNormalizer");
  if (normalizer == nullptr) return;
  const std::string name = tokenizer_class(config);
  const bool is_bert = is_one_of(kBertClasses, name);
  const auto set = [&](const char* key, const char* option, const Json& bert_default) {
    if (config.contains(option)) {
      slot(*normalizer, key) = config.at(option);
    } else if (is_bert) {
      slot(*normalizer, key) = bert_default;
    }
  };
  set("lowercase", "do_lower_case", true);
  set("strip_accents", "strip_accents", nullptr);
  if (name != "MPNetTokenizer") set("handle_chinese_chars", "tokenize_chinese_chars", true);
}

void override_prefix_space(Json& tokenizer, const Json& config) {
  const Json wanted = config.value("add_prefix_space", Json(false));
  if (!wanted.is_boolean()) return;
  if (Json* part = part_of_kind(tokenizer, "pre_tokenizer", "ByteLevel")) slot(*part, "add_prefix_space") = wanted;
  if (tokenizer_class(config) == "BloomTokenizer" && wanted == true) {
    Json* sequence = part_of_kind(tokenizer, "pre_tokenizer", "Sequence");
    if (sequence == nullptr || !sequence->contains("pretokenizers") || !sequence->at("pretokenizers").is_array()) return;
    for (Json& part : sequence->at("pretokenizers")) {
      if (part.is_object() && part.contains("add_prefix_space")) slot(part, "add_prefix_space") = true;
    }
  }
}

void override_trim(Json& tokenizer, const Json& config) {
  if (!is_one_of(kRobertaClasses, tokenizer_class(config))) return;
  for (const char* type : {"RobertaProcessing", "ByteLevel"}) {
    Json* part = part_of_kind(tokenizer, "post_processor", type);
    if (part == nullptr) continue;
    slot(*part, "add_prefix_space") = config.value("add_prefix_space", Json(false));
    slot(*part, "trim_offsets") = config.value("trim_offsets", Json(true));
  }
}

/// The ids of a tokenizer.json by content.
class Ids {
 public:
  explicit Ids(const Json& tokenizer) {
    const auto model = tokenizer.find("model");
    if (model == tokenizer.end() || !model->is_object() || !model->contains("vocab")) return;
    vocab_ = &model->at("vocab");
    n_model_ = vocab_->size();
  }

  [[nodiscard]] std::optional<std::uint64_t> in_model(const std::string& content) {
    if (vocab_ == nullptr) return std::nullopt;
    if (pieces_.empty()) read_pieces();
    const auto found = pieces_.find(content);
    return found == pieces_.end() ? std::nullopt : std::optional(found->second);
  }
  [[nodiscard]] std::uint64_t n_model() const { return n_model_; }

 private:
  // {"piece": id} or [["piece", score] …]
  void read_pieces() {
    for (auto member = vocab_->begin(); vocab_->is_object() && member != vocab_->end(); ++member) {
      if (member->is_number_unsigned()) pieces_[member.key()] = member->get<std::uint64_t>();
    }
    for (std::size_t i = 0; vocab_->is_array() && i < vocab_->size(); ++i) {
      const Json& piece = (*vocab_)[i];
      if (piece.is_array() && !piece.empty() && piece[0].is_string()) pieces_.emplace(piece[0].get<std::string>(), i);
    }
  }

  const Json* vocab_ = nullptr;
  std::uint64_t n_model_ = 0;
  std::unordered_map<std::string, std::uint64_t> pieces_;
};

/// The "added_tokens" of a tokenizer.json, an array.
class Added {
 public:
  Added(Json& tokens, const Ids& ids) : tokens_(tokens), next_id_(ids.n_model()) {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      if (!tokens[i].is_object()) continue;
      const auto content = tokens[i].find("content");
      if (content != tokens[i].end() && content->is_string()) places_.emplace(content->get<std::string>(), i);
      const auto id = tokens[i].find("id");
      if (id != tokens[i].end() && id->is_number_unsigned()) next_id_ = std::max(next_id_, id->get<std::uint64_t>() + 1);
    }
  }

  [[nodiscard]] const Json* find(const std::string& content) const {
    const auto place = places_.find(content);
    return place == places_.end() ? nullptr : &tokens_[place->second];
  }

  /// Adds the token, or gives one of that content its flags.
  void put(Ids& ids, Json token) {
    const auto content = token.at("content").get<std::string>();
    if (content.empty()) return;
    if (const auto place = places_.find(content); place != places_.end()) {
      slot(token, "id") = tokens_[place->second].value("id", Json());
      tokens_[place->second] = std::move(token);
      return;
    }
    const std::optional<std::uint64_t> in_model = ids.in_model(content);
    slot(token, "id") = in_model ? *in_model : next_id_;
    if (!in_model || *in_model >= next_id_) next_id_ = token.at("id").get<std::uint64_t>() + 1;
    places_.emplace(content, tokens_.size());
    tokens_.push_back(std::move(token));
  }

  /// Adds a special token, which is a string or an object, unless there is one of that content.
  void put_special(Ids& ids, const Json& value) {
    Json token = value.is_object() ? value : Json{{"content", value}};
    slot(token, "special") = true;
    const auto content = token.find("content");
    if (content == token.end() || !content->is_string() || find(content->get<std::string>()) != nullptr) return;
    put(ids, std::move(token));
  }

 private:
  Json& tokens_;
  std::unordered_map<std::string, std::size_t> places_;
  std::uint64_t next_id_;
};

// Tokens of the configuration that the file lacks, or has with other flags.
void add_tokens(Json& tokenizer, const Json& config, const std::string& where) {
  Json& added = slot(tokenizer, "added_tokens");
  if (added.is_null()) added = Json::array();
  if (!added.is_array()) return;  // is refused later
  Ids ids(tokenizer);
  const Json& decoder = member(config, "added_tokens_decoder", where);
  std::map<std::uint64_t, const Json*> in_order;
  if (decoder.is_object()) {
    for (const auto& [key, token] : decoder.items()) {
      const bool is_number = !key.empty() && key.size() < 9 && key.find_first_not_of("0123456789") == std::string::npos;
      if (is_number && token.is_object() && token.value("content", Json()).is_string()) in_order[std::stoul(key)] = &token;
    }
  }
  Added list(added, ids);
  for (const auto& [id, token] : in_order) list.put(ids, *token);
  for (const char* key : kSpecialKeys) list.put_special(ids, member(config, key, where));
  const Json& more = member(config, "additional_special_tokens", where);
  if (more.is_array()) {
    for (const Json& token : more) list.put_special(ids, token);
  }
}

void override_template(Json& tokenizer, const Json& config, const std::string& where) {
  const std::string name = tokenizer_class(config);
  const auto* const row =
      std::find_if(std::begin(kTemplateClasses), std::end(kTemplateClasses), [&](const TemplateClass& c) { return c.name == name; });
  if (row == std::end(kTemplateClasses)) return;
  Json single = Json::array();
  Json second = Json::array();
  Json tokens = Json::object();
  Ids ids(tokenizer);
  const Added added(slot(tokenizer, "added_tokens"), ids);
  const auto put = [&](const char* key, const char* fallback) {
    std::string token = special_token(config, key, where);
    if (token.empty()) token = fallback;
    const Json* there = added.find(token);
    Json id = there != nullptr ? there->value("id", Json()) : Json();
    if (const auto in_model = ids.in_model(token); id.is_null() && in_model) id = *in_model;
    if (id.is_null()) throw Error(ErrorCode::corrupt, where + ": the " + key + " '" + token + "' is not in the vocabulary");
    slot(tokens, token.c_str()) = {{"id", token}, {"ids", Json::array({id})}, {"tokens", Json::array({token})}};
    single.push_back({{"SpecialToken", {{"id", token}, {"type_id", 0U}}}});
    second.push_back({{"SpecialToken", {{"id", token}, {"type_id", 1U}}}});
  };
  if (bool_field(config, "add_bos_token", row->add_bos, where)) put("bos_token", row->bos);
  single.push_back({{"Sequence", {{"id", "A"}, {"type_id", 0U}}}});
  second.push_back({{"Sequence", {{"id", "B"}, {"type_id", 1U}}}});
  if (bool_field(config, "add_eos_token", false, where)) put("eos_token", row->eos);
  Json pair = single;
  pair.insert(pair.end(), second.begin(), second.end());
  slot(tokenizer, "post_processor") = {{"type", "TemplateProcessing"}, {"single", single}, {"pair", pair}, {"special_tokens", tokens}};
}

}  // namespace

std::string tokenizer_class(const Json& config) {
  const Json name = config.is_object() ? config.value("tokenizer_class", Json()) : Json();
  if (!name.is_string()) return "";
  auto out = name.get<std::string>();
  if (out.ends_with("Fast")) out.resize(out.size() - 4);
  return out;
}

std::string special_token(const Json& config, const char* key, const std::string& where) {
  const Json& value = member(config, key, where);
  if (value.is_null()) return "";
  return value.is_object() ? string_field(value, "content", where) : string_field(config, key, where);
}

void apply_folder_options(Json& tokenizer, const Json& config, const std::string& where) {
  if (!config.is_object() || !tokenizer.is_object()) return;
  override_normalizer(tokenizer, config);
  override_prefix_space(tokenizer, config);
  override_trim(tokenizer, config);
  add_tokens(tokenizer, config, where);
  override_template(tokenizer, config, where);
}

}  // namespace akin::text
