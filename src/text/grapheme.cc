#include "grapheme.h"

#include <algorithm>
#include <iterator>

#include "akin/base/utf8.h"

namespace akin::text {
namespace {

using enum GraphemeClass;

struct GraphemeRange {
  std::uint32_t first;
  std::uint32_t last;
  GraphemeClass kind;
};

#include "grapheme_data.inc"

constexpr char32_t kFirstSyllable = 0xAC00;
constexpr char32_t kLastSyllable = 0xD7A3;
constexpr char32_t kSyllablesToVowel = 28;  // every 28th has no final consonant

bool extends(GraphemeClass c) noexcept { return c == extend || c == spacing_extend || c == linker; }
bool breaks_always(GraphemeClass c) noexcept { return c == control || c == carriage_return || c == newline; }

bool hangul_joins(GraphemeClass before, GraphemeClass after) noexcept {
  if (before == l) return after == l || after == v || after == lv || after == lvt;
  if (before == lv || before == v) return after == v || after == t;
  return (before == lvt || before == t) && after == t;
}

}  // namespace

GraphemeClass grapheme_class(char32_t c) noexcept {
  if (c < 0x80) {
    if (c >= 0x20 && c < 0x7F) return other;
    return c == '\r' ? carriage_return : c == '\n' ? newline : control;
  }
  if (c >= kFirstSyllable && c <= kLastSyllable) return (c - kFirstSyllable) % kSyllablesToVowel == 0 ? lv : lvt;
  const auto* after = std::upper_bound(std::begin(kGraphemes), std::end(kGraphemes), c,
                                       [](char32_t value, const GraphemeRange& r) { return value < r.first; });
  if (after == std::begin(kGraphemes) || c > std::prev(after)->last) return other;
  return std::prev(after)->kind;
}

void Graphemes::pass(GraphemeClass c) noexcept {
  joined_picture_ = picture_ && c == joiner;
  picture_ = c == picture || (picture_ && extends(c));
  if (c == consonant) {
    conjunct_ = 1;
  } else if (c == linker && conjunct_ > 0) {
    conjunct_ = 2;
  } else if (c != extend && c != joiner && c != linker) {
    conjunct_ = 0;
  }
  last_ = c;
}

bool Graphemes::ends_before(GraphemeClass next) const noexcept {
  if (last_ == carriage_return && next == newline) return false;
  if (breaks_always(last_) || breaks_always(next)) return true;
  if (extends(next) || next == joiner || next == spacing || last_ == prepend) return false;
  if (hangul_joins(last_, next)) return false;
  if (next == consonant) return conjunct_ != 2;
  return !(next == picture && joined_picture_);
}

std::string_view Graphemes::next() noexcept {
  const std::size_t begin = at_;
  while (at_ < text_.size()) {
    const DecodedChar c = decode_utf8(text_, at_);
    const GraphemeClass kind = grapheme_class(c.code_point);
    if (at_ > begin && ends_before(kind)) break;
    pass(kind);
    at_ += c.length;
  }
  return text_.substr(begin, at_ - begin);
}

}  // namespace akin::text
