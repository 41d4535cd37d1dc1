#include "prepared_rows.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <string>

#include "akin/base/error.h"
#include "akin/space/normalize.h"
#include "work_plan.h"

namespace akin {
namespace {

constexpr std::size_t kGrainRows = 8192;

constexpr float kUnknown = -1;

bool needs_norms(const VectorSet& vectors, Metric metric) { return metric == Metric::cosine && !vectors.unit_length(); }

float inverse_norm(std::span<const float> row) {
  const float inverse = 1 / norm_of(row);
  return std::isfinite(inverse) ? inverse : 0;
}

void check_query(std::span<const float> query) {
  for (const float x : query)
    if (!std::isfinite(x)) throw Error(ErrorCode::invalid_argument, "search: the query holds a number that is not finite");
}

}  // namespace

std::vector<float> inverse_norms_of(const VectorSet& vectors, Metric metric, Context& context) {
  if (!needs_norms(vectors, metric)) return {};
  std::vector<float> norms(vectors.size());
  for (const VectorSegment& segment : vectors.segments()) {
    context.parallel_for(segment.rows.rows(), kGrainRows, [&](std::size_t begin, std::size_t end) {
      for (std::size_t r = begin; r < end; ++r) norms[segment.first_id + r] = inverse_norm(segment.rows.row(r));
    });
  }
  return norms;
}

RowNorms::RowNorms(const VectorSet& vectors, Metric metric)
    : vectors_(vectors), all_known_(!needs_norms(vectors, metric)), inverse_(all_known_ ? 0 : vectors.size(), kUnknown) {}

void RowNorms::look_at(std::uint64_t row) const {
  const std::atomic_ref<float> inverse(inverse_[row]);
  if (inverse.load(std::memory_order_acquire) != kUnknown) return;
  // Only the first to know it writes: whoever has seen it may read it as it lies.
  float unknown = kUnknown;
  inverse.compare_exchange_strong(unknown, inverse_norm(vectors_.row(row)), std::memory_order_acq_rel);
}

void RowNorms::prepare(std::span<const std::uint64_t> rows) const {
  if (all_known_.load(std::memory_order_acquire)) return;
  for (const std::uint64_t row : rows) look_at(row);
}

void RowNorms::prepare_all(Context& context) const {
  if (all_known_.load(std::memory_order_acquire)) return;
  context.parallel_for(inverse_.size(), kGrainRows, [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) look_at(row);
  });
  all_known_.store(true, std::memory_order_release);
}

void check_search(const VectorSet& vectors, std::size_t query_dim, const SearchParameters& parameters) {
  require(parameters.k > 0, "search: k must be at least 1");
  require(parameters.recall >= 0 && parameters.recall <= 1, "search: recall must be from 0 to 1");
  if (query_dim != vectors.dim()) {
    throw Error(ErrorCode::mismatch, "search: the query has " + std::to_string(query_dim) + " dimensions, the indexed vectors have " +
                                         std::to_string(vectors.dim()));
  }
  parameters.filter.check(vectors.size());
}

std::vector<float> prepared_query(Metric metric, std::span<const float> query) {
  check_query(query);
  std::vector<float> prepared(query.begin(), query.end());
  if (metric == Metric::cosine) normalize(prepared);
  return prepared;
}

Matrix<float> prepared_queries(Metric metric, MatrixView<const float> queries) {
  Matrix<float> prepared = Matrix<float>::uninitialized(queries.rows(), queries.cols());
  for (std::size_t q = 0; q < queries.rows(); ++q) {
    check_query(queries.row(q));
    std::ranges::copy(queries.row(q), prepared.row(q).begin());
    if (metric == Metric::cosine) normalize(prepared.row(q));
  }
  return prepared;
}

void measure_rows(const VectorSet& vectors, const Measure& measure, std::span<const float> query, std::span<const std::uint64_t> ids,
                  std::vector<kernels::Scored>& out) {
  std::vector<std::uint32_t> offsets;
  std::vector<float> distances;
  for (std::size_t begin = 0; begin < ids.size();) {
    const VectorSegment& segment = vectors.segment_of(ids[begin]);
    const RowRange range{&segment, 0, segment.rows.rows()};
    std::size_t end = begin;
    offsets.clear();
    for (; end < ids.size() && ids[end] < segment.first_id + segment.rows.rows(); ++end)
      offsets.push_back(static_cast<std::uint32_t>(ids[end] - segment.first_id));
    distances.resize(offsets.size());
    measure.selected(query, range, offsets, distances);
    for (std::size_t i = begin; i < end; ++i) out.push_back({distances[i - begin], ids[i]});
    begin = end;
  }
}

std::vector<Neighbor> hits_of(const Measure& measure, const std::vector<kernels::Scored>& scored) {
  std::vector<Neighbor> hits;
  hits.reserve(scored.size());
  for (const kernels::Scored& entry : scored) hits.push_back({entry.id, measure.distance(entry.distance)});
  return hits;
}

}  // namespace akin
