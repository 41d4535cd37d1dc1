// Maximal marginal relevance (Carbonell and Goldstein, 1998): hits that are good and do not say the same again. Tested by mmr_test.cc.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace akin::retrieval {

/// One candidate; an empty vector is like none of the others.
struct Candidate {
  double relevance = 0;  ///< larger is better, on any scale
  std::vector<float> vector;
};

/// The order in which `k` candidates are taken: each time the one with the most lambda · relevance − (1 − lambda) · likeness, its likeness
/// being the largest cosine to one already taken (below 0: 0). Relevance is brought to 0 … 1 over the candidates first; equal ones go in
/// the order given. lambda = 1 is the order of relevance. O(k · n) cosines.
std::vector<std::size_t> diverse_order(std::span<const Candidate> candidates, std::size_t k, double lambda);

}  // namespace akin::retrieval
