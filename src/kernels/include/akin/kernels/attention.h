// Scaled dot-product attention of one sequence (Vaswani et al., 2017), softmax inside, a block of queries at a time so that scores stay
// in the first cache: memory is O(block · n), never n². Deterministic; depends on this sequence alone. Tested by attention_test.cc.
#pragma once

#include <cstddef>
#include <limits>
#include <span>

#include "akin/base/matrix.h"

namespace akin::kernels {

/// What the two products are computed in; softmax and sums are f32 always.
enum class AttentionType {
  f32,
  bf16,  ///< queries, keys, values and probabilities rounded to bfloat16 where the CPU multiplies it, else as f32
};

inline constexpr std::size_t kNoWindow = std::numeric_limits<std::size_t>::max();

struct AttentionOptions {
  std::size_t n_heads = 1;
  std::size_t n_kv_heads = 1;      ///< n_heads must be a multiple; query head h reads key head h / (n_heads / n_kv_heads)
  std::size_t head_dim = 0;        ///< of queries, keys and values
  float scale = 1;                 ///< of the scores, mostly 1 / sqrt(head_dim)
  bool causal = false;             ///< position i sees j ≤ i
  std::size_t window = kNoWindow;  ///< i sees j with |i − j| ≤ window
  /// Added to the scores after scaling: bias[(head · n + i) · n + j]. Empty for none.
  std::span<const float> bias;
  /// Added to the scores: slopes[head] · −|i − j| (ALiBi; Press et al., 2022). Empty for none.
  std::span<const float> alibi_slopes;
  /// Added to the scores: distance_bias[head · (2n − 1) + (j − i + n − 1)] (T5 and MPNet's relative buckets, spread over distances).
  /// Empty for none.
  std::span<const float> distance_bias;
  AttentionType type = AttentionType::f32;
};

/// Working memory, reused from call to call. Owned by one thread at a time.
class AttentionScratch {
 public:
  struct Access;

 private:
  Matrix<float> floats_;
};

/// out (n, n_heads · head_dim) from q (n, n_heads · head_dim), k and v (n, n_kv_heads · head_dim); rows may be strided, so the three can
/// be columns of one packed (n, 3 · dim) matrix. Throws Error{invalid_argument} if the shapes or options disagree.
void attention(MatrixView<const float> q, MatrixView<const float> k, MatrixView<const float> v, const AttentionOptions& options,
               AttentionScratch& scratch, MatrixView<float> out);

}  // namespace akin::kernels
