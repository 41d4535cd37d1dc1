// What a code point is and becomes, exactly as the reference (Hugging Face tokenizers) sees it: its categories come from
// unicode_data.inc, its decompositions and lower case from utf8proc with the listed differences. Tested by unicode_test.cc.
#pragma once

#include <array>
#include <cstdint>

namespace akin::text {

bool is_other(char32_t c) noexcept;             ///< removed by BERT's clean_text; tab, newline and carriage return are not
bool is_space(char32_t c) noexcept;             ///< White_Space
bool is_bert_punctuation(char32_t c) noexcept;  ///< stands alone in BERT's pre-tokenisation
bool is_nonspacing_mark(char32_t c) noexcept;   ///< Mn
bool is_mark(char32_t c) noexcept;              ///< Mn, Mc or Me
bool is_word(char32_t c) noexcept;              ///< \w
bool is_cjk(char32_t c) noexcept;               ///< stands alone when handle_chinese_chars is on
bool is_digit(char32_t c) noexcept;             ///< what the Digits pre-tokeniser takes for one

/// General category as the reference's regular expressions (\p{…} of Split and Replace) see it.
enum class Category : std::uint8_t {  // in utf8proc's order
  cn,
  lu,
  ll,
  lt,
  lm,
  lo,
  mn,
  mc,
  me,
  nd,
  nl,
  no,
  pc,
  pd,
  ps,
  pe,
  pi,
  pf,
  po,
  sm,
  sc,
  sk,
  so,
  zs,
  zl,
  zp,
  cc,
  cf,
  cs,
  co
};
Category category(char32_t c) noexcept;
bool is_letter(char32_t c) noexcept;      ///< \p{L}
bool is_number(char32_t c) noexcept;      ///< \p{N}
bool is_regex_word(char32_t c) noexcept;  ///< \w of Split and Replace; Whitespace has is_word()

/// What one code point becomes. 18 is the longest there is (U+FDFA under compatibility decomposition).
struct CodePoints {
  std::array<char32_t, 18> at{};
  std::uint32_t n = 0;
};

enum class Decomposition { canonical, compatibility };

CodePoints decompose(char32_t c, Decomposition kind) noexcept;
CodePoints lowercase(char32_t c) noexcept;
/// The simple upper case.
char32_t uppercase(char32_t c) noexcept;
/// Canonical combining class; 0 for starters.
std::uint32_t combining_class(char32_t c) noexcept;
/// May it be composed with the character before it? Also true for a few that are excluded from composition.
bool may_compose_backward(char32_t c) noexcept;
/// The primary composite of two code points, 0 if there is none.
char32_t compose(char32_t first, char32_t second) noexcept;

}  // namespace akin::text
