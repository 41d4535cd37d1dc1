#include "filter_lexer.h"

#include <algorithm>
#include <array>

#include "akin/base/utf8.h"

namespace akin::store {
namespace {

constexpr std::string_view kSigns = "=!<>^";
constexpr std::array<std::string_view, 5> kKeywords = {"and", "or", "not", "in", "exists"};
constexpr std::array<std::string_view, 9> kOperators = {"=", "!=", "<", "<=", ">", ">=", "^=", "in", "exists"};
/// Bytes shown before and behind a place.
constexpr std::size_t kShown = 60;

bool is_space(char c) noexcept { return static_cast<unsigned char>(c) <= ' ' || c == '\x7F'; }
bool is_quote(char c) noexcept { return c == '"' || c == '\''; }
bool is_sign(char c) noexcept { return kSigns.find(c) != std::string_view::npos; }
bool is_continuation(char c) noexcept { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

std::size_t end_of_word(std::string_view text, std::size_t at, bool is_value) noexcept {
  const auto ends = [&](char c) { return is_space(c) || c == '(' || c == ')' || c == ',' || (!is_value && is_sign(c)); };
  while (at < text.size() && !ends(text[at])) ++at;
  return at;
}

Token read_quoted(std::string_view filter, std::size_t begin) {
  Token token{TokenKind::quoted, {}, begin, filter.size()};
  for (std::size_t i = begin + 1; i < filter.size(); ++i) {
    const bool escaped = filter[i] == '\\' && i + 1 < filter.size() && (is_quote(filter[i + 1]) || filter[i + 1] == '\\');
    if (filter[i] == filter[begin]) {
      token.end = i + 1;
      return token;
    }
    if (escaped) ++i;
    token.text += filter[i];
  }
  return {TokenKind::broken, "the quotation mark has no end", begin, filter.size()};
}

}  // namespace

Token read_token(std::string_view filter, std::size_t from, bool is_value) {
  std::size_t at = from;
  while (at < filter.size() && is_space(filter[at])) ++at;
  const auto token = [&](TokenKind kind, std::size_t end) { return Token{kind, std::string(filter.substr(at, end - at)), at, end}; };
  if (at >= filter.size()) return token(TokenKind::end, at);
  const char first = filter[at];
  if (first == '(') return token(TokenKind::open, at + 1);
  if (first == ')') return token(TokenKind::close, at + 1);
  if (first == ',') return token(TokenKind::comma, at + 1);
  if (is_quote(first)) return read_quoted(filter, at);
  if (!is_sign(first)) return token(TokenKind::word, end_of_word(filter, at, is_value));
  std::size_t end = at;
  while (end < filter.size() && is_sign(filter[end])) ++end;
  return token(TokenKind::sign, end);
}

bool is_word(const Token& token, std::string_view word) noexcept {
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b; };
  return token.kind == TokenKind::word && std::equal(token.text.begin(), token.text.end(), word.begin(), word.end(), same);
}

bool is_plain_value(std::string_view text) {
  const Token token = read_token(text, 0, true);
  return token.kind == TokenKind::word && token.text == text;
}

bool is_plain_field(std::string_view text) {
  const Token token = read_token(text, 0, false);
  return token.kind == TokenKind::word && token.text == text &&
         std::none_of(kKeywords.begin(), kKeywords.end(), [&](std::string_view word) { return is_word(token, word); });
}

std::string_view sign_of(FilterOperator op) noexcept { return kOperators[static_cast<std::size_t>(op)]; }

std::string point_at(std::string_view filter, std::size_t at, const std::string& message) {
  std::size_t begin = at - std::min(at, kShown);
  while (begin < at && is_continuation(filter[begin])) ++begin;
  std::size_t end = std::min(filter.size(), at + kShown);
  while (end < filter.size() && is_continuation(filter[end])) ++end;
  const auto shown = [](std::string_view text) {
    std::size_t n_replaced = 0;
    std::string line = replace_invalid_utf8(text, n_replaced);
    std::replace_if(
        line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; }, ' ');
    return line;
  };
  const std::string before = (begin > 0 ? "…" : "") + shown(filter.substr(begin, at - begin));
  const std::string behind = shown(filter.substr(at, end - at)) + (end < filter.size() ? "…" : "");
  return "column " + std::to_string(count_code_points(filter.substr(0, at)) + 1) + ": " + message + "\n  " + before + behind + "\n  " +
         std::string(count_code_points(before), ' ') + "^";
}

}  // namespace akin::store
