#include "id_set.h"

#include <algorithm>
#include <array>
#include <bit>
#include <iterator>
#include <utility>

namespace akin::store {
namespace {

/// By eleven bits at a time, the lowest first: an index by value gives ids in no order at all, and comparing them took longer than the look
/// at the index.
void sort_ids(std::vector<std::uint64_t>& ids) {
  constexpr int kBits = 11;
  constexpr std::uint64_t kMask = (std::uint64_t{1} << kBits) - 1;
  const auto n_bits = static_cast<int>(std::bit_width(*std::ranges::max_element(ids)));
  std::vector<std::uint64_t> other(ids.size());
  for (int shift = 0; shift < n_bits; shift += kBits) {
    std::array<std::size_t, kMask + 1> places{};
    for (const std::uint64_t id : ids) ++places[id >> shift & kMask];
    std::size_t n = 0;
    for (std::size_t& place : places) n += std::exchange(place, n);
    for (const std::uint64_t id : ids) other[places[id >> shift & kMask]++] = id;
    ids.swap(other);
  }
}

using Ids = std::vector<std::uint64_t>;

template <class Operation>
Ids merged(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b, Operation operation) {
  Ids out;
  out.reserve(a.size() + b.size());
  operation(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}

constexpr auto kIntersection = [](auto... places) { std::set_intersection(places...); };
constexpr auto kDifference = [](auto... places) { std::set_difference(places...); };
constexpr auto kUnion = [](auto... places) { std::set_union(places...); };

}  // namespace

IdSet IdSet::of(std::vector<std::uint64_t> ids) {
  // Below this many a comparison sort is as fast.
  constexpr std::size_t kFew = 1000;
  if (!std::ranges::is_sorted(ids)) {
    if (ids.size() < kFew) {
      std::ranges::sort(ids);
    } else {
      sort_ids(ids);
    }
  }
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  IdSet set;
  set.ids_ = std::move(ids);
  return set;
}

IdSet IdSet::inverted() && {
  IdSet set = std::move(*this);
  set.all_but_ = !set.all_but_;
  return set;
}

IdSet IdSet::both(const IdSet& a, const IdSet& b) {
  IdSet set;
  set.all_but_ = a.all_but_ && b.all_but_;
  if (set.all_but_) {
    set.ids_ = merged(a.ids_, b.ids_, kUnion);
  } else if (!a.all_but_ && !b.all_but_) {
    set.ids_ = merged(a.ids_, b.ids_, kIntersection);
  } else {
    set.ids_ = a.all_but_ ? merged(b.ids_, a.ids_, kDifference) : merged(a.ids_, b.ids_, kDifference);
  }
  return set;
}

IdSet IdSet::either(IdSet a, IdSet b) { return both(std::move(a).inverted(), std::move(b).inverted()).inverted(); }

}  // namespace akin::store
