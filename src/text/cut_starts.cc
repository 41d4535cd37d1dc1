#include "cut_starts.h"

#include <bit>
#include <string>

namespace akin::text {
namespace {

constexpr int kForeign = -1;

// Of a printable character of ASCII.
ClassCuts::Class class_of(unsigned char c) noexcept {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return ClassCuts::letter;
  if (c >= '0' && c <= '9') return ClassCuts::number;
  return c == ' ' ? ClassCuts::blank : ClassCuts::symbol;
}

int class_at_end(std::string_view piece, std::string_view mark) noexcept {
  if (piece.ends_with(mark)) return ClassCuts::blank;
  const auto last = static_cast<unsigned char>(piece.empty() ? 0 : piece.back());
  return last > 0x20 && last < 0x7F ? class_of(last) : kForeign;
}

int class_at_begin(std::string_view piece, std::string_view mark) noexcept {
  if (piece.starts_with(mark)) return ClassCuts::blank;
  const auto first = static_cast<unsigned char>(piece.empty() ? 0 : piece.front());
  return first > 0x20 && first < 0x7F ? class_of(first) : kForeign;
}

}  // namespace

ClassCuts::ClassCuts(const Bpe& model, std::string_view mark) {
  std::array<bool, kClasses> known;  // all characters are pieces
  known.fill(true);
  for (char c = 0x21; c < 0x7F; ++c) {
    if (model.id_of({&c, 1}) < 0) known[class_of(static_cast<unsigned char>(c))] = false;
  }
  for (std::size_t right = 0; right < kClasses; ++right) {
    for (std::size_t left = 0; left < kClasses; ++left)
      cuts_[right] = static_cast<std::uint8_t>(cuts_[right] | static_cast<unsigned>(known[left] && known[right]) << left);
  }
  model.for_each_merge([&](std::uint32_t, std::int32_t left, std::int32_t right, std::int32_t) {
    const int before = class_at_end(model.piece(left), mark);
    const int behind = class_at_begin(model.piece(right), mark);
    if (before == kForeign || behind == kForeign) return;
    cuts_[static_cast<std::size_t>(behind)] &= static_cast<std::uint8_t>(~(1U << before));
  });
  // A mark begins a word whatever stands before it, if that is no mark.
  cuts_[blank] |= 1U << letter | 1U << number | 1U << symbol;
}

std::uint64_t CutStarts::behind_foreign(std::uint64_t blanks) const noexcept {
  std::uint64_t out = 0;
  for (; blanks != 0; blanks &= blanks - 1) {
    const std::size_t at = at_ + static_cast<std::size_t>(std::countr_zero(blanks));
    if (!text_.substr(0, at).ends_with(mark_)) out |= blanks & -blanks;
  }
  return out;
}

}  // namespace akin::text
