// What a graph index is made of. Tested through hnsw_test.cc.
#pragma once

#include <vector>

#include "akin/index/flat.h"
#include "akin/index/hnsw.h"
#include "graph.h"

namespace akin {

struct HnswIndex::Impl {
  Impl(const VectorSet& rows, const HnswOptions& chosen, Graph built, Context& context);

  VectorSet vectors;
  HnswOptions options;
  Graph graph;
  std::vector<float> inverse_norms;
  FlatIndex exact;
};

}  // namespace akin
