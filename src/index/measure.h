// A metric as the scan sees it: a raw distance straight from the kernels, ordered like the metric's own, and turned into it for the few
// rows that are returned. Tested through flat_test.cc.
#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <span>
#include <vector>

#include "akin/base/matrix.h"
#include "akin/kernels/distance.h"
#include "akin/space/metric.h"
#include "work_plan.h"

namespace akin {

/// Raw distances: cosine −cos, dot −a·b, euclidean (a − b)², manhattan itself. For cosine the query has unit length.
class Measure {
 public:
  /// `inverse_norms`: one a row of the set, or empty if the rows need no scaling.
  Measure(Metric metric, std::span<const float> inverse_norms) noexcept : metric_(metric), inverse_norms_(inverse_norms) {}

  void rows(std::span<const float> query, const RowRange& range, std::span<float> out) const noexcept {
    const MatrixView<const float> rows = range.segment->rows.middle_rows(range.begin, range.end - range.begin);
    switch (metric_) {
      case Metric::euclidean:
        return kernels::squared_l2_rows(query, rows, out);
      case Metric::manhattan:
        return kernels::manhattan_rows(query, rows, out);
      case Metric::cosine:
      case Metric::dot:
        break;
    }
    kernels::dot_rows(query, rows, out);
    finish(out, [&](std::size_t i) { return range.first_id() + i; });
  }

  /// Rows `offsets` of the range.
  void selected(std::span<const float> query, const RowRange& range, std::span<const std::uint32_t> offsets,
                std::span<float> out) const noexcept {
    const MatrixView<const float> rows = range.segment->rows.middle_rows(range.begin, range.end - range.begin);
    switch (metric_) {
      case Metric::euclidean:
        return kernels::squared_l2_selected(query, rows, offsets, out);
      case Metric::manhattan:
        return kernels::manhattan_selected(query, rows, offsets, out);
      case Metric::cosine:
      case Metric::dot:
        break;
    }
    kernels::dot_selected(query, rows, offsets, out);
    finish(out, [&](std::size_t i) { return range.first_id() + offsets[i]; });
  }

  /// out(q, r) for a block of rows whose ids are id_of(r).
  template <class IdOf>
  void tile(MatrixView<const float> queries, MatrixView<const float> rows, MatrixView<float> out, const IdOf& id_of) const noexcept {
    switch (metric_) {
      case Metric::euclidean:
        return kernels::squared_l2_tile(queries, rows, out);
      case Metric::manhattan:
        return kernels::manhattan_tile(queries, rows, out);
      case Metric::cosine:
      case Metric::dot:
        break;
    }
    kernels::dot_tile(queries, rows, out);
    for (std::size_t q = 0; q < out.rows(); ++q) finish(out.row(q), id_of);
  }

  [[nodiscard]] float distance(float raw) const noexcept {
    switch (metric_) {
      case Metric::cosine:
        return std::max(0.0F, 1 + raw);
      case Metric::euclidean:
        return std::sqrt(raw);
      case Metric::dot:
      case Metric::manhattan:
        break;
    }
    return raw;
  }

 private:
  template <class IdOf>
  void finish(std::span<float> dots, const IdOf& id_of) const noexcept {
    if (inverse_norms_.empty()) {
      for (float& value : dots) value = -value;
    } else {
      for (std::size_t i = 0; i < dots.size(); ++i) dots[i] *= -inverse_norm_at(id_of(i));
    }
  }
  // Norms may be filled in as rows are first looked at (RowNorms). This row's is there; another thread that worked it out as well may just
  // now be told so, and that is an access to the same place.
  [[nodiscard]] float inverse_norm_at(std::size_t row) const noexcept {
    return std::atomic_ref<float>(const_cast<float&>(inverse_norms_[row])).load(std::memory_order_relaxed);
  }

  Metric metric_;
  std::span<const float> inverse_norms_;
};

}  // namespace akin
