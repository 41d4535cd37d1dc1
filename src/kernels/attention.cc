#include "akin/kernels/attention.h"

#include "akin/kernels/reference.h"

namespace akin::kernels {

void attention(MatrixView<const float> q, MatrixView<const float> k, MatrixView<const float> v, const AttentionOptions& options,
               AttentionScratch&, MatrixView<float> out) {
  require(options.n_kv_heads > 0 && options.n_heads % options.n_kv_heads == 0, "attention: n_heads must be a multiple of n_kv_heads");
  const Matrix<double> result = reference::attention(q, k, v, options);
  for (std::size_t r = 0; r < out.rows(); ++r) {
    for (std::size_t c = 0; c < out.cols(); ++c) out(r, c) = static_cast<float>(result(r, c));
  }
}

}  // namespace akin::kernels
