// How much of the true neighbours graph search finds, and how fast: the curve of recall against queries a second over the candidates that a
// search keeps. Tested by ann_test.cc.
#pragma once

#include <cstddef>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/matrix.h"
#include "akin/index/hnsw.h"

namespace akin {

struct AnnEvalOptions {
  HnswOptions graph = {};
  std::size_t k = 10;
  std::size_t n_queries = 1000;  ///< drawn from the vectors, at most a tenth of them, if no queries are given; they are not in the graph
  std::vector<std::size_t> efs = {10, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512};  ///< those below k are left out
};

struct AnnPoint {
  std::size_t ef = 0;
  double recall = 0;              ///< hits as near as the k-th true neighbour, of k
  double queries_per_second = 0;  ///< on one thread, a query a call
};

struct AnnScores {
  std::size_t n_vectors = 0, dim = 0, n_queries = 0;
  double build_seconds = 0;  ///< on the context's threads
  std::size_t bytes_per_vector = 0;
  int code_bits = 0;
  double exact_queries_per_second = 0;  ///< of an exact search, on one thread
  std::vector<RecallAtEf> calibration;  ///< what the graph measured on its own vectors
  std::vector<AnnPoint> points;
};

/// Builds a graph over `vectors` (less the queries, if they are drawn from them) and searches it on one thread. Throws
/// Error{invalid_argument} for fewer than 100 vectors or no queries, Error{mismatch} for queries of another dim, else as build_hnsw().
AnnScores evaluate_ann(MatrixView<const float> vectors, MatrixView<const float> queries, const AnnEvalOptions& options, Context& context);

}  // namespace akin
