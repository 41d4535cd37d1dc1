// What a model knows of positions, read without the model: its learned table, its rotations, its slopes, its buckets with their biases.
// Tested by model_positions_test.cc.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "akin/base/matrix.h"
#include "akin/nn/relative_buckets.h"
#include "akin/nn/rope.h"

namespace akin {

struct ModelPositions {
  std::string name, family;
  std::size_t n_heads = 0;
  bool causal = false;
  std::size_t context_length = 0;   ///< kNoPositionLimit of spec.h if the files do not say
  Matrix<float> learned;            ///< (n, dim) from the row of a text's first token on; no rows: none
  std::vector<nn::RopeSpec> ropes;  ///< empty: none
  std::vector<float> alibi_slopes;  ///< one a head; empty: none
  std::optional<nn::RelativeBuckets> relative_buckets = std::nullopt;
  Matrix<float> relative_bias;  ///< (n_buckets, n_heads)

  /// "learned", "rope", "learned and relative buckets", …: for messages.
  [[nodiscard]] std::string kinds() const;
};

/// A Hugging Face or sentence-transformers folder, or a GGUF file. Of a learned table the first `max_rows` rows are read.
/// Throws Error naming file, tensor or key, what was wanted and found.
ModelPositions read_positions(const std::filesystem::path& model, std::size_t max_rows);

}  // namespace akin
