// The patterns that byte-level tokenizers cut a text into words with, written out by hand: those of GPT-2 and of cl100k with its kin
// (LLaMA 3, Qwen 2). A table finds them by their exact text; what is not in it is left to Regex, which is also what these are tested
// against (word_scanner_test.cc). Every character belongs to a word, so a text of n bytes is read once.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "akin/base/utf8.h"
#include "byte_masks.h"
#include "code_point_classes.h"
#include "word_cache.h"

namespace akin::text {

struct WordRules {
  bool any_prefix = false;      ///< a word of letters may take one character before it that is no letter, number or line end; else a space
  std::uint8_t max_digits = 0;  ///< of a number; 0: any number of them, and it may take a space before it
  bool line_ends = false;       ///< symbols take the line ends behind them, white space goes to its last line end
  bool fold_contractions = false;  ///< 's, 't, 're, 've, 'm, 'll, 'd are words also in capitals
  friend bool operator==(const WordRules&, const WordRules&) = default;
};

inline constexpr WordRules kGpt2Words = {};
inline constexpr WordRules kLlama3Words = {.any_prefix = true, .max_digits = 3, .line_ends = true, .fold_contractions = true};
inline constexpr WordRules kQwen2Words = {.any_prefix = true, .max_digits = 1, .line_ends = true, .fold_contractions = true};

/// A regular expression that is one of those above.
struct KnownWordPattern {
  std::string_view regex;
  WordRules rules;
};
std::span<const KnownWordPattern> known_word_patterns() noexcept;
/// The rules of a regular expression, null if it is not known.
const WordRules* find_word_rules(std::string_view regex) noexcept;

/// The end of a contraction that begins at the apostrophe `at`; `at` itself if there is none.
template <WordRules rules>
std::size_t contraction_end(std::string_view text, std::size_t at) noexcept {
  const auto letter = [&](std::size_t i) {
    const char c = i < text.size() ? text[i] : '\0';
    return rules.fold_contractions && c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  };
  const char first = letter(at + 1);
  const char second = letter(at + 2);
  if ((first == 'r' && second == 'e') || (first == 'v' && second == 'e') || (first == 'l' && second == 'l')) return at + 3;
  if (first == 's' || first == 't' || first == 'm' || first == 'd') return at + 2;
  // The long s, U+017F, is a small letter of S too.
  if (rules.fold_contractions && text.substr(at + 1).starts_with("\xC5\xBF")) return at + 3;
  return at;
}

/// Cuts one word after another off a text.
template <WordRules rules>
class WordScanner {
 public:
  WordScanner(std::string_view text, const CodePointClasses& classes) noexcept : text_(text), classes_(classes) {}

  /// The end of the word that begins at `at` < text.size().
  [[nodiscard]] std::size_t next(std::size_t at) const;

 private:
  using Class = CodePointClasses::Class;
  struct Char {
    Class kind = CodePointClasses::other;
    std::uint32_t length = 0;
  };
  [[nodiscard]] Char char_at(std::size_t at) const;
  [[nodiscard]] Class kind_at(std::size_t at) const { return char_at(at).kind; }
  [[nodiscard]] bool is_line_end(std::size_t at) const noexcept { return at < text_.size() && (text_[at] == '\n' || text_[at] == '\r'); }
  [[nodiscard]] std::size_t run(std::size_t at, Class kind) const;
  [[nodiscard]] std::size_t symbols(std::size_t at) const;
  [[nodiscard]] std::size_t digits(std::size_t at) const;
  [[nodiscard]] std::size_t white_space(std::size_t at) const;

