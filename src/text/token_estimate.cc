#include "akin/text/token_estimate.h"

#include <algorithm>

namespace akin {
namespace {

constexpr std::size_t kLettersOfAToken = 3;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

/// Bytes of the character at `at`, malformed ones as they come.
std::size_t length_at(std::string_view text, std::size_t at) {
  std::size_t n = 1;
  while (n < 4 && at + n < text.size() && is_continuation(text[at + n])) ++n;
  return n;
}

/// Calls take(begin, end) for each token.
template <class Take>
void walk(std::string_view text, Take&& take) {
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at + 1;
    if (is_letter(text[at])) {
      while (end < text.size() && end - at < kLettersOfAToken && is_letter(text[end])) ++end;
      take(at, end);
    } else if (text[at] == ' ' && end < text.size() && !is_blank(text[end])) {
      // One space in front of a word belongs to the word's first token.
    } else if (static_cast<unsigned char>(text[at]) < 0x80) {
      take(at, end);
    } else {
      end = at + length_at(text, at);
      for (std::size_t n = std::max<std::size_t>(1, end - at - 1); n > 0; --n) take(at, end);
    }
    at = end;
  }
}

}  // namespace

std::size_t estimate_token_count(std::string_view text) noexcept {
  std::size_t n = 0;
  walk(text, [&](std::size_t, std::size_t) { ++n; });
  return n;
}

std::vector<TextSpan> estimate_token_spans(std::string_view text) {
  std::vector<TextSpan> spans;
  walk(text, [&](std::size_t begin, std::size_t end) {
    spans.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
  });
  return spans;
}

}  // namespace akin
