#include "akin/eval/ann.h"

#include <algorithm>
#include <chrono>

#include "akin/base/error.h"
#include "akin/index/flat.h"
#include "akin/index/recall.h"

namespace akin {
namespace {

using Clock = std::chrono::steady_clock;
using Hits = std::vector<std::vector<Neighbor>>;

constexpr std::size_t kFewest = 100;
// An exact search is slow and its time even: so many queries tell it.
constexpr std::size_t kExactQueries = 50;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

struct Split {
  VectorSet vectors;
  Matrix<float> queries;
};

// Every so manieth row becomes a query.
Split split(MatrixView<const float> vectors, std::size_t n_queries) {
  const std::size_t n = std::min(n_queries, vectors.rows() / 10), step = vectors.rows() / n;
  Split parts{VectorSet(vectors.cols()), Matrix<float>::uninitialized(n, vectors.cols())};
  for (std::size_t q = 0; q < n; ++q) {
    std::ranges::copy(vectors.row(q * step), parts.queries.row(q).begin());
    const std::size_t end = q + 1 < n ? (q + 1) * step : vectors.rows();
    parts.vectors.add_segment(vectors.middle_rows(q * step + 1, end - q * step - 1));
  }
  return parts;
}

// Queries a second, one a call; the hits go to `hits`.
double timed(const Index& index, MatrixView<const float> queries, const SearchParameters& parameters, Hits& hits, const Context& context) {
  Context one(1);
  const auto searcher = index.searcher();
  hits.assign(queries.rows(), {});
  if (queries.rows() > 0) (void)searcher->search(queries.row(0), parameters, one);
  const Clock::time_point start = Clock::now();
  for (std::size_t q = 0; q < queries.rows(); ++q) {
    context.cancel.check();
    hits[q] = searcher->search(queries.row(q), parameters, one);
  }
  return static_cast<double>(queries.rows()) / seconds_since(start);
}

AnnScores evaluate(const VectorSet& vectors, MatrixView<const float> queries, const AnnEvalOptions& options, Context& context) {
  AnnScores scores{.n_vectors = vectors.size(), .dim = vectors.dim(), .n_queries = queries.rows(), .calibration = {}, .points = {}};
  const Clock::time_point start = Clock::now();
  const HnswIndex graph = build_hnsw(vectors, options.graph, context);
  scores.build_seconds = seconds_since(start);
  scores.bytes_per_vector = graph.n_bytes() / vectors.size();
  scores.code_bits = graph.code_bits();
  scores.calibration = graph.recall();
  const FlatIndex flat = build_flat(vectors, {options.graph.metric}, context);
  const Hits truth = flat.searcher()->search_batch(queries, {options.k, {}}, context);
  Hits hits;
  scores.exact_queries_per_second =
      timed(flat, queries.middle_rows(0, std::min(kExactQueries, queries.rows())), {options.k, {}}, hits, context);
  context.progress.begin("searching", options.efs.size(), "settings");
  for (const std::size_t ef : options.efs) {
    if (ef < options.k) continue;
    const double speed = timed(graph, queries, {options.k, {}, ef}, hits, context);
    scores.points.push_back({ef, recall_of(hits, truth), speed});
    context.progress.advance(1);
  }
  context.progress.end();
  return scores;
}

}  // namespace

AnnScores evaluate_ann(MatrixView<const float> vectors, MatrixView<const float> queries, const AnnEvalOptions& options, Context& context) {
  require(vectors.rows() >= kFewest, "evaluate_ann: at least 100 vectors are needed");
  require(options.k > 0 && options.n_queries > 0, "evaluate_ann: k and the number of queries must be at least 1");
  if (queries.rows() > 0) {
    if (queries.cols() != vectors.cols()) {
      throw Error(ErrorCode::mismatch,
                  "the queries have " + std::to_string(queries.cols()) + " dimensions, the vectors have " + std::to_string(vectors.cols()));
    }
    return evaluate(VectorSet(vectors), queries, options, context);
  }
  const Split parts = split(vectors, options.n_queries);
  return evaluate(parts.vectors, parts.queries.view(), options, context);
}

}  // namespace akin
