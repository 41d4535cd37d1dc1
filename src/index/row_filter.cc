#include "akin/index/row_filter.h"

#include <algorithm>
#include <bit>
#include <string>

#include "akin/base/error.h"

namespace akin {

RowFilter RowFilter::from_bits(std::span<const std::uint64_t> bits) noexcept { return {Kind::bits, bits}; }

RowFilter RowFilter::from_ids(std::span<const std::uint64_t> ids) noexcept { return {Kind::ids, ids}; }

void RowFilter::check(std::size_t n_rows) const {
  if (kind_ == Kind::bits && words_.size() < (n_rows + 63) / 64) {
    throw Error(ErrorCode::invalid_argument,
                "filter: " + std::to_string(words_.size()) + " words of bits do not cover " + std::to_string(n_rows) + " rows");
  }
  if (kind_ != Kind::ids) return;
  if (std::adjacent_find(words_.begin(), words_.end(), [](auto a, auto b) { return a >= b; }) != words_.end())
    throw Error(ErrorCode::invalid_argument, "filter: ids must rise, without repeats");
  if (!words_.empty() && words_.back() >= n_rows) {
    throw Error(ErrorCode::invalid_argument,
                "filter: id " + std::to_string(words_.back()) + " is not one of " + std::to_string(n_rows) + " rows");
  }
}

std::size_t RowFilter::count(std::size_t n_rows) const noexcept {
  if (kind_ == Kind::all) return n_rows;
  if (kind_ == Kind::ids)
    return static_cast<std::size_t>(std::lower_bound(words_.begin(), words_.end(), std::uint64_t{n_rows}) - words_.begin());
  std::size_t total = 0;
  for (std::size_t w = 0; w < n_rows / 64; ++w) total += static_cast<std::size_t>(std::popcount(words_[w]));
  if (n_rows % 64 != 0) total += static_cast<std::size_t>(std::popcount(words_[n_rows / 64] & ((std::uint64_t{1} << n_rows % 64) - 1)));
  return total;
}

void RowFilter::select(std::uint64_t first_id, std::size_t n, std::vector<std::uint32_t>& offsets) const {
  offsets.clear();
  const std::uint64_t end = first_id + n;
  switch (kind_) {
    case Kind::all:
      for (std::size_t i = 0; i < n; ++i) offsets.push_back(static_cast<std::uint32_t>(i));
      return;
    case Kind::ids:
      for (auto id = std::lower_bound(words_.begin(), words_.end(), first_id); id != words_.end() && *id < end; ++id)
        offsets.push_back(static_cast<std::uint32_t>(*id - first_id));
      return;
    case Kind::bits:
      break;
  }
  for (std::uint64_t w = first_id / 64; w * 64 < end; ++w) {
    std::uint64_t word = words_[w];
    if (w * 64 < first_id) word &= ~std::uint64_t{0} << first_id % 64;
    if (end - w * 64 < 64) word &= (std::uint64_t{1} << (end - w * 64)) - 1;
    for (; word != 0; word &= word - 1)
      offsets.push_back(static_cast<std::uint32_t>(w * 64 + static_cast<std::uint64_t>(std::countr_zero(word)) - first_id));
  }
}

std::span<const std::uint64_t> RowFilter::bits(std::size_t n_rows, std::vector<std::uint64_t>& room) const {
  AKIN_DCHECK(kind_ != Kind::all);
  if (kind_ == Kind::bits) return words_.first((n_rows + 63) / 64);
  room.assign((n_rows + 63) / 64, 0);
  for (const std::uint64_t id : words_) room[id / 64] |= std::uint64_t{1} << id % 64;
  return room;
}

}  // namespace akin