  std::string_view text_;
  const CodePointClasses& classes_;
};

namespace detail {

constexpr std::array<CodePointClasses::Class, 128> make_ascii_classes() {
  std::array<CodePointClasses::Class, 128> out{};
  for (unsigned c = 0; c < 128; ++c) {
    if ((c >= '\t' && c <= '\r') || c == ' ') out[c] = CodePointClasses::space;
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) out[c] = CodePointClasses::letter;
    if (c >= '0' && c <= '9') out[c] = CodePointClasses::number;
  }
  return out;
}
inline constexpr std::array<CodePointClasses::Class, 128> kAsciiClasses = make_ascii_classes();

// How many of eight bytes, from the low one on, are ASCII letters.
inline unsigned leading_letters(std::uint64_t bytes) noexcept {
  const std::uint64_t letters = in_range((bytes & ~kHighs) | kOnes * 0x20, 'a', 'z' + 1) & ~bytes;
  return static_cast<unsigned>(std::countr_zero(~letters & kHighs)) / 8;
}

}  // namespace detail

template <WordRules rules>
inline typename WordScanner<rules>::Char WordScanner<rules>::char_at(std::size_t at) const {
  const auto byte = static_cast<unsigned char>(text_[at]);
  if (byte < 0x80) return {detail::kAsciiClasses[byte], 1};
  const DecodedChar c = decode_utf8(text_, at);
  return {classes_.of(c.code_point), c.length};
}

template <WordRules rules>
inline std::size_t WordScanner<rules>::run(std::size_t at, Class kind) const {
  if (kind == CodePointClasses::letter) {
    for (unsigned n = 8; n == 8; at += n) n = detail::leading_letters(load8(text_, at));
  }
  while (at < text_.size()) {
    const Char c = char_at(at);
    if (c.kind != kind) break;
    at += c.length;
  }
  return at;
}

template <WordRules rules>
inline std::size_t WordScanner<rules>::symbols(std::size_t at) const {
  at = run(at, CodePointClasses::other);
  if constexpr (rules.line_ends) {
    while (is_line_end(at)) ++at;
  }
  return at;
}

template <WordRules rules>
inline std::size_t WordScanner<rules>::digits(std::size_t at) const {
  if constexpr (rules.max_digits == 0) return run(at, CodePointClasses::number);
  for (unsigned n = 0; n < rules.max_digits && at < text_.size(); ++n) {
    const Char c = char_at(at);
    if (c.kind != CodePointClasses::number) break;
    at += c.length;
  }
  return at;
}

// White space goes to the end of the text or to its last line end; else all but its last character, which the next word may take.
template <WordRules rules>
std::size_t WordScanner<rules>::white_space(std::size_t at) const {
  std::size_t last = at;      // where the last character begins
  std::size_t line_end = at;  // behind the last line end
  std::size_t end = at;
  while (end < text_.size()) {
    const Char c = char_at(end);
    if (c.kind != CodePointClasses::space) break;
    last = end;
    if (rules.line_ends && is_line_end(end)) line_end = end + 1;
    end += c.length;
  }
  if (line_end > at) return line_end;
  return end == text_.size() || last == at ? end : last;
}

template <WordRules rules>
std::size_t WordScanner<rules>::next(std::size_t at) const {
  const Char first = char_at(at);
  if (first.kind == CodePointClasses::letter) return run(at + first.length, CodePointClasses::letter);
  if (first.kind == CodePointClasses::number) return digits(at);
  if (text_[at] == '\'') {
    if (const std::size_t end = contraction_end<rules>(text_, at); end != at) return end;
  }
  const std::size_t after = at + first.length;
  const bool is_last = after == text_.size();
  const Class next = is_last ? CodePointClasses::space : kind_at(after);
  if (next == CodePointClasses::letter && (text_[at] == ' ' || (rules.any_prefix && !is_line_end(at))))
    return run(after, CodePointClasses::letter);
  if (first.kind == CodePointClasses::other) return symbols(at);
  if (text_[at] == ' ' && next == CodePointClasses::other) return symbols(after);
  if (text_[at] == ' ' && next == CodePointClasses::number && rules.max_digits == 0) return digits(after);
  return white_space(at);
}

}  // namespace akin::text
