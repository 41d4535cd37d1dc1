// Attention for training: with dropout of its probabilities, and its gradients. A block of queries at a time, its products by matmul():
// memory is O(block · n), never n². Deterministic; depends on this sequence alone. Tested by attention_backward_test.cc.
#pragma once

#include <cstddef>

#include "akin/base/matrix.h"
#include "akin/kernels/attention.h"
#include "akin/kernels/dropout.h"

namespace akin::kernels {

/// Rows of one sequence, as attention() takes them.
struct AttentionRows {
  MatrixView<const float> q, k, v;
};
struct AttentionRowGradients {
  MatrixView<float> q, k, v;
};

/// Working memory, reused from call to call. Owned by one thread at a time.
class AttentionTrainingScratch {
 public:
  /// Room for `count` floats.
  float* floats(std::size_t count);

 private:
  Matrix<float> floats_;
};

/// attention() with probabilities dropped: those of query i in head h are row h · n + i of `dropout`. In f32 whatever options.type.
/// Throws Error{invalid_argument} as attention() does.
void attention_with_dropout(const AttentionRows& rows, const AttentionOptions& options, const Dropout& dropout,
                            AttentionTrainingScratch& scratch, MatrixView<float> out);
/// Writes the gradients of the rows, given that of attention()'s or attention_with_dropout()'s output. The options' biases get none.
void attention_backward(const AttentionRows& rows, const AttentionOptions& options, const Dropout& dropout, MatrixView<const float> d_out,
                        AttentionTrainingScratch& scratch, const AttentionRowGradients& gradients);

}  // namespace akin::kernels
