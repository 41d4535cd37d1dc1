// The k smallest of a stream of distances, exactly and always the same: equal distances go by the lower id, NaN counts as +infinity.
// A running threshold turns most values away in blocks, so that a pass costs little more than reading. Tested by top_k_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace akin::kernels {

/// A row and its distance, ordered by distance, then id. Distances in it are never NaN.
struct Scored {
  float distance = 0;
  std::uint64_t id = 0;
  friend bool operator==(const Scored&, const Scored&) = default;
  friend bool operator<(const Scored& a, const Scored& b) noexcept {
    return a.distance != b.distance ? a.distance < b.distance : a.id < b.id;
  }
};

/// Collects the k smallest. Not for several threads at once: give each its own and merge() them.
class TopK {
 public:
  /// k > 0. Memory: up to 2 k + 64 entries.
  explicit TopK(std::size_t k);

  /// distances[i] belongs to id first_id + i. Ids must rise from call to call.
  void push(std::span<const float> distances, std::uint64_t first_id);
  /// distances[i] belongs to ids[i] + id_offset; `ids` rising, and rising from call to call.
  void push(std::span<const float> distances, std::span<const std::uint32_t> ids, std::uint64_t id_offset);
  /// Adds what `other` kept, in any order of ids.
  void merge(const TopK& other);

  /// What was kept, in order: min(k, number pushed) entries. The collector is empty afterwards.
  std::vector<Scored> take();
  void clear() noexcept;

 private:
  template <class IdOf>
  void sieve(std::span<const float> distances, const IdOf& id_of);
  void offer(float distance, std::uint64_t id);
  void shrink();

  std::size_t k_;
  float threshold_;  ///< a later id at this distance or above cannot be among the k
  std::vector<Scored> kept_;
};

/// The k smallest (or largest) of `values` with their indices, in order; equal values by the lower index; NaN last, as an infinity. min(k,
/// n) entries.
std::vector<Scored> smallest_k(std::span<const float> values, std::size_t k);
std::vector<Scored> largest_k(std::span<const float> values, std::size_t k);

/// Writes the positions of values below `threshold` to `out`, rising, and returns how many. NaN is never below. out.size() ≥ values.size().
std::size_t positions_below(std::span<const float> values, float threshold, std::span<std::uint32_t> out) noexcept;

/// values[i] += base + offsets[i].
void shift(std::span<float> values, std::span<const float> offsets, float base) noexcept;

}  // namespace akin::kernels
