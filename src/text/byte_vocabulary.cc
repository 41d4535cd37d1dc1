#include "byte_vocabulary.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "akin/base/mapped_file.h"
#include "folder_options.h"
#include "word_scanner.h"

namespace akin::text {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFileBytes = std::size_t{1} << 28;

struct SpecialToken {
  const char* key;
  const char* content;
};
constexpr SpecialToken kGpt2Tokens[] = {{"unk_token", "<|endoftext|>"}, {"bos_token", "<|endoftext|>"}, {"eos_token", "<|endoftext|>"}};
constexpr SpecialToken kRobertaTokens[] = {{"bos_token", "<s>"},   {"eos_token", "</s>"},  {"sep_token", "</s>"},   {"cls_token", "<s>"},
                                           {"unk_token", "<unk>"}, {"pad_token", "<pad>"}, {"mask_token", "<mask>"}};
constexpr SpecialToken kClipTokens[] = {
    {"unk_token", "<|endoftext|>"}, {"bos_token", "<|startoftext|>"}, {"eos_token", "<|endoftext|>"}, {"pad_token", "<|endoftext|>"}};
constexpr SpecialToken kQwen2Tokens[] = {{"unk_token", "<|endoftext|>"}, {"eos_token", "<|endoftext|>"}, {"pad_token", "<|endoftext|>"}};

Json byte_level(bool prefix_space, bool use_regex) {
  return {{"type", "ByteLevel"}, {"add_prefix_space", prefix_space}, {"trim_offsets", true}, {"use_regex", use_regex}};
}

Json token_and_id(const Json& vocabulary, const Json& config, const char* key, const std::string& where) {
  const std::string token = special_token(config, key, where);
  const auto id = vocabulary.find(token);
  if (id == vocabulary.end()) throw Error(ErrorCode::corrupt, where + ": the " + key + " '" + token + "' is not in vocab.json");
  return Json::array({token, *id});
}

Json around(const Json& vocabulary, const Json& config, const char* first, const char* last, bool prefix_space, bool trims,
            const std::string& where) {
  return {{"type", "RobertaProcessing"},
          {"cls", token_and_id(vocabulary, config, first, where)},
          {"sep", token_and_id(vocabulary, config, last, where)},
          {"trim_offsets", trims},
          {"add_prefix_space", prefix_space}};
}

// What each class makes of a vocabulary, which is in out["model"]["vocab"].
using Complete = void (*)(Json& out, const Json& vocabulary, const Json& config, const std::string& where);

void complete_gpt2(Json& out, const Json& vocabulary, const Json& config, const std::string& where) {
  out["pre_tokenizer"] = byte_level(bool_field(config, "add_prefix_space", false, where), true);
  if (!bool_field(config, "add_bos_token", false, where)) return;
  const Json bos = token_and_id(vocabulary, config, "bos_token", where);
  const Json special = {{"SpecialToken", {{"id", bos[0]}, {"type_id", 0U}}}};
  const Json first = {{"Sequence", {{"id", "A"}, {"type_id", 0U}}}};
  const Json second = {{"Sequence", {{"id", "B"}, {"type_id", 1U}}}};
  Json tokens = Json::object();
  tokens[bos[0].get<std::string>()] = {{"ids", Json::array({bos[1]})}};
  out["post_processor"] = {{"type", "TemplateProcessing"},
                           {"single", Json::array({special, first})},
                           {"pair", Json::array({special, first, second})},
                           {"special_tokens", tokens}};
}

void complete_roberta(Json& out, const Json& vocabulary, const Json& config, const std::string& where) {
  const bool prefix_space = bool_field(config, "add_prefix_space", false, where);
  out["pre_tokenizer"] = byte_level(prefix_space, true);
  out["post_processor"] = around(vocabulary, config, "cls_token", "sep_token", prefix_space, true, where);
}

void complete_clip(Json& out, const Json& vocabulary, const Json& config, const std::string& where) {
  Json& model = out.at("model");
  model["unk_token"] = special_token(config, "unk_token", where);
  model["end_of_word_suffix"] = "</w>";
  out["normalizer"] = {{"type", "Sequence"},
                       {"normalizers", Json::array({{{"type", "NFC"}},
                                                    {{"type", "Replace"}, {"pattern", {{"Regex", "\\s+"}}}, {"content", " "}},
                                                    {{"type", "Lowercase"}}})}};
  const Json split = {{"type", "Split"},
                      {"pattern", {{"Regex", R"('s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+)"}}},
                      {"behavior", "Removed"},
                      {"invert", true}};
  out["pre_tokenizer"] = {{"type", "Sequence"}, {"pretokenizers", Json::array({split, byte_level(false, true)})}};
  out["post_processor"] = around(vocabulary, config, "bos_token", "eos_token", false, false, where);
}

void complete_qwen2(Json& out, const Json&, const Json& config, const std::string& where) {
  const auto known = known_word_patterns();
  const auto qwen2 = std::find_if(known.begin(), known.end(), [](const KnownWordPattern& k) { return k.rules == kQwen2Words; });
  const Json split = {{"type", "Split"}, {"pattern", {{"Regex", qwen2->regex}}}, {"behavior", "Isolated"}, {"invert", false}};
  out["normalizer"] = {{"type", "NFC"}};
  const bool prefix_space = bool_field(config, "add_prefix_space", false, where);
  out["pre_tokenizer"] = {{"type", "Sequence"}, {"pretokenizers", Json::array({split, byte_level(prefix_space, false)})}};
}

struct VocabularyClass {
  std::string_view name;
  std::string_view model_types;  // of config.json, each between spaces
  std::span<const SpecialToken> tokens;
  bool normalized;  // are its special tokens looked for in the normalised text?
  Complete complete;
};
constexpr VocabularyClass kClasses[] = {
    {"GPT2Tokenizer", " gpt2 gpt_neo gptj opt codegen phi ", kGpt2Tokens, true, complete_gpt2},
    {"RobertaTokenizer", " roberta bart longformer led mvp blenderbot data2vec-text ", kRobertaTokens, true, complete_roberta},
    {"CLIPTokenizer", " clip clip_text_model ", kClipTokens, true, complete_clip},
    {"Qwen2Tokenizer", " qwen2 qwen3 qwen2_moe qwen3_moe qwen2_vl ", kQwen2Tokens, false, complete_qwen2},
};
constexpr std::pair<std::string_view, std::string_view> kAliases[] = {
    {"BartTokenizer", "RobertaTokenizer"}, {"LongformerTokenizer", "RobertaTokenizer"}, {"LEDTokenizer", "RobertaTokenizer"},
    {"MvpTokenizer", "RobertaTokenizer"},  {"BlenderbotTokenizer", "RobertaTokenizer"}, {"CodeGenTokenizer", "GPT2Tokenizer"},
};

Json read_if_there(const fs::path& path) {
  if (!fs::exists(path)) return Json::object();
  Json json = parse_json(read_file(path, kMaxFileBytes), path.string());
  return json.is_object() ? json : Json::object();
}

std::string guess_class(const Json& vocabulary) {
  if (vocabulary.contains("<|startoftext|>") && vocabulary.contains("!</w>")) return "CLIPTokenizer";
  return vocabulary.contains("<s>") && vocabulary.contains("</s>") && vocabulary.contains("<mask>") ? "RobertaTokenizer" : "GPT2Tokenizer";
}

const VocabularyClass& find_class(const fs::path& folder, const Json& config, const Json& vocabulary) {
  std::string name = tokenizer_class(config);
  if (name.empty()) {
    const Json type = read_if_there(folder / "config.json").value("model_type", Json(""));
    for (const VocabularyClass& row : kClasses) {
      if (type.is_string() && row.model_types.find(" " + type.get<std::string>() + " ") != std::string_view::npos) return row;
    }
    name = guess_class(vocabulary);
  }
  for (const auto& [alias, of] : kAliases) {
    if (alias == name) name = of;
  }
  for (const VocabularyClass& row : kClasses) {
    if (row.name == name) return row;
  }
  throw Error(ErrorCode::unsupported,
              folder.string() + ": vocab.json and merges.txt of the class '" + name + "' are not supported without tokenizer.json");
}

// Special tokens of the folder, else of the class, with the class's flags where only their text is given.
void add_special_tokens(Json& config, const Json& map, const VocabularyClass& row) {
  const auto set = [&](const char* key, Json token) {
    if (token.is_string()) {
      const bool mask = std::string_view(key) == "mask_token";
      token = {{"content", token}, {"lstrip", mask}, {"normalized", row.normalized && !mask}, {"special", true}};
    }
    config[key] = std::move(token);
  };
  for (const char* key : {"unk_token", "bos_token", "eos_token", "sep_token", "cls_token", "pad_token", "mask_token"}) {
    const auto fallback =
        std::find_if(row.tokens.begin(), row.tokens.end(), [&](const SpecialToken& t) { return std::string_view(t.key) == key; });
    if (config.contains(key)) {
      set(key, config.at(key));
    } else if (map.contains(key)) {
      set(key, map.at(key));
    } else if (fallback != row.tokens.end()) {
      set(key, fallback->content);
    }
  }
}

// added_tokens.json: {"content": id}
void add_listed_tokens(Json& config, const Json& listed) {
  if (listed.empty() || config.contains("added_tokens_decoder")) return;
  Json decoder = Json::object();
  for (auto token = listed.begin(); token != listed.end(); ++token) {
    if (token->is_number_unsigned()) decoder[std::to_string(token->get<std::uint64_t>())] = {{"content", token.key()}};
  }
  config["added_tokens_decoder"] = std::move(decoder);
}

}  // namespace

