// The rows of a table that are nearest to a vector, by reading the whole table once where it lies (a mapped file or memory): no copy, no
// index, on all threads. The cost is that of reading the table: 2 GB at the machine's memory bandwidth, or the disk's the first time.
// Memory: what k rows and one block a thread take. Tested by nearest_rows_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/formats/tensor.h"
#include "akin/space/metric.h"

namespace akin {

struct NearestOptions {
  std::size_t k = 10;
  Metric metric = Metric::cosine;
  std::vector<std::uint64_t> excluded = {};  ///< rows that are never given, such as the query's own
};

struct NearRow {
  std::uint64_t row = 0;
  float distance = 0;  ///< as `metric` defines it: smaller is nearer; similarity_of() makes it a number for people
  friend bool operator==(const NearRow&, const NearRow&) = default;
};

/// For each query the k nearest rows of `table` (n, dim), nearest first, equal distances by the lower row; fewer where the table has not as
/// many. All queries are answered in one pass. A row's distance does not depend on the threads. `file`, if given, is the mapped file that
/// holds the table: the memory that reading took is given back while the pass goes on.
/// Throws Error{invalid_argument} for k = 0 or a table that has not two dimensions, Error{mismatch} for queries of another width,
/// Error{cancelled}.
std::vector<std::vector<NearRow>> nearest_rows(const TensorView& table, MatrixView<const float> queries, const NearestOptions& options,
                                               Context& context, const TensorFile* file = nullptr);

/// A matrix in memory as a table.
TensorView as_table(MatrixView<const float> rows);

}  // namespace akin
