// What a round of spanning_tree.h asks: the row nearest to a given one among those of other parts of the tree. By a kd-tree or by a scan.
// Tested by spanning_tree_test.cc.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"

namespace akin::analysis {

inline constexpr std::uint32_t kNobody = std::numeric_limits<std::uint32_t>::max();

/// A row to go to: the nearer by reachability, then by distance, then the lower one, is the better.
struct Reach {
  float square = std::numeric_limits<float>::infinity();    ///< of the reachability
  float distance = std::numeric_limits<float>::infinity();  ///< squared, of the rows
  std::uint32_t to = kNobody;

  friend bool operator<(const Reach& a, const Reach& b) noexcept {
    return a.square != b.square ? a.square < b.square : a.distance != b.distance ? a.distance < b.distance : a.to < b.to;
  }
};

/// What is known of a row's way out of its part.
struct WayOut {
  Reach best;            ///< the best so far; to == kNobody: none is known
  float least = 0;       ///< no way out is shorter than this
  bool is_best = false;  ///< there is no better one
};

/// Neighbours of every row, the nearest first.
struct NeighbourLists {
  Matrix<std::uint32_t> ids;
  Matrix<float> squares;
};

/// The shortest way out of a part that any thread has found.
class PartBounds {
 public:
  explicit PartBounds(std::size_t n) : bounds_(n) {}
  void reset() {
    for (std::atomic<float>& bound : bounds_) bound.store(std::numeric_limits<float>::infinity(), std::memory_order_relaxed);
  }
  [[nodiscard]] float of(std::uint32_t part) const noexcept { return bounds_[part].load(std::memory_order_relaxed); }
  void lower(std::uint32_t part, float square) noexcept {
    float now = of(part);
    while (square < now && !bounds_[part].compare_exchange_weak(now, square, std::memory_order_relaxed)) {
    }
  }

 private:
  std::vector<std::atomic<float>> bounds_;
};

/// One round: parts and what is known.
struct Round {
  std::span<const std::uint32_t> part_of;  ///< a row
  std::span<const float> cores;
  std::span<WayOut> ways;
  PartBounds& bounds;
};

class Outside {
 public:
  virtual ~Outside() = default;
  /// k neighbours of every row.
  virtual NeighbourLists lists(std::size_t k, Context& context) = 0;
  /// How many neighbours it pays to list, where `m` are needed.
  [[nodiscard]] virtual std::size_t list_length(std::size_t m) const = 0;
  /// Improves the ways of `rows` until each is best, or is not the shortest of its part: then `least` is raised. Never takes a way for the
  /// best that another could equal.
  virtual void search(std::span<const std::uint32_t> rows, const Round& round, Context& context) = 0;
};

/// By kd-tree up to kTreeDims columns, else by scan. `rows` must outlive it.
std::unique_ptr<Outside> make_outside(MatrixView<const float> rows, Context& context);
/// For tests and for the choice.
std::unique_ptr<Outside> make_outside_by_tree(MatrixView<const float> rows, Context& context);
std::unique_ptr<Outside> make_outside_by_scan(MatrixView<const float> rows);

}  // namespace akin::analysis
