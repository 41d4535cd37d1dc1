#include "rtf_tokens.h"

#include <algorithm>

namespace akin::documents {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

}  // namespace

RtfToken RtfTokens::next() {
  while (!bytes_.empty() && (bytes_[0] == '\r' || bytes_[0] == '\n' || bytes_[0] == '\0')) bytes_.remove_prefix(1);
  if (bytes_.empty()) return {};
  const char c = bytes_[0];
  if (c == '{' || c == '}') {
    bytes_.remove_prefix(1);
    return {c == '{' ? RtfKind::begin : RtfKind::end, {}};
  }
  if (c == '\\') return control();
  const std::string_view text = bytes_.substr(0, std::min(bytes_.find_first_of(std::string_view("{}\\\r\n\0", 6)), bytes_.size()));
  bytes_.remove_prefix(text.size());
  return {RtfKind::text, text};
}

RtfToken RtfTokens::control() {
  bytes_.remove_prefix(1);
  if (bytes_.empty()) return {};
  if (is_letter(bytes_[0])) return word();
  const RtfToken token{RtfKind::symbol, bytes_.substr(0, 1)};
  bytes_.remove_prefix(1);
  if (token.text != "'") return token;
  if (bytes_.size() < 2 || hex_value(bytes_[0]) < 0 || hex_value(bytes_[1]) < 0) return {RtfKind::text, {}};
  const RtfToken byte{RtfKind::byte, {}, true, hex_value(bytes_[0]) * 16 + hex_value(bytes_[1])};
  bytes_.remove_prefix(2);
  return byte;
}

RtfToken RtfTokens::word() {
  constexpr std::size_t kLongest = 32;  // as the specification says
  std::size_t end = 0;
  while (end < bytes_.size() && end < kLongest && is_letter(bytes_[end])) ++end;
  RtfToken token{RtfKind::word, bytes_.substr(0, end)};
  const bool negative = end + 1 < bytes_.size() && bytes_[end] == '-' && is_digit(bytes_[end + 1]);
  if (negative) ++end;
  for (int i = 0; end < bytes_.size() && is_digit(bytes_[end]); ++end, ++i) {
    token.has_value = true;
    if (i < 9) token.value = token.value * 10 + (bytes_[end] - '0');
  }
  if (negative) token.value = -token.value;
  if (end < bytes_.size() && bytes_[end] == ' ') ++end;
  bytes_.remove_prefix(end);
  return token;
}

void RtfTokens::skip(std::size_t n) noexcept { bytes_.remove_prefix(std::min(n, bytes_.size())); }

}  // namespace akin::documents
