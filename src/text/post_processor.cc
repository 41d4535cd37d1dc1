#include "post_processor.h"

#include <utility>

namespace akin::text {
namespace {

std::int32_t read_id(const Json& value, const std::string& where) {
  return static_cast<std::int32_t>(unsigned_value(value, 1 << 24, where + ": a token's id"));
}

// "sep": ["[SEP]", 102]
std::int32_t read_token_id(const Json& json, const char* key, const std::string& where) {
  const Json& value = array_field(json, key, where);
  if (value.size() != 2) throw Error(ErrorCode::corrupt, where + ": '" + key + "' must be a token and its id");
  return read_id(value[1], where);
}

Template read_bert(const Json& json, const std::string& where, int) {
  return bert_template(read_token_id(json, "cls", where), read_token_id(json, "sep", where));
}

Template read_roberta(const Json& json, const std::string& where, int) {
  const std::vector<std::int32_t> cls = {read_token_id(json, "cls", where)};
  const std::vector<std::int32_t> sep = {read_token_id(json, "sep", where)};
  return {.single = {{-1, 0, cls}, {0, 0, {}}, {-1, 0, sep}},
          .pair = {{-1, 0, cls}, {0, 0, {}}, {-1, 0, sep}, {-1, 0, sep}, {1, 0, {}}, {-1, 0, sep}}};
}

TemplateItem read_item(const Json& json, const Json& special_tokens, const std::string& where) {
  TemplateItem item;
  const Json& sequence = member(json, "Sequence", where);
  const bool is_sequence = !sequence.is_null();
  const Json& body = is_sequence ? sequence : member(json, "SpecialToken", where);
  const std::string id = string_field(body, "id", where);
  item.type_id = static_cast<std::int32_t>(unsigned_value(member(body, "type_id", where), 1 << 16, where + ": 'type_id'"));
  if (is_sequence) {
    if (id != "A" && id != "B") throw Error(ErrorCode::corrupt, where + ": the sequence '" + id + "' is neither A nor B");
    item.sequence = id == "A" ? 0 : 1;
    return item;
  }
  const Json& token = member(special_tokens, id.c_str(), where + ": 'special_tokens'");
  for (const Json& value : array_field(token, "ids", where + ": special token '" + id + "'")) item.ids.push_back(read_id(value, where));
  return item;
}

std::vector<TemplateItem> read_items(const Json& json, const char* key, const std::string& where) {
  std::vector<TemplateItem> out;
  const Json& special_tokens = member(json, "special_tokens", where);
  for (const Json& item : array_field(json, key, where)) out.push_back(read_item(item, special_tokens, where));
  return out;
}

Template read_template(const Json& json, const std::string& where, int) {
  return {.single = read_items(json, "single", where), .pair = read_items(json, "pair", where)};
}

Template read_sequence(const Json& json, const std::string& where, int depth);

constexpr Kind<Template> kKinds[] = {
    {"TemplateProcessing", read_template},
    {"BertProcessing", read_bert},
    {"RobertaProcessing", read_roberta},
    {"Sequence", read_sequence},
};

Template read_sequence(const Json& json, const std::string& where, int depth) {
  const Json& parts = array_field(json, "processors", where);
  if (parts.size() != 1) throw Error(ErrorCode::unsupported, where + " of more than one post-processor is not supported");
  return read_kind<Template>(kKinds, parts[0], where, depth + 1);
}

void check_ids(const std::vector<TemplateItem>& items, std::size_t n_ids, const std::string& where) {
  for (const TemplateItem& item : items) {
    for (const std::int32_t id : item.ids) {
      if (static_cast<std::size_t>(id) >= n_ids)
        throw Error(ErrorCode::corrupt, where + " names the id " + std::to_string(id) + ", the vocabulary has " + std::to_string(n_ids));
    }
  }
}

void check_sequences(const std::vector<TemplateItem>& items, int n_first, int n_second, const std::string& where) {
  int n[2] = {0, 0};
  for (const TemplateItem& item : items) {
    if (item.sequence >= 0) ++n[item.sequence];
  }
  if (n[0] != n_first || n[1] != n_second)
    throw Error(ErrorCode::unsupported, where + ": a template that does not name each of its sequences once is not supported");
}

void append(const TokenList& list, std::size_t length, const TemplateItem& item, const EncodeOptions& options, Encoding& out) {
  out.ids.insert(out.ids.end(), list.ids.begin(), list.ids.begin() + static_cast<std::ptrdiff_t>(length));
  if (options.offsets)
    out.offsets.insert(out.offsets.end(), list.offsets.begin(), list.offsets.begin() + static_cast<std::ptrdiff_t>(length));
  out.type_ids.resize(out.ids.size(), item.type_id);
  if (options.offsets) out.special.resize(out.ids.size(), 0);
}

}  // namespace

std::size_t Template::n_special(bool is_pair) const noexcept {
  std::size_t n = 0;
  for (const TemplateItem& item : is_pair ? pair : single) n += item.ids.size();
  return n;
}

void Template::apply(const TokenList& first, const TokenList* second, std::size_t first_length, std::size_t second_length,
                     const EncodeOptions& options, Encoding& out) const {
  const std::size_t total = first_length + second_length + (options.special_tokens ? n_special(second != nullptr) : 0);
  out.ids.reserve(total);
  out.type_ids.reserve(total);
  if (options.offsets) out.offsets.reserve(total);
  for (const TemplateItem& item : second != nullptr ? pair : single) {
    if (item.sequence == 0) {
      append(first, first_length, item, options, out);
    } else if (item.sequence == 1) {
      append(*second, second_length, item, options, out);
    } else if (options.special_tokens) {
      out.ids.insert(out.ids.end(), item.ids.begin(), item.ids.end());
      out.type_ids.resize(out.ids.size(), item.type_id);
      if (options.offsets) out.offsets.resize(out.ids.size());
      if (options.offsets) out.special.resize(out.ids.size(), 1);
    }
  }
}

void Template::describe(Sha256& hash) const {
  for (const std::vector<TemplateItem>* items : {&single, &pair}) {
    std::string line = "template";
    for (const TemplateItem& item : *items) {
      line += " " + std::to_string(item.sequence) + ":" + std::to_string(item.type_id);
      for (const std::int32_t id : item.ids) line += "," + std::to_string(id);
    }
    hash.field(line);
  }
}

Template bert_template(std::int32_t cls, std::int32_t sep) {
  return {.single = {{-1, 0, {cls}}, {0, 0, {}}, {-1, 0, {sep}}},
          .pair = {{-1, 0, {cls}}, {0, 0, {}}, {-1, 0, {sep}}, {1, 1, {}}, {-1, 1, {sep}}}};
}

Template read_post_processor(const Json& json, std::size_t n_ids, const std::string& where) {
  if (json.is_null()) return {};
  const std::string place = where + ": post_processor";
  Template out = read_kind<Template>(kKinds, json, place, 0);
  check_ids(out.single, n_ids, place);
  check_ids(out.pair, n_ids, place);
  check_sequences(out.single, 1, 0, place);
  check_sequences(out.pair, 1, 1, place);
  return out;
}

}  // namespace akin::text
