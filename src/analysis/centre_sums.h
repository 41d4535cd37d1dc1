// Sums of the rows of each cluster, kept up from round to round: only rows that change their cluster are added and taken away.
// Tested by centre_sums_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"

namespace akin::analysis {

inline constexpr std::int32_t kNoCluster = -1;

/// A row that goes from one cluster to another; either may be kNoCluster.
struct RowMove {
  std::uint32_t row = 0;
  std::int32_t from = kNoCluster, to = kNoCluster;
};

class CentreSums {
 public:
  CentreSums(std::size_t k, std::size_t dim) : sums_(k, dim), sizes_(k) {}

  /// In order, on all threads, each with columns of its own: the same bits on any number.
  void apply(MatrixView<const float> rows, std::span<const RowMove> moves, Context& context);
  [[nodiscard]] const std::vector<std::size_t>& sizes() const noexcept { return sizes_; }
  /// Writes the mean of each cluster that has rows to its row of `centres`; `by_angle`: the sum at length 1, unless it is 0.
  void write_centres(MatrixView<float> centres, bool by_angle) const;

 private:
  Matrix<double> sums_;
  std::vector<std::size_t> sizes_;
};

}  // namespace akin::analysis
