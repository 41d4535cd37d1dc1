// What a charsmap makes of each code point that stands alone, worked out once a block of 256 when the block is first met.
// Tested by charsmap_plan_test.cc.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "charsmap.h"

namespace akin::text {

class CharsmapPlan {
 public:
  enum class Kind : std::uint8_t {
    same,     ///< stays as it is
    mapped,   ///< becomes a text, which may be empty
    cluster,  ///< depends on its neighbours: needs the rule of grapheme clusters
    rare,     ///< leaves white space other than a space, a literal mark or the watched byte: needs the whole pipeline
  };
  struct Entry {
    Kind kind = Kind::same;
    std::string_view to = {};  ///< mapped
  };

  /// `map` may be null (nothing changes) and must outlive the plan. `watched` is a byte that may begin an added token, −1: none.
  CharsmapPlan(const Charsmap* map, int watched) : map_(map), watched_(watched) {}
  ~CharsmapPlan();
  CharsmapPlan(const CharsmapPlan&) = delete;
  CharsmapPlan& operator=(const CharsmapPlan&) = delete;

  /// Any number of threads may ask at once.
  [[nodiscard]] Entry at(char32_t c) const {
    const Block* block = blocks_[c >> 8].load(std::memory_order_acquire);
    if (block == nullptr) block = &make_block(c >> 8);
    const std::uint32_t packed = block->packed[c & 0xFF];
    const auto kind = static_cast<Kind>(packed >> 24);
    if (kind != Kind::mapped) return {kind};
    return {kind, block->texts[packed & 0xFFFFFF]};
  }
  /// Is a character of a normalised text `rare`?
  [[nodiscard]] bool is_rare(char32_t c) const noexcept;
  [[nodiscard]] const Charsmap* map() const noexcept { return map_; }

 private:
  struct Block {
    std::array<std::uint32_t, 256> packed{};  // kind << 24 | index of `texts`
    std::vector<std::string_view> texts;
  };
  const Block& make_block(std::uint32_t index) const;
  [[nodiscard]] std::uint32_t plan(char32_t c, Block& block) const;

  const Charsmap* map_;
  int watched_;
  mutable std::array<std::atomic<const Block*>, 0x1100> blocks_{};
};

}  // namespace akin::text
