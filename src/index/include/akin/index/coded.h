// Search by short codes of the rows: every row that passes the filter is looked at by its code, and the most promising are measured again
// by their floats, which may stay on disk. Memory is the codes' alone. Approximate: docs/vector-codes.md has size, error and recall. The
// result depends on vectors, query and parameters only, not on threads or the other queries of a batch. Tested by coded_test.cc.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "akin/index/index.h"
#include "akin/space/search_code.h"
#include "akin/space/vector_set.h"

namespace akin {

struct CodedOptions {
  Metric metric = Metric::cosine;
  SearchCode code = SearchCode::i8;
  /// Rows measured again: so many times k. 0: the code's own (default_rescore()). 1 orders the k best codes by their floats.
  std::size_t rescore = 0;
};

/// What gives recall@10 of 0.99 or more on 100,000 sentence vectors of 384 dimensions (docs/vector-codes.md).
std::size_t default_rescore(SearchCode code) noexcept;

class CodedIndex final : public Index {
 public:
  struct Impl;
  explicit CodedIndex(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

  [[nodiscard]] std::size_t size() const noexcept override;
  [[nodiscard]] std::size_t dim() const noexcept override;
  [[nodiscard]] Metric metric() const noexcept override;
  [[nodiscard]] std::unique_ptr<Searcher> searcher() const override;
  /// Of the codes and what stands beside them.
  [[nodiscard]] std::size_t n_bytes() const noexcept;

 private:
  std::shared_ptr<const Impl> impl_;
};

/// An index over rows that must outlive it. Reads the rows once or twice. Throws Error{invalid_argument} for a set without dimensions or a
/// row that is not finite, Error{unsupported} for Manhattan distances, which are not made of products, Error{cancelled}.
CodedIndex build_coded(const VectorSet& vectors, const CodedOptions& options, Context& context);

}  // namespace akin
