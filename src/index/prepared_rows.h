// What the indexes that scan share: norms for cosine, prepared queries, and rows measured by their floats. Tested through flat_test.cc.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/index/index.h"
#include "akin/kernels/top_k.h"
#include "akin/space/metric.h"
#include "akin/space/vector_set.h"
#include "measure.h"

namespace akin {

/// 1 / ‖row‖ of each row, 0 where that is not finite; empty where the metric needs none.
std::vector<float> inverse_norms_of(const VectorSet& vectors, Metric metric, Context& context);

/// The same, each worked out when its row is first looked at. The rows must outlive it. Any thread.
class RowNorms {
 public:
  RowNorms(const VectorSet& vectors, Metric metric);
  /// all() is right for these rows from here on.
  void prepare(std::span<const std::uint64_t> rows) const;
  /// For all rows, and prepare() costs nothing any more.
  void prepare_all(Context& context) const;
  [[nodiscard]] std::span<const float> all() const noexcept { return inverse_; }

 private:
  VectorSet vectors_;
  void look_at(std::uint64_t row) const;

  mutable std::atomic<bool> all_known_;
  mutable std::vector<float> inverse_;  // kUnknown, until its row was looked at; then it stays. Empty where the metric needs none
};

/// Throws what Searcher::search() says.
void check_search(const VectorSet& vectors, std::size_t query_dim, const SearchParameters& parameters);

/// A query as the raw distances want it: of unit length for cosine. Throws Error{invalid_argument} if it is not finite.
std::vector<float> prepared_query(Metric metric, std::span<const float> query);
Matrix<float> prepared_queries(Metric metric, MatrixView<const float> queries);

/// Appends the raw distances of the rows `ids`, rising.
void measure_rows(const VectorSet& vectors, const Measure& measure, std::span<const float> query, std::span<const std::uint64_t> ids,
                  std::vector<kernels::Scored>& out);

/// Raw distances → hits.
std::vector<Neighbor> hits_of(const Measure& measure, const std::vector<kernels::Scored>& scored);

}  // namespace akin
