// The first look of an exact search: which rows can be among the k nearest, judged by 8-bit codes and the bound of their error
// (akin/space/row_codes.h). Every row that is left out is certainly not; the few that stay are measured by their floats. So the hits are
// those of a search without it. Tested by first_look_test.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/space/metric.h"
#include "akin/space/row_codes.h"
#include "akin/space/vector_set.h"

namespace akin {

/// A row that may be among the k nearest; its raw distance (measure.h) is not below `least`.
struct Candidate {
  float least = 0;
  std::uint64_t id = 0;
};

/// What is known of one query. Not bounded: the codes tell too little, so that every row has to be measured.
struct Candidates {
  std::vector<Candidate> rows;  ///< in order of ids
  bool bounded = true;
};

class FirstLook {
 public:
  /// Nothing where it would not pay: a CPU target without the instruction, a metric that is not made of products, few rows, or rows that
  /// have no bound.
  static std::optional<FirstLook> build(const VectorSet& vectors, Metric metric, std::span<const float> inverse_norms, Context& context);

  /// For each query. For cosine the queries have unit length.
  [[nodiscard]] std::vector<Candidates> look(MatrixView<const float> queries, std::size_t k, Context& context) const;
  /// Of so many queries the candidates take some hundred megabytes at most, whatever the rows.
  [[nodiscard]] std::size_t queries_at_once(std::size_t k) const noexcept;
  [[nodiscard]] std::size_t n_bytes() const noexcept { return codes_.n_bytes(); }

 private:
  FirstLook(RowCodes codes, Metric metric) : codes_(std::move(codes)), metric_(metric) {}

  [[nodiscard]] std::size_t most_rows(std::size_t k) const noexcept;
  struct Piece;
  class Collector;
  void scan(const QueryCodes& queries, const Piece& piece, std::span<Collector> collectors) const;
  void measure(const QueryCodes& queries, std::size_t q, const RowCodes::Block& block, std::span<float> values, Collector& collector) const;

  RowCodes codes_;
  Metric metric_;
};

}  // namespace akin
