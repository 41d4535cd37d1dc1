// Where a text may be cut so that the parts' BPE tokens are those of the whole: before blanks, and between classes of ASCII characters that
// no merge joins, as letters and punctuation in the vocabularies of SentencePiece. 64 bytes at a time. Tested by cut_starts_test.cc.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "bpe.h"
#include "byte_masks.h"

namespace akin::text {

/// Between which classes no merge joins.
class ClassCuts {
 public:
  enum Class : std::uint8_t { letter, number, blank, symbol };
  static constexpr std::size_t kClasses = 4;

  /// `mark` is the piece that stands for a blank; model.may_cut_before(mark).
  ClassCuts(const Bpe& model, std::string_view mark);
  /// May every pair of such characters be cut?
  [[nodiscard]] bool between(Class left, Class right) const noexcept { return (cuts_[right] >> left & 1) != 0; }

 private:
  std::array<std::uint8_t, kClasses> cuts_{};  // of the right class: a bit a left class
};

class CutStarts {
 public:
  /// All must outlive it.
  CutStarts(std::string_view text, std::string_view mark, const ClassCuts& cuts) noexcept : text_(text), mark_(mark), cuts_(cuts) {}

  /// Bit i: a part begins at byte i of the next 64, the first time of the first 64. A text of n bytes has (n + 63) / 64 of them. The bit
  /// of byte 0 is never set.
  [[nodiscard]] std::uint64_t next() noexcept {
    using C = ClassCuts;
    const ByteMasks masks = masks_at(text_, at_);
    const std::uint64_t foreign = masks.high | masks.controls;
    const std::uint64_t symbols = ~(masks.letters | masks.numbers | masks.blanks | foreign);
    const std::array<std::uint64_t, C::kClasses> here = {masks.letters, masks.numbers, masks.blanks, symbols};
    std::array<std::uint64_t, C::kClasses> before{};  // what stands one byte before
    for (std::size_t i = 0; i < C::kClasses; ++i) before[i] = here[i] << 1 | last_[i];
    std::uint64_t starts = 0;
    for (std::size_t right = 0; right < C::kClasses; ++right) {
      std::uint64_t left = 0;
      for (std::size_t i = 0; i < C::kClasses; ++i)
        left |= before[i] & -static_cast<std::uint64_t>(cuts_.between(static_cast<C::Class>(i), static_cast<C::Class>(right)));
      starts |= here[right] & left;
    }
    if (const std::uint64_t blanks = masks.blanks & (foreign << 1 | last_foreign_); blanks != 0) starts |= behind_foreign(blanks);
    for (std::size_t i = 0; i < C::kClasses; ++i) last_[i] = here[i] >> 63;
    last_foreign_ = foreign >> 63;
    starts &= bits_inside(at_, text_.size());
    at_ += 64;
    return starts;
  }

 private:
  // Those of the blanks that no mark stands before.
  [[nodiscard]] std::uint64_t behind_foreign(std::uint64_t blanks) const noexcept;

  std::string_view text_;
  std::string_view mark_;
  const ClassCuts& cuts_;
  std::size_t at_ = 0;
  std::array<std::uint64_t, ClassCuts::kClasses> last_{};  // of the last byte
  std::uint64_t last_foreign_ = 0;
};

}  // namespace akin::text
