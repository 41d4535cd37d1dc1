#include "static_config.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "akin/base/error.h"
#include "akin/base/mapped_file.h"

namespace akin {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

constexpr std::size_t kMaxConfigBytes = std::size_t{16} << 20;
constexpr std::size_t kModel2VecTokens = 512;  // max_length of its encode()

/// What the references take from a tokenizer.json beside the tokenizer itself, found without building the whole in memory.
class TokenizerFacts final : public nlohmann::json_sax<Json> {
 public:
  std::optional<std::size_t> max_length;     ///< of its truncation
  std::optional<std::string> unknown_piece;  ///< the model's unk_token
  std::optional<std::size_t> unknown_id;     ///< the model's unk_id (Unigram)

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t number) override {
    if (is_at("truncation", "max_length")) max_length = number;
    if (is_at("model", "unk_id")) unknown_id = number;
    return true;
  }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t& text) override {
    if (is_at("model", "unk_token")) unknown_piece = text;
    return true;
  }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return ++depth_ > 0; }
  bool key(string_t& name) override {
    if (depth_ == 1) outer_ = name;
    if (depth_ == 2) inner_ = name;
    return true;
  }
  bool end_object() override { return depth_-- > 0; }
  bool start_array(std::size_t) override { return ++depth_ > 0; }
  bool end_array() override { return depth_-- > 0; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }

 private:
  [[nodiscard]] bool is_at(std::string_view outer, std::string_view inner) const {
    return depth_ == 2 && outer_ == outer && inner_ == inner;
  }

  std::string outer_, inner_;
  std::size_t depth_ = 0;
};

Json read_config(const fs::path& path) {
  if (!fs::exists(path)) return Json::object();
  Json config = Json::parse(read_file(path, kMaxConfigBytes), nullptr, false);
  if (!config.is_object()) throw Error(ErrorCode::corrupt, path.string() + ": a JSON object is wanted");
  return config;
}

/// From 0.10 on Model2Vec writes max_length: a number, or null for none.
void read_model2vec_limits(const Json& config, const fs::path& where, StaticFiles& all) {
  StaticTable& table = all.table;
  ModelFiles& files = all.files;
  const auto length = config.find("max_length");
  table.cut_first = length != config.end();
  files.sentence.max_tokens = table.cut_first ? kNoPositionLimit : kModel2VecTokens;
  if (table.cut_first && !length->is_null()) {
    if (!length->is_number_unsigned() || *length == 0 || *length >= kNoPositionLimit)
      throw Error(ErrorCode::corrupt, where.string() + ": key 'max_length' must be a whole number above 0, found " + length->dump());
    files.sentence.max_tokens = *length;
  }
  table.cut_characters = files.sentence.max_tokens < kNoPositionLimit;
}

/// Its own switch, where modules.json has no Normalize.
void read_model2vec_normalize(const Json& config, const fs::path& where, StaticFiles& all) {
  const auto normalize = config.find("normalize");
  if (normalize == config.end() || normalize->is_null()) return;
  if (!normalize->is_boolean())
    throw Error(ErrorCode::corrupt, where.string() + ": key 'normalize' must be true or false, found " + normalize->dump());
  auto& steps = all.files.sentence.steps;
  const bool there = !steps.empty() && std::holds_alternative<NormalizeStep>(steps.back());
  if (normalize->get<bool>() && !there) steps.emplace_back(NormalizeStep{});
}

}  // namespace

void read_static_limits(const fs::path& config, const std::string& tokenizer_json, StaticFiles& all) {
  TokenizerFacts facts;
  Json::sax_parse(tokenizer_json, &facts);
  StaticTable& table = all.table;
  ModelFiles& files = all.files;
  if (!table.is_model2vec) {
    // StaticEmbedding switches the tokenizer's padding off and leaves its truncation on.
    table.cut_first = true;
    files.sentence.max_tokens = facts.max_length.value_or(kNoPositionLimit);
    return;
  }
  if (facts.unknown_piece) table.unknown_id = files.tokenizer.id_of(*facts.unknown_piece);
  if (facts.unknown_id && *facts.unknown_id < files.tokenizer.vocabulary_size())
    table.unknown_id = static_cast<std::int32_t>(*facts.unknown_id);
  const Json json = read_config(config);
  read_model2vec_limits(json, config, all);
  read_model2vec_normalize(json, config, all);
}

}  // namespace akin
