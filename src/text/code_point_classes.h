// What the patterns that cut a text into words ask of each code point, worked out once a block of 256 when the block is first met.
// Tested by code_point_classes_test.cc against unicode.h.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace akin::text {

class CodePointClasses {
 public:
  enum Class : std::uint8_t { other, space, letter, number };
  struct Entry {
    Class kind = other;
    bool composed = false;  ///< NFC leaves it as it is, if marks around it are in order (NFC_Quick_Check = Yes)
    std::uint8_t combining_class = 0;
  };

  CodePointClasses() = default;
  ~CodePointClasses();
  CodePointClasses(const CodePointClasses&) = delete;
  CodePointClasses& operator=(const CodePointClasses&) = delete;

  /// Any number of threads may ask at once.
  [[nodiscard]] Entry at(char32_t c) const {
    const Block* block = blocks_[c >> 8].load(std::memory_order_acquire);
    if (block == nullptr) block = &make_block(c >> 8);
    return (*block)[c & 0xFF];
  }
  [[nodiscard]] Class of(char32_t c) const { return at(c).kind; }

 private:
  using Block = std::array<Entry, 256>;
  const Block& make_block(std::uint32_t index) const;

  mutable std::array<std::atomic<const Block*>, 0x1100> blocks_{};
};

}  // namespace akin::text
