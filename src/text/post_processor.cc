#include "post_processor.h"

#include <algorithm>
#include <utility>

#include "akin/base/utf8.h"
#include "byte_level.h"
#include "unicode.h"

namespace akin::text {
namespace {

struct SpaceCounts {
  std::size_t leading = 0;
  std::size_t trailing = 0;
};

// White space at the ends of a piece, spaces as byte characters too.
SpaceCounts count_spaces(std::string_view piece) {
  SpaceCounts out;
  bool leading = true;
  for (std::size_t at = 0; at < piece.size();) {
    const DecodedChar c = decode_utf8(piece, at);
    at += c.length;
    if (byte_of_character(c.code_point) == ' ' || is_space(c.code_point)) {
      if (leading) ++out.leading;
      ++out.trailing;
    } else {
      leading = false;
      out.trailing = 0;
    }
  }
  return out;
}

std::uint32_t character_before(std::string_view text, std::uint32_t end) {
  do --end;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80);
  return end;
}

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

void add_trim(const Json& json, const std::string& where, Template& out) {
  const OffsetTrim trim = {bool_field(json, "add_prefix_space", true, where)};
  if (bool_field(json, "trim_offsets", true, where)) out.trims.push_back(trim);
}

Template read_byte_level(const Json& json, const std::string& where, int) {
  Template out;
  add_trim(json, where, out);
  return out;
}

Template read_roberta(const Json& json, const std::string& where, int) {
  const std::vector<std::int32_t> cls = {read_token_id(json, "cls", where)};
  const std::vector<std::int32_t> sep = {read_token_id(json, "sep", where)};
  Template out = {.single = {{-1, 0, cls}, {0, 0, {}}, {-1, 0, sep}},
                  .pair = {{-1, 0, cls}, {0, 0, {}}, {-1, 0, sep}, {-1, 0, sep}, {1, 0, {}}, {-1, 0, sep}}};
  add_trim(json, where, out);
  return out;
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
    {"TemplateProcessing", read_template}, {"BertProcessing", read_bert}, {"RobertaProcessing", read_roberta},
    {"ByteLevel", read_byte_level},        {"Sequence", read_sequence},
};

bool adds_tokens(const Template& part) { return part.n_special(true) > 0 || part.n_special(false) > 0; }

// Parts that trim offsets, and one that adds tokens, behind which none may trim.
Template read_sequence(const Json& json, const std::string& where, int depth) {
  Template out;
  for (const Json& item : array_field(json, "processors", where)) {
    Template part = read_kind<Template>(kKinds, item, where, depth + 1);
    const bool added = adds_tokens(out);
    if (added && (adds_tokens(part) || !part.trims.empty()))
      throw Error(ErrorCode::unsupported, where + ": a post-processor behind the one that adds tokens is not supported");
    part.trims.insert(part.trims.begin(), out.trims.begin(), out.trims.end());
    if (added) part = {std::move(out.single), std::move(out.pair), std::move(part.trims)};
    out = std::move(part);
  }
  return out;
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

void OffsetTrim::apply(std::string_view text, const std::vector<std::string_view>& pieces, std::vector<TextSpan>& offsets) const {
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    TextSpan& span = offsets[i];
    SpaceCounts spaces = count_spaces(pieces[i]);
    const bool first = i == 0 || span.begin == 0;
    if (first && prefix_space && spaces.leading > 0) --spaces.leading;
    for (std::size_t n = 0; n < spaces.leading && span.begin < span.end; ++n)
      span.begin = std::min(span.end, span.begin + decode_utf8(text, span.begin).length);
    std::uint32_t end = span.end;
    std::size_t n = 0;
    for (; n < spaces.trailing && end > 0; ++n) end = character_before(text, end);
    if (n == spaces.trailing) span.end = std::max(end, span.begin);
  }
}

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
