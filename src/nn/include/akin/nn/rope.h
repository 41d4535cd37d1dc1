// Rotary positions (Su et al., RoFormer, 2021): pairs of numbers of queries and keys are turned by an angle that grows with the position,
// so that a score depends on the distance alone. With the ways in use to stretch it to longer texts. Reference: modeling_rope_utils of
// transformers; frequencies are rounded to float as there, angles are computed in double. Tested by rope_test.cc and, on models,
// families_test.cc.
#pragma once

#include <cstddef>
#include <vector>

#include "akin/base/matrix.h"

namespace akin::nn {

/// Which numbers of a head turn together.
enum class RopeLayout {
  half_split,   ///< i and i + dim/2 (NeoX, LLaMA in Hugging Face's files)
  interleaved,  ///< 2i and 2i + 1 (the paper, LLaMA in GGUF files)
};

enum class RopeScalingKind {
  none,
  linear,       ///< positions divided by `factor` (Chen et al., 2023)
  ntk,          ///< theta · factor, then frequencies / factor^(2/dim), at every length (gte-base-en-v1.5)
  dynamic_ntk,  ///< theta grows with a text longer than `original_positions`
  yarn,         ///< by parts of the spectrum (Peng et al., 2023)
  llama3,       ///< low frequencies divided, high ones kept, smooth between
};

struct RopeScaling {
  RopeScalingKind kind = RopeScalingKind::none;
  double factor = 1;
  std::size_t original_positions = 0;  ///< the length that the model was trained for
  double beta_fast = 32, beta_slow = 1;
  bool truncate = true;         ///< YaRN: whole numbers as the ends of the ramp
  double attention_factor = 1;  ///< cos and sin are multiplied by it
  double low_freq_factor = 1, high_freq_factor = 4;
  std::vector<float> divisors = {};  ///< frequencies are divided by these at last (GGUF's rope_freqs); empty for none
};

struct RopeSpec {
  std::size_t dim = 0;  ///< the first `dim` numbers of a head turn; even
  double theta = 10000;
  RopeLayout layout = RopeLayout::half_split;
  RopeScaling scaling = {};
};

/// YaRN's factor of cos and sin: 0.1 · mscale · ln(factor) + 1.
double yarn_attention_factor(double factor, double mscale = 1);

/// (dim / 2) angles a position, for a text of `length` tokens (only dynamic_ntk looks at it).
/// Throws Error{invalid_argument} for an odd or empty dim, theta or factors that are not positive.
std::vector<float> rope_frequencies(const RopeSpec& spec, std::size_t length);

/// cos and sin of every position of a text, kept from call to call; owned by one thread at a time.
class RopeTable {
 public:
  /// Makes the table ready for texts of `length` tokens.
  void prepare(const RopeSpec& spec, std::size_t length);
  /// Turns every head of rows (length, n_heads · head_dim); row r is position r.
  void rotate(MatrixView<float> rows, std::size_t n_heads, std::size_t head_dim) const;

  [[nodiscard]] MatrixView<const float> cos() const noexcept { return cos_.view(); }  ///< (n ≥ length, dim / 2)
  [[nodiscard]] MatrixView<const float> sin() const noexcept { return sin_.view(); }

 private:
  Matrix<float> cos_, sin_;
  std::size_t stretched_for_ = 0;  // the length that dynamic frequencies were made for; 0: those of short texts
  RopeLayout layout_ = RopeLayout::half_split;
};

}  // namespace akin::nn
