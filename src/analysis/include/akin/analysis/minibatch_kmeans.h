// k-means by small samples (Sculley, 2010): each centre moves towards the rows of a batch that are nearest to it, the less the more it has
// seen. Near k-means' inertia for a small part of its work, where there are very many rows. Tested by minibatch_kmeans_test.cc.
#pragma once

#include <cstddef>

#include "akin/analysis/kmeans.h"
#include "akin/base/context.h"
#include "akin/base/matrix.h"

namespace akin {

struct MinibatchKMeansOptions {
  std::size_t k = 8;            ///< clusters; 1 – the number of rows
  std::size_t batch = 4096;     ///< rows of a step, drawn with replacement
  std::size_t max_steps = 400;  ///< at most
  std::size_t patience = 10;    ///< ends after so many steps in which the smoothed inertia of the batches did not fall
  bool spherical = false;       ///< by angle, as KMeansOptions has it
};

/// As kmeans(): the labels, sizes and inertia are those of all rows at the end; n_iterations counts steps. The start is k-means++ over some
/// batches. The result depends on rows, options and context.seed only. Errors as kmeans().
KMeansResult minibatch_kmeans(MatrixView<const float> rows, const MinibatchKMeansOptions& options, Context& context);

}  // namespace akin
