// Exact search: every row that passes the filter is looked at. One query runs at memory speed, many together at arithmetic speed, a filter
// costs only the rows it keeps. The result depends on vectors, query and parameters only: not on the number of threads, the segments, or
// the other queries of a batch. Tested by flat_test.cc.
#pragma once

#include <memory>
#include <utility>

#include "akin/index/index.h"
#include "akin/space/vector_set.h"

namespace akin {

struct FlatOptions {
  Metric metric = Metric::cosine;
  /// Keeps 8-bit codes of the rows (dim + 8 bytes a row) to look at first: the same hits, three to five times as fast where the CPU
  /// multiplies bytes. For an index that answers many queries; filtered ones do not use it. Reads the rows once.
  bool first_look = false;
};

class FlatIndex final : public Index {
 public:
  struct Impl;
  explicit FlatIndex(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

  [[nodiscard]] std::size_t size() const noexcept override;
  [[nodiscard]] std::size_t dim() const noexcept override;
  [[nodiscard]] Metric metric() const noexcept override;
  [[nodiscard]] std::unique_ptr<Searcher> searcher() const override;

 private:
  std::shared_ptr<const Impl> impl_;
};

/// An index over rows that must outlive it; no row is copied. Reads the rows once if the metric is cosine and the set does not vouch for
/// unit length or a first look is wanted, else not at all. Throws Error{invalid_argument} for a set without dimensions, Error{cancelled}.
FlatIndex build_flat(const VectorSet& vectors, const FlatOptions& options, Context& context);

}  // namespace akin