bool has_byte_vocabulary(const fs::path& folder) { return fs::exists(folder / "vocab.json") && fs::exists(folder / "merges.txt"); }

Json read_merges(std::string_view text, const std::string& name) {
  Json out = Json::array();
  std::size_t number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    at = end + 1;
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with("#version")) continue;
    const std::size_t space = line.find(' ');
    if (space == 0 || space >= line.size() - 1 || line.find(' ', space + 1) != std::string_view::npos)
      throw Error(ErrorCode::corrupt, name + ":" + std::to_string(number) + ": a merge must be two pieces with a space between");
    out.push_back(Json::array({line.substr(0, space), line.substr(space + 1)}));
  }
  return out;
}

Json read_byte_vocabulary(const fs::path& folder, Json& config) {
  const fs::path path = folder / "vocab.json";
  const fs::path merges = folder / "merges.txt";
  Json vocabulary = parse_json(read_file(path, kMaxFileBytes), path.string());
  if (!vocabulary.is_object()) throw Error(ErrorCode::corrupt, path.string() + ": must be an object of pieces and ids");
  if (!config.is_object()) config = Json::object();
  const VocabularyClass& row = find_class(folder, config, vocabulary);
  config["tokenizer_class"] = row.name;
  add_listed_tokens(config, read_if_there(folder / "added_tokens.json"));
  add_special_tokens(config, read_if_there(folder / "special_tokens_map.json"), row);
  Json out = {{"added_tokens", Json::array()}, {"decoder", {{"type", "ByteLevel"}}}};
  out["model"] = {{"type", "BPE"}, {"merges", read_merges(read_file(merges, kMaxFileBytes), merges.string())}};
  row.complete(out, vocabulary, config, folder.string());
  out.at("model")["vocab"] = std::move(vocabulary);
  return out;
}

}  // namespace akin::text
