// Where the words of WordScanner begin, 64 bytes of text at a time: each class of characters is a mask of 64 bits, and words begin where
// masks change. Tested by word_starts_test.cc against WordScanner.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "akin/base/utf8.h"
#include "byte_masks.h"
#include "code_point_classes.h"
#include "word_scanner.h"

namespace akin::text {

/// The words of GPT-2's rules.
class WordStarts {
 public:
  WordStarts(std::string_view text, const CodePointClasses& classes) noexcept : text_(text), classes_(classes) {}

  /// Bit i: a word begins at byte i of the next 64, the first time of the first 64. A text of n bytes has (n + 63) / 64 of them.
  [[nodiscard]] std::uint64_t next() {
    ByteMasks masks = masks_at(text_, at_);
    const std::uint64_t ascii_spaces = masks.spaces;
    std::uint64_t lasts = masks.high != 0 ? add_characters(masks) : 0;  // characters of white space that a word follows
    lasts |= ascii_spaces & ~(masks.spaces >> 1);
    if ((lasts >> 63) != 0 && (ascii_spaces >> 63) != 0 && is_space_or_end(at_ + 64)) lasts ^= std::uint64_t{1} << 63;
    const std::uint64_t changes = changed(masks.letters, before_.letters) | changed(masks.numbers, before_.numbers) |
                                  changed(masks.spaces, before_.spaces) | static_cast<std::uint64_t>(at_ == 0);
    const std::uint64_t not_taken = changes & ~(masks.blanks << 1 | before_.blanks);  // a blank takes the word behind it
    std::uint64_t starts = ((not_taken | lasts) & ~clear_) | set_;
    set_ = clear_ = 0;
    if (const std::uint64_t at = masks.apostrophes & not_taken; at != 0) starts = add_contractions(at, starts);
    before_ = {.letters = masks.letters >> 63, .numbers = masks.numbers >> 63, .spaces = masks.spaces >> 63, .blanks = masks.blanks >> 63};
    starts &= bits_inside(at_, text_.size());
    at_ += 64;
    return starts;
  }
  /// Was all UTF-8 so far? If not, the words mean nothing.
  [[nodiscard]] bool is_valid() const noexcept { return valid_; }

 private:
  static std::uint64_t changed(std::uint64_t mask, std::uint64_t before) noexcept { return mask ^ (mask << 1 | before); }
  [[nodiscard]] bool is_space_or_end(std::size_t at) const {
    return at >= text_.size() || classes_.of(decode_utf8(text_, at).code_point) == CodePointClasses::space;
  }
  std::uint64_t add_characters(ByteMasks& masks);
  std::uint64_t add_contractions(std::uint64_t candidates, std::uint64_t starts);

  std::string_view text_;
  const CodePointClasses& classes_;
  std::size_t at_ = 0;
  ByteMasks before_;  // the bits of the last byte, as the lowest
  struct {
    std::size_t end = 0;
    CodePointClasses::Class kind = CodePointClasses::other;
  } character_;  // the last that is not ASCII
  bool valid_ = true;
  std::uint64_t set_ = 0;  // what contractions of the bytes before ask for
  std::uint64_t clear_ = 0;
};

}  // namespace akin::text
