#include "word_starts.h"

namespace akin::text {

// Puts the characters that are not ASCII into their classes; gives those of white space that a word follows.
std::uint64_t WordStarts::add_characters(ByteMasks& masks) {
  std::uint64_t lasts = 0;
  for (std::uint64_t high = masks.high; high != 0;) {
    const auto i = static_cast<unsigned>(std::countr_zero(high));
    const std::size_t at = at_ + i;
    if (at >= character_.end) {
      const DecodedChar c = decode_utf8(text_, at);
      valid_ = valid_ && c.valid;
      character_ = {at + c.length, classes_.of(c.code_point)};
      if (character_.kind == CodePointClasses::space && !is_space_or_end(character_.end)) lasts |= std::uint64_t{1} << i;
    }
    const std::size_t stop = character_.end - at_;
    const std::uint64_t bits = (stop >= 64 ? 0 : ~std::uint64_t{0} << stop) ^ (~std::uint64_t{0} << i);
    if (character_.kind == CodePointClasses::letter) masks.letters |= bits;
    if (character_.kind == CodePointClasses::number) masks.numbers |= bits;
    if (character_.kind == CodePointClasses::space) masks.spaces |= bits;
    high &= ~bits;
  }
  return lasts;
}

// A contraction is a word although letters may follow it.
std::uint64_t WordStarts::add_contractions(std::uint64_t candidates, std::uint64_t starts) {
  for (; candidates != 0; candidates &= candidates - 1) {
    const auto i = static_cast<unsigned>(std::countr_zero(candidates));
    const std::size_t length = contraction_end<kGpt2Words>(text_, at_ + i) - at_ - i;
    if (length == 0) continue;
    const std::uint64_t first = std::uint64_t{1} << i;
    starts &= ~(first << 1);
    starts |= first << length;
    if (i == 63) clear_ = 1;
    if (i + length >= 64) set_ = std::uint64_t{1} << (i + length - 64);
  }
  return starts;
}

}  // namespace akin::text
