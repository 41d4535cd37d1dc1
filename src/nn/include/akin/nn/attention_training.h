// Self-attention with numbers that change: forward keeping what backward reads, and backward. Tested by attention_training_test.cc.
#pragma once

#include <cstddef>

#include "akin/base/matrix.h"
#include "akin/kernels/attention_backward.h"
#include "akin/nn/attention.h"
#include "akin/nn/linear.h"

namespace akin::nn {

/// Queries, keys and values are one product, in this order. Heads have no norms and no relative buckets; a rotation turns halves, not
/// neighbours.
struct AttentionWeights {
  LinearWeights qkv, output;
  const AttentionSpec* spec = nullptr;
  AttentionPattern pattern;
};
/// What the backward pass reads of the forward one: queries, keys (both rotated) and values (n, qkv.n_out()), and what attention gave
/// (n, spec.dim()).
struct AttentionTape {
  MatrixView<float> qkv, context;
};
/// Sequences of one call: those of an AttentionContext, which are numbers `first_sequence` on of a batch. Dropout of a sequence depends on
/// its number in the batch, whatever the cut.
struct AttentionBatch {
  AttentionContext context;
  kernels::Dropout dropout = {};
  std::size_t first_sequence = 0;
};
/// Working memory; owned by one thread at a time.
struct AttentionTrainingBuffers {
  kernels::AttentionScratch forward;
  kernels::AttentionTrainingScratch training;
};
void attention_forward(MatrixView<const float> x, const AttentionWeights& w, const AttentionBatch& batch, AttentionTrainingBuffers& buffers,
                       const AttentionTape& tape, MatrixView<float> out);
/// Where the gradients go: of what attention gave (scratch for others), of the outputs of `qkv`, and of x. Those of the weights are
/// add_linear_piece(…, x, d_qkv, …) and add_linear_piece(…, tape.context, d_out, …).
struct AttentionGradients {
  MatrixView<float> d_context, d_qkv, d_x;
};
void attention_backward(MatrixView<const float> d_out, const AttentionWeights& w, const AttentionBatch& batch,
                        AttentionTrainingBuffers& buffers, const AttentionTape& tape, const AttentionGradients& gradients);

}  // namespace akin::nn
