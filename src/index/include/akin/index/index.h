// What every index over a set of vectors offers: a const index that all threads share, and a searcher with the scratch of one thread.
// Kinds of index: flat.h (exact), hnsw.h (approximate). Tested through each kind.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/index/row_filter.h"
#include "akin/space/metric.h"

namespace akin {

/// A row that was found. Hits are in order of distance, equal ones by the lower id.
struct Neighbor {
  std::uint64_t id = 0;
  float distance = 0;  ///< of the index's metric: smaller is nearer
  friend bool operator==(const Neighbor&, const Neighbor&) = default;
};

/// Asked before rows are read, by whoever lets an index search rows that may not be whole. Any thread.
class RowCheck {
 public:
  virtual ~RowCheck() = default;
  /// The rows `ids` are about to be measured by their floats; rising. What it throws ends the search.
  virtual void before_reading(std::span<const std::uint64_t> ids) const = 0;
  virtual void before_reading_all() const = 0;
};

struct SearchParameters {
  std::size_t k = 10;  ///< > 0; fewer hits come back only if fewer rows pass the filter
  RowFilter filter;
  /// Of an approximate index: candidates that a search keeps. More is slower and finds more of the true neighbours; at least k are kept.
  /// 0: as many as `recall` takes.
  std::size_t ef = 0;
  /// Of an approximate index: the share of the true neighbours to find, as measured on its own rows. 0 leaves it to the index (0.99).
  float recall = 0;
  /// Of an approximate index: looks at all rows instead.
  bool exact = false;
  /// Of a graph, which reads few rows: asked before it reads them. Null: all are whole.
  const RowCheck* check = nullptr;
};

/// Owned by one thread; must not outlive its index.
class Searcher {
 public:
  virtual ~Searcher() = default;
  /// The k nearest rows. Throws Error{mismatch} if query.size() is not the index's dim, Error{invalid_argument} for k = 0, a query that is
  /// not finite, a filter that does not fit or a recall that is not from 0 to 1, Error{cancelled}.
  virtual std::vector<Neighbor> search(std::span<const float> query, const SearchParameters& parameters, Context& context) = 0;
  /// The same for each row of `queries`, faster together; every query gets exactly what search() gives it.
  virtual std::vector<std::vector<Neighbor>> search_batch(MatrixView<const float> queries, const SearchParameters& parameters,
                                                          Context& context) = 0;
};

class Index {
 public:
  virtual ~Index() = default;
  [[nodiscard]] virtual std::size_t size() const noexcept = 0;
  [[nodiscard]] virtual std::size_t dim() const noexcept = 0;
  [[nodiscard]] virtual Metric metric() const noexcept = 0;
  [[nodiscard]] virtual std::unique_ptr<Searcher> searcher() const = 0;
};

}  // namespace akin
