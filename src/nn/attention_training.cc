#include "akin/nn/attention_training.h"

namespace akin::nn {
namespace {

/// The columns of queries, keys and values.
template <class T>
struct Heads {
  MatrixView<T> q, k, v;

  Heads(MatrixView<T> qkv, const AttentionSpec& spec) {
    const std::size_t wide = spec.dim(), narrow = spec.n_kv_heads * spec.head_dim;
    q = qkv.middle_cols(0, wide);
    k = qkv.middle_cols(wide, narrow);
    v = qkv.middle_cols(wide + narrow, narrow);
  }
};

kernels::AttentionOptions options_of(const AttentionWeights& w) {
  kernels::AttentionOptions options;
  options.n_heads = w.spec->n_heads;
  options.n_kv_heads = w.spec->n_kv_heads;
  options.head_dim = w.spec->head_dim;
  options.scale = w.spec->scale;
  options.causal = w.spec->causal;
  options.window = w.pattern.window;
  options.alibi_slopes = w.spec->alibi_slopes;
  return options;
}

kernels::Dropout dropout_of(const AttentionBatch& batch, std::size_t s) {
  return {batch.dropout.probability, batch.dropout.key + (batch.first_sequence + s) * 0x9e3779b97f4a7c15ULL};
}

/// The transposed turn: what the gradient of turned rows is for the rows before. Row r is position r.
void rotate_back(const RopeTable& rope, MatrixView<float> rows, std::size_t n_heads, std::size_t head_dim) {
  const std::size_t half = rope.cos().cols();
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    const float* c = rope.cos().row_data(r);
    const float* s = rope.sin().row_data(r);
    for (std::size_t head = 0; head < n_heads; ++head) {
      float* first = rows.row_data(r) + head * head_dim;
      float* second = first + half;
      for (std::size_t i = 0; i < half; ++i) {
        const float a = first[i], b = second[i];
        first[i] = a * c[i] + b * s[i];
        second[i] = b * c[i] - a * s[i];
      }
    }
  }
}

/// body(s, first row, number of rows) for each sequence that has any.
template <class Body>
void for_each_sequence(const AttentionBatch& batch, const Body& body) {
  const std::span<const std::size_t> starts = batch.context.starts;
  for (std::size_t s = 0; s + 1 < starts.size(); ++s) {
    if (starts[s + 1] > starts[s]) body(s, starts[s], starts[s + 1] - starts[s]);
  }
}

}  // namespace

void attention_forward(MatrixView<const float> x, const AttentionWeights& w, const AttentionBatch& batch, AttentionTrainingBuffers& buffers,
                       const AttentionTape& tape, MatrixView<float> out) {
  linear_forward(x, w.qkv, tape.qkv);
  const kernels::AttentionOptions options = options_of(w);
  for_each_sequence(batch, [&](std::size_t s, std::size_t first, std::size_t count) {
    const Heads<float> heads(tape.qkv.middle_rows(first, count), *w.spec);
    if (!batch.context.ropes.empty()) {
      batch.context.ropes[s]->rotate(heads.q, w.spec->n_heads, w.spec->head_dim);
      batch.context.ropes[s]->rotate(heads.k, w.spec->n_kv_heads, w.spec->head_dim);
    }
    const MatrixView<float> to = tape.context.middle_rows(first, count);
    const kernels::Dropout dropout = dropout_of(batch, s);
    if (dropout.is_on()) {
      kernels::attention_with_dropout({heads.q, heads.k, heads.v}, options, dropout, buffers.training, to);
    } else {
      kernels::attention(heads.q, heads.k, heads.v, options, buffers.forward, to);
    }
  });
  linear_forward(tape.context, w.output, out);
}

void attention_backward(MatrixView<const float> d_out, const AttentionWeights& w, const AttentionBatch& batch,
                        AttentionTrainingBuffers& buffers, const AttentionTape& tape, const AttentionGradients& gradients) {
  linear_backward(d_out, w.output, kernels::Sum::replace, gradients.d_context);
  const kernels::AttentionOptions options = options_of(w);
  for_each_sequence(batch, [&](std::size_t s, std::size_t first, std::size_t count) {
    const Heads<const float> heads(tape.qkv.middle_rows(first, count), *w.spec);
    const Heads<float> d(gradients.d_qkv.middle_rows(first, count), *w.spec);
    kernels::attention_backward({heads.q, heads.k, heads.v}, options, dropout_of(batch, s), gradients.d_context.middle_rows(first, count),
                                buffers.training, {d.q, d.k, d.v});
    if (batch.context.ropes.empty()) return;
    rotate_back(*batch.context.ropes[s], d.q, w.spec->n_heads, w.spec->head_dim);
    rotate_back(*batch.context.ropes[s], d.k, w.spec->n_kv_heads, w.spec->head_dim);
  });
  linear_backward(gradients.d_qkv, w.qkv, kernels::Sum::replace, gradients.d_x);
}

}  // namespace akin::nn
