#include "centre_sums.h"

#include <cmath>

#include "akin/kernels/double_sums.h"

namespace akin::analysis {
namespace {

// Of a thread's piece: eight cache lines of a row.
constexpr std::size_t kColumnsAtOnce = 128;

}  // namespace

void CentreSums::apply(MatrixView<const float> rows, std::span<const RowMove> moves, Context& context) {
  context.pool.parallel_for(rows.cols(), kColumnsAtOnce, [&](std::size_t begin, std::size_t end) {
    for (const RowMove& move : moves) {
      const std::span<const float> x = rows.row(move.row).subspan(begin, end - begin);
      if (move.from != kNoCluster) kernels::add_to_sums(x, -1, sums_.row(static_cast<std::size_t>(move.from)).subspan(begin, x.size()));
      if (move.to != kNoCluster) kernels::add_to_sums(x, 1, sums_.row(static_cast<std::size_t>(move.to)).subspan(begin, x.size()));
    }
  });
  for (const RowMove& move : moves) {
    if (move.from != kNoCluster) --sizes_[static_cast<std::size_t>(move.from)];
    if (move.to != kNoCluster) ++sizes_[static_cast<std::size_t>(move.to)];
  }
}

void CentreSums::write_centres(MatrixView<float> centres, bool by_angle) const {
  for (std::size_t c = 0; c < sizes_.size(); ++c) {
    if (sizes_[c] == 0) continue;
    auto scale = static_cast<double>(sizes_[c]);
    if (by_angle) {
      double square = 0;
      for (const double x : sums_.row(c)) square += x * x;
      if (square == 0) continue;
      scale = std::sqrt(square);
    }
    for (std::size_t i = 0; i < centres.cols(); ++i) centres(c, i) = static_cast<float>(sums_(c, i) / scale);
  }
}

}  // namespace akin::analysis
