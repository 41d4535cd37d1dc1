// Attention with linear biases (Press et al., 2022): a score loses slope · distance, each head with a slope of its own; no position enters
// the token vectors, so a model runs beyond the length it was trained on. Tested by alibi_test.cc
// and, on models, families_test.cc.
#pragma once

#include <cstddef>
#include <vector>

namespace akin::nn {

/// The slopes of the paper's code (BLOOM, Falcon, Jina): 2^(−8i/n) for n a power of two; for other counts those of the power below, then
/// every second one of the power above. Throws Error{invalid_argument} for 0 heads.
std::vector<float> alibi_slopes(std::size_t n_heads);

/// MPT's: 2^(−bias_max · i / n) for the power of two above, odd places first.
std::vector<float> alibi_slopes_mpt(std::size_t n_heads, double bias_max = 8);

}  // namespace akin::nn
