// Run-time dispatch of top_k.h and the collector around the loop of top_k-inl.h.
#include "akin/kernels/top_k.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "akin/base/error.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "top_k.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
// After foreach_target.
#include "top_k-inl.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

std::size_t positions_below_loop(const float* values, std::size_t n, float threshold, std::uint32_t* out) {
  return below(values, n, threshold, out);
}

void shift_loop(float* values, const float* offsets, std::size_t n, float base) {
  const hn::ScalableTag<float> d;
  const auto all = hn::Set(d, base);
  std::size_t i = 0;
  for (; i + hn::MaxLanes(d) <= n; i += hn::MaxLanes(d))
    hn::StoreU(hn::Add(hn::LoadU(d, values + i), hn::Add(all, hn::LoadU(d, offsets + i))), d, values + i);
  for (; i < n; ++i) values[i] += base + offsets[i];
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin::kernels {

HWY_EXPORT(positions_below_loop);
HWY_EXPORT(shift_loop);

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
// Values looked at between two readings of the threshold; their positions fit one page of stack.
constexpr std::size_t kChunk = 512;

float without_nan(float distance) { return std::isnan(distance) ? kInfinity : distance; }

}  // namespace

std::size_t positions_below(std::span<const float> values, float threshold, std::span<std::uint32_t> out) noexcept {
  AKIN_DCHECK(out.size() >= values.size());
  return HWY_DYNAMIC_DISPATCH(positions_below_loop)(values.data(), values.size(), threshold, out.data());
}

void shift(std::span<float> values, std::span<const float> offsets, float base) noexcept {
  AKIN_DCHECK(offsets.size() == values.size());
  HWY_DYNAMIC_DISPATCH(shift_loop)(values.data(), offsets.data(), values.size(), base);
}

TopK::TopK(std::size_t k) : k_(k), threshold_(kInfinity) { require(k > 0, "top_k: k must be at least 1"); }

void TopK::push(std::span<const float> distances, std::uint64_t first_id) {
  sieve(distances, [&](std::size_t i) { return first_id + i; });
}

void TopK::push(std::span<const float> distances, std::span<const std::uint32_t> ids, std::uint64_t id_offset) {
  AKIN_DCHECK(ids.size() == distances.size());
  sieve(distances, [&](std::size_t i) { return id_offset + ids[i]; });
}

// Everything is taken until k are kept, then what lies below the threshold of its chunk.
template <class IdOf>
void TopK::sieve(std::span<const float> distances, const IdOf& id_of) {
  std::array<std::uint32_t, kChunk> found;
  std::size_t begin = 0;
  for (; begin < distances.size() && kept_.size() < k_; ++begin) offer(without_nan(distances[begin]), id_of(begin));
  for (; begin < distances.size(); begin += kChunk) {
    const std::size_t n = std::min(kChunk, distances.size() - begin);
    const std::size_t count = positions_below(distances.subspan(begin, n), threshold_, found);
    for (std::size_t i = 0; i < count; ++i) offer(distances[begin + found[i]], id_of(begin + found[i]));
  }
}

void TopK::offer(float distance, std::uint64_t id) {
  if (kept_.size() >= k_ && !(distance < threshold_)) return;
  kept_.push_back({distance, id});
  if (kept_.size() == k_) {
    threshold_ = std::max_element(kept_.begin(), kept_.end())->distance;
  } else if (kept_.size() >= 2 * k_ + 64) {
    shrink();
  }
}

void TopK::shrink() {
  if (kept_.size() <= k_) return;
  const auto last = kept_.begin() + static_cast<std::ptrdiff_t>(k_ - 1);
  std::nth_element(kept_.begin(), last, kept_.end());
  threshold_ = last->distance;
  kept_.resize(k_);
}

void TopK::merge(const TopK& other) {
  kept_.insert(kept_.end(), other.kept_.begin(), other.kept_.end());
  shrink();
}

std::vector<Scored> TopK::take() {
  shrink();
  std::sort(kept_.begin(), kept_.end());
  std::vector<Scored> result = std::move(kept_);
  clear();
  return result;
}

void TopK::clear() noexcept {
  kept_.clear();
  threshold_ = kInfinity;
}

std::vector<Scored> smallest_k(std::span<const float> values, std::size_t k) {
  TopK top(k);
  top.push(values, 0);
  return top.take();
}

std::vector<Scored> largest_k(std::span<const float> values, std::size_t k) {
  TopK top(k);
  std::array<float, kChunk> negated;
  for (std::size_t begin = 0; begin < values.size(); begin += kChunk) {
    const std::size_t n = std::min(kChunk, values.size() - begin);
    for (std::size_t i = 0; i < n; ++i) negated[i] = -values[begin + i];
    top.push({negated.data(), n}, begin);
  }
  std::vector<Scored> result = top.take();
  for (Scored& entry : result) entry.distance = -entry.distance;
  return result;
}

}  // namespace akin::kernels
#endif  // HWY_ONCE
