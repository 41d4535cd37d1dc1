// Items compared by the cosine of the angle between their rows. Kept rows are copied, at length 1, into segments; full segments
// are looked through by 8-bit codes first (flat.h), the open one by floats: exact. Or all rows are in a graph (hnsw.h), which is searched
// among the kept ones: fast where there are very many, and about one in a hundred is missed. Tested by row_likeness_test.cc.
#pragma once

#include <cstddef>
#include <memory>

#include "akin/base/matrix.h"
#include "likeness.h"

namespace akin::analysis {

struct RowLikenessOptions {
  double threshold = 0.9;
  bool by_graph = false;
};

/// What float rounding takes away from the cosine of two equal directions, at most.
inline constexpr double kCosineRounding = 1e-6;

/// The rows must be finite and outlive it. One of zeros is like none.
std::unique_ptr<Likeness> make_row_likeness(MatrixView<const float> rows, const RowLikenessOptions& options, Context& context);

}  // namespace akin::analysis
