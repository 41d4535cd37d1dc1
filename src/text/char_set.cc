#include "char_set.h"

#include <algorithm>

namespace akin::text {
namespace {

// The other letters that differ from `c` in case alone.
std::array<char32_t, 4> case_variants(char32_t c) noexcept {
  // Two signs whose small letter is ASCII: the long s and the Kelvin sign.
  const bool is_s = c == U's' || c == U'S';
  const bool is_k = c == U'k' || c == U'K';
  const char32_t sign = is_s ? U'\u017F' : is_k ? U'\u212A' : c;
  const char32_t plain = c == U'\u017F' ? U's' : c == U'\u212A' ? U'k' : c;
  const CodePoints lower = lowercase(plain);
  return {plain, lower.n == 1 ? lower.at[0] : plain, uppercase(plain), sign};
}

bool is_of(CharSet::Kind kind, char32_t c) noexcept {
  if (kind == CharSet::Kind::space) return is_space(c);
  return is_regex_word(c) && (kind == CharSet::Kind::word || c > 0xFF || is_word(c));
}

}  // namespace

bool CharSet::holds_exactly(char32_t c) const noexcept {
  if ((categories_ >> static_cast<unsigned>(category(c)) & 1) != 0) return true;
  if (std::any_of(ranges_.begin(), ranges_.end(), [c](const Range& r) { return c >= r.first && c <= r.last; })) return true;
  const auto is_kind = [c](const KindItem& item) { return is_of(item.kind, c) != item.negated; };
  if (std::any_of(kinds_.begin(), kinds_.end(), is_kind)) return true;
  return std::any_of(sets_.begin(), sets_.end(), [c](const CharSet& set) { return set.holds(c); });
}

bool CharSet::holds_slowly(char32_t c) const noexcept {
  bool held = holds_exactly(c);
  if (!held && folded_) {
    const auto variants = case_variants(c);
    held = std::any_of(variants.begin(), variants.end(), [this](char32_t v) { return holds_exactly(v); });
  }
  return held != negated_;
}

void CharSet::finish() {
  for (char32_t c = 0; c < 128; ++c) ascii_[c] = holds_slowly(c);
}

}  // namespace akin::text
