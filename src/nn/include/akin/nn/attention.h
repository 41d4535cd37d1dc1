// Multi-head self-attention over a ragged batch (Vaswani et al., 2017): one fused product for query, key and value over all rows, the
// attention itself sequence by sequence, one product for the output. Tested by attention_test.cc.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "akin/base/crew.h"
#include "akin/base/matrix.h"
#include "akin/formats/tensor.h"
#include "akin/kernels/attention.h"
#include "akin/kernels/gemm.h"

namespace akin::nn {

struct AttentionSpec {
  std::size_t n_heads = 0;
  std::size_t n_kv_heads = 0;  ///< = n_heads but for grouped queries
  std::size_t head_dim = 0;
  float scale = 0;  ///< of the scores
  bool causal = false;
  std::size_t window = kernels::kNoWindow;  ///< position i sees j with |i − j| ≤ window
};

/// Names of the four linear maps in the file.
struct AttentionNames {
  std::string query, key, value, output;
};

/// Working memory; owned by one thread at a time.
struct AttentionBuffers {
  Matrix<float> qkv;
  Matrix<float> context;
  kernels::GemmRows rows;
  std::vector<kernels::AttentionScratch> scratch;  // one a piece of the heads
};

class Attention {
 public:
  Attention(const TensorFile& file, const AttentionNames& names, const AttentionSpec& spec, std::size_t dim, kernels::GemmType type);

  /// out (n_rows, dim) from the prepared rows `x`; sequence s is rows [starts[s], starts[s + 1]).
  /// With a `crew`, called inside its lead, products are shared out by outputs and attention by heads; the bits stay the same.
  void forward(kernels::GemmRows& x, std::span<const std::size_t> starts, AttentionBuffers& buffers, MatrixView<float> out,
               Crew* crew = nullptr) const;

  [[nodiscard]] std::size_t bytes() const noexcept { return qkv_.bytes() + output_.bytes(); }

 private:
  void attend_heads(MatrixView<const float> qkv, std::span<const std::size_t> starts, std::size_t first, std::size_t last,
                    kernels::AttentionScratch& scratch, MatrixView<float> context) const;

  AttentionSpec spec_;
  kernels::PackedMatrix qkv_;
  kernels::PackedMatrix output_;
};

}  // namespace akin::nn
