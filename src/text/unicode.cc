#include "unicode.h"

#include <utf8proc.h>

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <span>

namespace akin::text {
namespace {

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};
struct Mapping {
  std::uint32_t from;
  std::uint32_t to[2];  // a second 0 means one code point
};

struct CategoryRange {
  std::uint32_t first;
  std::uint32_t last;
  std::uint8_t category;
};

#include "unicode_data.inc"

bool holds(std::span<const Range> ranges, char32_t c) noexcept {
  const auto after = std::upper_bound(ranges.begin(), ranges.end(), c, [](char32_t value, const Range& r) { return value < r.first; });
  return after != ranges.begin() && c <= std::prev(after)->last;
}

const Mapping* find(std::span<const Mapping> mappings, char32_t c) noexcept {
  const auto it = std::lower_bound(mappings.begin(), mappings.end(), c, [](const Mapping& m, char32_t value) { return m.from < value; });
  return it != mappings.end() && it->from == c ? &*it : nullptr;
}

CodePoints to_code_points(const Mapping& mapping) noexcept {
  CodePoints out;
  out.at[out.n++] = mapping.to[0];
  if (mapping.to[1] != 0) out.at[out.n++] = mapping.to[1];
  return out;
}

CodePoints one(char32_t c) noexcept {
  CodePoints out;
  out.at[out.n++] = c;
  return out;
}

}  // namespace

bool is_other(char32_t c) noexcept { return holds(kOther, c); }
bool is_space(char32_t c) noexcept { return holds(kSpace, c); }
bool is_bert_punctuation(char32_t c) noexcept { return holds(kPunctuation, c); }
bool is_nonspacing_mark(char32_t c) noexcept { return c >= 0x300 && holds(kNonspacingMark, c); }
bool is_mark(char32_t c) noexcept { return c >= 0x300 && holds(kMark, c); }
bool is_word(char32_t c) noexcept { return holds(kWord, c); }

bool is_digit(char32_t c) noexcept { return is_number(c) != (c >= 0x80 && holds(kDigitsDifferences, c)); }

Category category(char32_t c) noexcept {
  const std::span<const CategoryRange> ranges = kCategoryDifferences;
  if (c >= ranges.front().first) {
    const auto after =
        std::upper_bound(ranges.begin(), ranges.end(), c, [](char32_t value, const CategoryRange& r) { return value < r.first; });
    if (const CategoryRange& range = *std::prev(after); c <= range.last) return static_cast<Category>(range.category);
  }
  return static_cast<Category>(utf8proc_get_property(static_cast<utf8proc_int32_t>(c))->category);
}

bool is_letter(char32_t c) noexcept {
  const Category kind = category(c);
  return kind >= Category::lu && kind <= Category::lo;
}

bool is_number(char32_t c) noexcept {
  const Category kind = category(c);
  return kind >= Category::nd && kind <= Category::no;
}

bool is_regex_word(char32_t c) noexcept { return is_word(c) != holds(kRegexWordDifferences, c); }

bool is_cjk(char32_t c) noexcept {
  // The reference writes 2B920 where the original BERT code has 2B820.
  return (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x2A6DF) ||
         (c >= 0x2A700 && c <= 0x2B81F) || (c >= 0x2B920 && c <= 0x2CEAF) || (c >= 0x2F800 && c <= 0x2FA1F);
}

CodePoints decompose(char32_t c, Decomposition kind) noexcept {
  if (c < 0x80) return one(c);
  const bool canonical = kind == Decomposition::canonical;
  const Mapping* difference = find(kCanonicalDifferences, c);
  if (difference == nullptr && !canonical) difference = find(kCompatibilityDifferences, c);
  if (difference != nullptr) return to_code_points(*difference);
  CodePoints out;
  std::array<utf8proc_int32_t, 18> buffer{};
  int boundary = 0;
  const int options = UTF8PROC_DECOMPOSE | UTF8PROC_STABLE | (canonical ? 0 : UTF8PROC_COMPAT);
  const auto n = utf8proc_decompose_char(static_cast<utf8proc_int32_t>(c), buffer.data(), static_cast<utf8proc_ssize_t>(buffer.size()),
                                         static_cast<utf8proc_option_t>(options), &boundary);
  if (n <= 0 || n > static_cast<utf8proc_ssize_t>(buffer.size())) return one(c);
  for (utf8proc_ssize_t i = 0; i < n; ++i) out.at[out.n++] = static_cast<char32_t>(buffer[static_cast<std::size_t>(i)]);
  return out;
}

CodePoints lowercase(char32_t c) noexcept {
  if (c < 0x80) return one(c >= 'A' && c <= 'Z' ? c + 32 : c);
  if (const Mapping* difference = find(kLowerDifferences, c)) return to_code_points(*difference);
  return one(static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c))));
}

char32_t uppercase(char32_t c) noexcept { return static_cast<char32_t>(utf8proc_toupper(static_cast<utf8proc_int32_t>(c))); }

std::uint32_t combining_class(char32_t c) noexcept {
  if (c < 0x300 || holds(kNotCombining, c)) return 0;
  return static_cast<std::uint32_t>(utf8proc_get_property(static_cast<utf8proc_int32_t>(c))->combining_class);
}

bool may_compose_backward(char32_t c) noexcept { return c >= 0x300 && holds(kComposesBackward, c); }

char32_t compose(char32_t first, char32_t second) noexcept {
  if (second == 0x11A7) return 0;  // utf8proc takes it for a final consonant, of which U+11A8 is the first
  utf8proc_int32_t pair[2] = {static_cast<utf8proc_int32_t>(first), static_cast<utf8proc_int32_t>(second)};
  const auto n = utf8proc_normalize_utf32(pair, 2, static_cast<utf8proc_option_t>(UTF8PROC_COMPOSE | UTF8PROC_STABLE));
  if (n != 1) return 0;
  const auto composite = static_cast<char32_t>(pair[0]);
  return find(kCanonicalDifferences, composite) == nullptr ? composite : 0;
}

}  // namespace akin::text
