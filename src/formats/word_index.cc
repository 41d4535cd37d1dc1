#include "word_index.h"

#include <bit>
#include <functional>

#include "akin/base/error.h"

namespace akin {

WordIndex::WordIndex(std::vector<std::string_view> words) : words_(std::move(words)) {
  if (words_.size() >= 0xFFFFFFFFU) throw Error(ErrorCode::limit, "a table of 2^32 words or more");
  slots_.resize(std::bit_ceil(words_.size() + words_.size() / 2 + 1));
  for (std::size_t i = 0; i < words_.size(); ++i) {
    std::uint32_t& slot = slots_[slot_of(words_[i])];
    if (slot != 0) {
      duplicates_.push_back(i);
    } else {
      slot = static_cast<std::uint32_t>(i + 1);
    }
  }
}

/// The slot that holds the word, else the free one where it belongs.
std::size_t WordIndex::slot_of(std::string_view word) const noexcept {
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = std::hash<std::string_view>()(word) & mask;
  while (slots_[slot] != 0 && words_[slots_[slot] - 1] != word) slot = (slot + 1) & mask;
  return slot;
}

std::optional<std::size_t> WordIndex::find(std::string_view word) const noexcept {
  const std::uint32_t place = slots_[slot_of(word)];
  if (place == 0) return std::nullopt;
  return place - 1;
}

}  // namespace akin
