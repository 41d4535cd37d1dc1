// Positions as waves (Vaswani et al., 2017): each pair of numbers of a position's row is the sine and cosine of the position at one
// wavelength, from 2π up to 10,000 · 2π. Nothing is learned; a shift by d tokens is the same rotation everywhere, so that the product of
// two rows depends on their distance alone. Tested by sinusoidal_test.cc.
#pragma once

#include <cstddef>

#include "akin/base/matrix.h"

namespace akin::nn {

enum class SinusoidalLayout {
  interleaved,  ///< sin at even columns, cos at odd ones, angle position / theta^(2i / dim): the paper, DistilBERT
  halves,  ///< all sines, then all cosines, angle position / theta^(i / (dim/2 − 1)): tensor2tensor, fairseq; an odd last column is 0
};

/// The table (n_positions, dim). Angles are computed in double. Throws Error{invalid_argument} for no positions, fewer than 2 dimensions
/// (halves: 4), or a theta that is not above 0.
Matrix<float> sinusoidal_positions(std::size_t n_positions, std::size_t dim, SinusoidalLayout layout = SinusoidalLayout::interleaved,
                                   double theta = 10000);

}  // namespace akin::nn
