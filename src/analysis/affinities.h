// How t-SNE weighs a row's neighbours: normal densities whose width gives the wanted perplexity (van der Maaten & Hinton, 2008, equation
// 1). Tested by affinities_test.cc.
#pragma once

#include <span>

#include "akin/analysis/knn_graph.h"
#include "akin/base/context.h"
#include "sparse_graph.h"

namespace akin::analysis {

/// p_j ∝ exp(−β d_j²), Σ = 1, of entropy log(perplexity). Where all distances are equal, or the perplexity is not below their number: all
/// alike.
void affinities(std::span<const float> distances, double perplexity, std::span<float> p);

/// (p_ij + p_ji) / 2n of all rows: symmetric, Σ = 1.
SparseGraph joint_affinities(const KnnGraph& neighbours, double perplexity, Context& context);

}  // namespace akin::analysis
