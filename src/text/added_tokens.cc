#include "added_tokens.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "unicode.h"

namespace akin::text {
namespace {

// The character that ends before `end`, at most 4 bytes back; malformed bytes count as U+FFFD.
DecodedChar char_before(std::string_view text, std::size_t end) noexcept {
  for (std::size_t length = std::min<std::size_t>(4, end); length > 1; --length) {
    const DecodedChar c = decode_utf8(text.substr(0, end), end - length);
    if (c.valid && c.length == length) return c;
  }
  return decode_utf8(text.substr(0, end), end - 1);
}

bool alone_as_word(std::string_view text, std::size_t begin, std::size_t end) noexcept {
  const bool free_before = begin == 0 || !is_word(char_before(text, begin).code_point);
  const bool free_after = end == text.size() || !is_word(decode_utf8(text, end).code_point);
  return free_before && free_after;
}

std::size_t skip_spaces_back(std::string_view text, std::size_t begin, std::size_t floor) noexcept {
  while (begin > floor) {
    const DecodedChar c = char_before(text, begin);
    if (!is_space(c.code_point)) break;
    begin -= c.length;
  }
  return begin;
}

std::size_t skip_spaces(std::string_view text, std::size_t end) noexcept {
  while (end < text.size()) {
    const DecodedChar c = decode_utf8(text, end);
    if (!is_space(c.code_point)) break;
    end += c.length;
  }
  return end;
}

std::vector<AddedToken> by_id(std::vector<AddedToken> tokens) {
  std::stable_sort(tokens.begin(), tokens.end(), [](const AddedToken& a, const AddedToken& b) { return a.id < b.id; });
  return tokens;
}

TokenFinder finder(const std::vector<AddedToken>& tokens, bool normalized, const Normalizer* normalizer) {
  std::vector<const AddedToken*> some;
  std::vector<std::string> contents;
  for (const AddedToken& token : tokens) {
    if (token.normalized != normalized) continue;
    NormalizedText content(token.content);
    if (normalized && normalizer != nullptr) normalizer->apply(content);
    some.push_back(&token);
    contents.push_back(content.text());
  }
  return {std::move(some), contents};
}

}  // namespace

TokenFinder::TokenFinder(std::vector<const AddedToken*> tokens, const std::vector<std::string>& contents)
    : tokens_(std::move(tokens)), root_(trie_.add_root()) {
  ends_.resize(2);
  int n_starts = 0;
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    if (contents[i].empty()) continue;
    const auto start = static_cast<unsigned char>(contents[i].front());
    if (!starts_[start]) {
      starts_[start] = true;
      only_start_ = ++n_starts == 1 ? start : -1;
    }
    ByteTrie::Node node = root_;
    for (const char c : contents[i]) node = trie_.add(node, static_cast<unsigned char>(c));
    ends_.resize(trie_.n_nodes() + 1);
    if (ends_[node] == nullptr) ends_[node] = tokens_[i];
  }
}

std::size_t TokenFinder::next_start(std::string_view text, std::size_t at) const noexcept {
  if (only_start_ >= 0) {
    const void* found = std::memchr(text.data() + at, only_start_, text.size() - at);
    return found == nullptr ? text.size() : static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
  }
  while (at < text.size() && !starts_[static_cast<unsigned char>(text[at])]) ++at;
  return at;
}

TokenFinder::Match TokenFinder::match_at(std::string_view text, std::size_t at) const noexcept {
  Match longest;
  ByteTrie::Node node = root_;
  while (at < text.size()) {
    node = trie_.child(node, static_cast<unsigned char>(text[at++]));
    if (node == ByteTrie::kNone) break;
    if (ends_[node] != nullptr) longest = {ends_[node], at};
  }
  return longest;
}

void TokenFinder::split(std::string_view text, std::vector<Segment>& out) const {
  std::size_t done = 0;
  std::size_t at = tokens_.empty() ? text.size() : 0;
  while ((at = at < text.size() ? next_start(text, at) : at) < text.size()) {
    const Match match = match_at(text, at);
    if (match.token == nullptr) {
      ++at;
      continue;
    }
    const AddedToken& token = *match.token;
    std::size_t begin = at;
    std::size_t end = match.end;
    at = match.end;
    if (token.single_word && !alone_as_word(text, begin, end)) continue;
    if (token.lstrip) begin = skip_spaces_back(text, begin, done);
    if (token.rstrip) end = skip_spaces(text, end);
    begin = std::max(begin, done);  // the white space that the token before took stays with it
    if (begin > done) out.push_back({nullptr, done, begin});
    out.push_back({&token, begin, end});
    done = end;
  }
  if (done < text.size()) out.push_back({nullptr, done, text.size()});
}

AddedTokens::AddedTokens(std::vector<AddedToken> tokens, const Normalizer* normalizer)
    : tokens_(by_id(std::move(tokens))), literal_(finder(tokens_, false, normalizer)), normalized_(finder(tokens_, true, normalizer)) {
  for (const AddedToken& token : tokens_) by_content_.emplace(token.content, &token);
}

const AddedToken* AddedTokens::find(std::int32_t id) const noexcept {
  const auto it =
      std::lower_bound(tokens_.begin(), tokens_.end(), id, [](const AddedToken& token, std::int32_t value) { return token.id < value; });
  return it != tokens_.end() && it->id == id ? &*it : nullptr;
}

const AddedToken* AddedTokens::find(std::string_view content) const noexcept {
  const auto it = by_content_.find(content);
  return it == by_content_.end() ? nullptr : it->second;
}

void AddedTokens::describe(Sha256& hash) const {
  hash.field("added tokens").field(std::to_string(tokens_.size()));
  for (const AddedToken& token : tokens_) {
    std::string flags = std::to_string(token.id);
    for (const bool flag : {token.single_word, token.lstrip, token.rstrip, token.normalized, token.special}) flags += flag ? " 1" : " 0";
    hash.field(token.content).field(flags);
  }
}

std::vector<AddedToken> read_added_tokens(const Json& json, const std::string& where) {
  std::vector<AddedToken> out;
  if (json.is_null()) return out;
  if (!json.is_array()) throw Error(ErrorCode::corrupt, where + ": 'added_tokens' must be an array");
  const std::string place = where + ": added token";
  for (const Json& item : json) {
    AddedToken token;
    token.content = string_field(item, "content", place);
    token.id = static_cast<std::int32_t>(unsigned_value(member(item, "id", place), 1 << 24, place + " '" + token.content + "': 'id'"));
    token.single_word = bool_field(item, "single_word", false, place);
    token.lstrip = bool_field(item, "lstrip", false, place);
    token.rstrip = bool_field(item, "rstrip", false, place);
    token.special = bool_field(item, "special", false, place);
    token.normalized = bool_field(item, "normalized", !token.special, place);
    if (!token.content.empty()) out.push_back(std::move(token));
  }
  return out;
}

}  // namespace akin::text
