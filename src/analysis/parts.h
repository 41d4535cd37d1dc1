// Things that are joined step by step into fewer and larger parts (union-find with halved paths, the smaller joined to the larger).
// Tested by parts_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace akin::analysis {

class Parts {
 public:
  explicit Parts(std::size_t n) : above_(n), sizes_(n, 1) { std::iota(above_.begin(), above_.end(), 0U); }

  [[nodiscard]] std::size_t size() const noexcept { return above_.size(); }
  /// A member that stands for the part of `i`.
  [[nodiscard]] std::uint32_t of(std::uint32_t i) noexcept {
    while (above_[i] != i) i = above_[i] = above_[above_[i]];
    return i;
  }
  [[nodiscard]] std::size_t size_of(std::uint32_t i) noexcept { return sizes_[of(i)]; }
  /// False if they are one already.
  bool join(std::uint32_t a, std::uint32_t b) noexcept {
    a = of(a), b = of(b);
    if (a == b) return false;
    if (sizes_[a] < sizes_[b] || (sizes_[a] == sizes_[b] && b < a)) std::swap(a, b);
    above_[b] = a;
    sizes_[a] += sizes_[b];
    return true;
  }
  /// Who stands for the largest part; of equally large ones the lowest.
  [[nodiscard]] std::uint32_t largest() const noexcept {
    std::uint32_t found = 0;
    std::size_t size = 0;
    for (std::uint32_t i = 0; i < above_.size(); ++i)
      if (above_[i] == i && sizes_[i] > size) found = i, size = sizes_[i];
    return found;
  }

 private:
  std::vector<std::uint32_t> above_;
  std::vector<std::uint32_t> sizes_;
};

}  // namespace akin::analysis
