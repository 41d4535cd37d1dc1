// A language model to be trained from nothing: which family serves an objective and a scheme of positions, its config.json as Hugging Face
// has it, its parameters with their first numbers, and the folder that transformers and akin open. Tested by lm_model_test.cc.
//
//   objective, positions          family        what it is
//   causal, learned               gpt2          LayerNorm before the blocks, GELU, biases
//   causal, sinusoidal            gpt2          the same with the table of Vaswani et al. (2017) in place of the learned one, never changed
//   causal, rope                  llama         RMSNorm, gated SiLU, no biases, grouped queries on request
//   causal, alibi                 mpt           LayerNorm without bias, GELU, no biases
//   masked, learned / sinusoidal  bert          LayerNorm behind the blocks, GELU, biases, token types
//   masked, rope                  modernbert    LayerNorm before the blocks, gated GELU, no biases, every layer global
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "akin/train/parameters.h"
#include "akin/train/trainable_head.h"
#include "akin/train/trainable_transformer.h"

namespace akin {

enum class LmObjective { causal, masked };
enum class LmPositions { learned, sinusoidal, rope, alibi };
/// "causal", "rope", … Throws Error{invalid_argument} naming those that there are.
LmObjective lm_objective_from(std::string_view name);
LmPositions lm_positions_from(std::string_view name);
std::string_view name_of(LmObjective objective) noexcept;
std::string_view name_of(LmPositions positions) noexcept;

struct LmShape {
  LmObjective objective = LmObjective::causal;
  LmPositions positions = LmPositions::learned;
  std::size_t vocabulary_size = 0;
  std::size_t n_layers = 6, dim = 384, n_heads = 6;
  std::size_t n_kv_heads = 0;  ///< of rope alone; 0: as many as heads
  std::size_t inner = 0;       ///< of the feed-forward part; 0: 4 · dim, gated ones 8/3 · dim in multiples of 64
  std::size_t context = 256;   ///< tokens of a training text, and the longest that learned positions allow
  bool is_tied = true;         ///< the head is the token embeddings once more; a masked model's always is
};

/// Throws Error{invalid_argument} naming the field that is out of range or that the family does not have.
void check(const LmShape& shape);
/// config.json.
std::string lm_config(const LmShape& shape);
std::string lm_family(const LmShape& shape);

class LmModel {
 public:
  /// Normal numbers of deviation 0.02, those of the maps that end a block smaller by sqrt(2 · n_layers) (GPT-2's rule); biases 0, factors
  /// of norms 1. The same for a seed on any machine.
  LmModel(const LmShape& shape, std::uint64_t seed);

  [[nodiscard]] const LmShape& shape() const noexcept { return shape_; }
  [[nodiscard]] const ModelDescription& description() const noexcept { return transformer_.model(); }
  [[nodiscard]] Parameters& parameters() noexcept { return parameters_; }
  [[nodiscard]] const Parameters& parameters() const noexcept { return parameters_; }
  [[nodiscard]] const TrainableTransformer& transformer() const noexcept { return transformer_; }
  [[nodiscard]] TrainableHead& head() noexcept { return head_; }

  /// config.json and model.safetensors. Throws Error{io}.
  void write(const std::filesystem::path& folder) const;

 private:
  LmModel(const LmShape& shape, const ModelDescription& description);

  LmShape shape_;
  Parameters parameters_;
  TrainableTransformer transformer_;
  TrainableHead head_;
};

}  // namespace akin
