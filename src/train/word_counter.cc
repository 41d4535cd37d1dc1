#include "word_counter.h"

#include <algorithm>
#include <cstring>

#include "akin/base/error.h"

namespace akin {
namespace {

constexpr std::size_t kFirstSlots = 1024;  // a power of two, as all sizes of the table
constexpr std::size_t kMostWords = std::size_t{1} << 31;

/// Eight letters at a time, each mixed by a multiplication whose upper half is folded in.
std::uint64_t hash_of(std::string_view word) noexcept {
  std::uint64_t h = 0x9E3779B97F4A7C15U ^ word.size();
  const char* p = word.data();
  for (std::size_t left = word.size(); left > 0;) {
    const std::size_t n = std::min<std::size_t>(left, 8);
    std::uint64_t part = 0;
    std::memcpy(&part, p, n);
    h = (h ^ part) * 0xD6E8FEB86659FD93U;
    h ^= h >> 32;
    p += n;
    left -= n;
  }
  h *= 0xD6E8FEB86659FD93U;
  return h ^ (h >> 29);
}

}  // namespace

WordCounter::WordCounter() : slots_(kFirstSlots) {}

std::size_t WordCounter::slot_of(std::string_view word, std::uint64_t hash) const noexcept {
  const std::size_t mask = slots_.size() - 1;
  const auto tag = static_cast<std::uint32_t>(hash >> 32);
  std::size_t at = hash & mask;
  for (; slots_[at].number != 0; at = (at + 1) & mask)
    if (slots_[at].tag == tag && this->word(slots_[at].number - 1) == word) break;
  return at;
}

std::uint32_t WordCounter::add(std::string_view word, std::uint64_t times) {
  const std::uint64_t hash = hash_of(word);
  std::size_t at = slot_of(word, hash);
  if (slots_[at].number == 0) {
    if (size() >= kMostWords) throw Error(ErrorCode::limit, "more than 2^31 different words");
    if ((size() + 1) * 3 > slots_.size() * 2) {
      grow();
      at = slot_of(word, hash);
    }
    letters_ += word;
    ends_.push_back(letters_.size());
    counts_.push_back(0);
    slots_[at] = {static_cast<std::uint32_t>(hash >> 32), static_cast<std::uint32_t>(size())};
  }
  const std::uint32_t number = slots_[at].number - 1;
  counts_[number] += times;
  return number;
}

std::uint32_t WordCounter::find(std::string_view word) const noexcept {
  const std::uint32_t number = slots_[slot_of(word, hash_of(word))].number;
  return number == 0 ? kNone : number - 1;
}

void WordCounter::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  const std::size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.number == 0) continue;
    std::size_t at = hash_of(word(slot.number - 1)) & mask;
    while (slots_[at].number != 0) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

void WordCounter::clear() noexcept {
  std::fill(slots_.begin(), slots_.end(), Slot{});
  letters_.clear();
  ends_.resize(1);
  counts_.clear();
}

}  // namespace akin
