// Relative positions in buckets (Raffel et al., T5, 2020): near distances have a bucket each, far ones share buckets that grow
// logarithmically; each bucket and head has a learned number that is added to the score. MPNet does the same. Tested by
// relative_buckets_test.cc and, on models, families_test.cc.
#pragma once

#include <cstddef>
#include <vector>

#include "akin/base/matrix.h"

namespace akin::nn {

struct RelativeBuckets {
  std::size_t n_buckets = 32;
  std::size_t max_distance = 128;  ///< this far and farther share the last bucket
  bool bidirectional = true;       ///< half of the buckets for keys after the query; false: those are all bucket 0
};

/// The bucket of a key `distance` tokens after its query (negative: before it). In [0, n_buckets).
std::size_t bucket_of(const RelativeBuckets& buckets, std::ptrdiff_t distance);

/// What kernels::AttentionOptions::distance_bias wants for a text of n tokens: out[head · (2n − 1) + distance + n − 1] from the learned
/// table (n_buckets, n_heads).
std::vector<float> distance_bias(const RelativeBuckets& buckets, MatrixView<const float> table, std::size_t n);

}  // namespace akin::nn
