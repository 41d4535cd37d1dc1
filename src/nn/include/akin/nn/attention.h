// Multi-head self-attention over a ragged batch (Vaswani et al., 2017): one fused product for query, key and value over all rows, the
// attention itself sequence by sequence, one product for the output. Tested by attention_test.cc.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "akin/base/crew.h"
#include "akin/base/matrix.h"
#include "akin/formats/tensor.h"
#include "akin/kernels/attention.h"
#include "akin/kernels/gemm.h"
#include "akin/nn/norm.h"
#include "akin/nn/relative_buckets.h"
#include "akin/nn/rope.h"
#include "akin/nn/weights.h"

namespace akin::nn {

/// How a fused weight of query, key and value is ordered.
enum class FusedOrder {
  blocks,    ///< all queries, all keys, all values
  by_group,  ///< for each key head: its query heads, the key head, the value head (GPT-NeoX, BLOOM, newer Falcon)
};

struct AttentionSpec {
  std::size_t n_heads = 0;
  std::size_t n_kv_heads = 0;  ///< = n_heads but for grouped queries
  std::size_t head_dim = 0;
  float scale = 0;  ///< of the scores
  bool causal = false;
  FusedOrder fused_order = FusedOrder::blocks;
  /// The first so many rows of each query and key head lie as pairs (2i, 2i + 1) that turn together, as llama.cpp keeps LLaMA's. They are
  /// packed as halves, so that the model is the same to the bit as from a file that keeps it so. Even, at most head_dim.
  std::size_t n_paired = 0;
  std::optional<NormSpec> head_norm = {};             ///< of each query and key head, before the rotation (Qwen3, Gemma 3)
  std::vector<float> alibi_slopes = {};               ///< one a head; empty for none
  std::optional<RelativeBuckets> relative_bias = {};  ///< the table is shared by all layers

  [[nodiscard]] std::size_t dim() const noexcept { return n_heads * head_dim; }
};

/// What may differ from layer to layer.
struct AttentionPattern {
  std::size_t window = kernels::kNoWindow;  ///< position i sees j with |i − j| ≤ window
  std::size_t rope = 0;                     ///< which of the model's rotations, where there are any
};

/// Names of the linear maps in the file: query, key and value, or all three fused; of the norms of heads.
struct AttentionNames {
  std::string query = {}, key = {}, value = {}, fused = {}, output = {}, query_norm = {}, key_norm = {};
};

/// Working memory; owned by one thread at a time.
struct AttentionBuffers {
  Matrix<float> qkv;
  Matrix<float> context;
  kernels::GemmRows rows;
  std::vector<kernels::AttentionScratch> scratch;  // one a piece of the heads
};

/// What a model lends each of its layers for one batch.
struct AttentionContext {
  std::span<const std::size_t> starts;                     ///< sequence s is rows [starts[s], starts[s + 1])
  std::span<const RopeTable* const> ropes = {};            ///< one a sequence; empty: no rotation
  std::span<const std::vector<float>> distance_bias = {};  ///< one a sequence (kernels::AttentionOptions); empty for none
};

class Attention {
 public:
  Attention(const TensorFile& file, const AttentionNames& names, const AttentionSpec& spec, std::size_t dim, kernels::GemmType type,
            const AttentionPattern& pattern = {}, WeightOrder order = WeightOrder::rows_are_outputs);

  /// out (n_rows, dim) from the prepared rows `x`.
  /// With a `crew`, called inside its lead, products are shared out by outputs and attention by heads; the bits stay the same.
  void forward(kernels::GemmRows& x, const AttentionContext& batch, AttentionBuffers& buffers, MatrixView<float> out,
               Crew* crew = nullptr) const;

  [[nodiscard]] const AttentionPattern& pattern() const noexcept { return pattern_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return qkv_.bytes() + output_.bytes(); }

 private:
  /// Norms and rotations of the query and key heads.
  void place(MatrixView<float> qkv, const AttentionContext& batch) const;
  void attend_heads(MatrixView<const float> qkv, const AttentionContext& batch, std::size_t first, std::size_t last,
                    kernels::AttentionScratch& scratch, MatrixView<float> context) const;

  AttentionSpec spec_;
  AttentionPattern pattern_;
  std::optional<Norm> query_norm_, key_norm_;
  kernels::PackedMatrix qkv_;
  kernels::PackedMatrix output_;
};

}  // namespace akin::nn
