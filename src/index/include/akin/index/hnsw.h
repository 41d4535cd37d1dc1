// Approximate search by a navigable small-world graph: each row is linked to near rows in all directions, and a search walks from link to
// link towards the query (Malkov & Yashunin, HNSW, 2018; links chosen as DiskANN does: Jayaram Subramanya et al., 2019). The walk compares
// by codes of 4 bits a dimension (akin/space/code_table.h); what it found is measured by the floats. In place of upper levels a sample of
// √n rows is looked at for the place to begin: docs/adr/0009 says why. Exact neighbours: see flat.h. Tested by hnsw_test.cc.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "akin/index/index.h"
#include "akin/space/vector_set.h"

namespace akin {

struct HnswOptions {
  Metric metric = Metric::cosine;
  int degree = 64;      ///< links a node, 8–256: more is slower to build and larger (4 bytes each), and finds more at the same ef
  int build_beam = 96;  ///< candidates kept while a node is placed, ≥ degree / 2
  float alpha = 1.15F;  ///< 1–2: how much nearer a linked neighbour must be to a row to stand in for a link to it
  int code_bits = 4;    ///< 4 or 8, of a dimension as the walk sees it: 8 for rows so alike that 4 do not tell them apart
};

class HnswIndex final : public Index {
 public:
  struct Impl;
  explicit HnswIndex(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

  [[nodiscard]] std::size_t size() const noexcept override;
  [[nodiscard]] std::size_t dim() const noexcept override;
  [[nodiscard]] Metric metric() const noexcept override;
  /// Searches keep SearchParameters::ef candidates (0: 64). A filter that keeps few rows is answered exactly, by looking at those rows; so
  /// is a search for a large part of all rows. There are k hits whenever k rows pass the filter.
  [[nodiscard]] std::unique_ptr<Searcher> searcher() const override;
  /// Of links and codes.
  [[nodiscard]] std::size_t n_bytes() const noexcept;

 private:
  std::shared_ptr<const Impl> impl_;
};

/// Builds a graph over rows that must outlive the index. The result depends on `vectors`, `options` and `context.seed` only, never on the
/// number of threads. O(n log n) comparisons of codes: 100,000 × 384 in about 10 s on two threads. Takes 4 · degree + dim / 2 + 12 bytes a
/// row, while it builds 2 · degree + dim more. Throws Error{invalid_argument} if options are out of range or the metric is Manhattan,
/// Error{limit} for 2^31 rows or more, Error{cancelled}.
HnswIndex build_hnsw(const VectorSet& vectors, const HnswOptions& options, Context& context);

}  // namespace akin
