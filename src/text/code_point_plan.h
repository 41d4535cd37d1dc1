// What BERT's normaliser and pre-tokeniser together do to each code point, worked out once a block of 256 when the block is first met.
// Tested by code_point_plan_test.cc.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "normalizer.h"
#include "unicode.h"

namespace akin::text {

class CodePointPlan {
 public:
  enum class Kind : std::uint8_t {
    dropped,  ///< leaves nothing
    space,    ///< ends a word
    word,     ///< becomes one character of a word
    alone,    ///< becomes a word of one character
    several,  ///< becomes several characters of a word
    ordered,  ///< depends on its neighbours (canonical order of marks): needs the whole pipeline
  };
  struct Entry {
    Kind kind = Kind::dropped;
    char32_t to = 0;                      ///< word, alone
    const CodePoints* several = nullptr;  ///< several
  };

  explicit CodePointPlan(const BertNormalizerOptions& options) : options_(options) {}
  ~CodePointPlan();
  CodePointPlan(const CodePointPlan&) = delete;
  CodePointPlan& operator=(const CodePointPlan&) = delete;

  /// Any number of threads may ask at once.
  [[nodiscard]] Entry at(char32_t c) const {
    const Block* block = blocks_[c >> 8].load(std::memory_order_acquire);
    if (block == nullptr) block = &make_block(c >> 8);
    const std::uint32_t packed = block->packed[c & 0xFF];
    const auto kind = static_cast<Kind>(packed >> 24);
    const char32_t value = packed & 0xFFFFFF;
    if (kind == Kind::several) return {kind, 0, &block->several[value]};
    return {kind, value, nullptr};
  }

 private:
  struct Block {
    std::array<std::uint32_t, 256> packed{};  // kind << 24 | code point or index of `several`
    std::vector<CodePoints> several;
  };
  const Block& make_block(std::uint32_t index) const;
  [[nodiscard]] std::uint32_t plan(char32_t c, Block& block) const;

  BertNormalizerOptions options_;
  mutable std::array<std::atomic<const Block*>, 0x1100> blocks_{};
};

}  // namespace akin::text
