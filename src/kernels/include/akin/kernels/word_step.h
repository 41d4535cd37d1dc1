// One step of learning word vectors by logistic regression: inputs are drawn to the targets with label 1 and pushed from those with
// label 0 (Mikolov et al., 2013). All pairs of a step are scored before any row moves, so that they form one small matrix product
// (Ji et al., 2016). Rows may repeat among the inputs, not among the targets. Tested by word_step_test.cc.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace akin::kernels {

/// Rows are as long as a multiple of this, with zeros behind their numbers, and begin at a multiple of 64 bytes.
inline constexpr std::size_t kRowGrain = 16;
/// The length of such a row for `dim` numbers.
constexpr std::size_t padded_row(std::size_t dim) noexcept { return (dim + kRowGrain - 1) / kRowGrain * kRowGrain; }

struct WordStep {
  std::span<float* const> inputs;
  std::span<float* const> targets;
  std::span<const float> labels;   ///< one a target
  std::span<const float> weights;  ///< of learn_mean(): of each input in the mean
  std::size_t length = 0;          ///< of a row
  float rate = 0;
  float share = 1;       ///< of learn_mean(): the part of the mean's gradient that each input moves by
  bool softmax = false;  ///< of learn_mean(): the targets' probabilities sum to 1, instead of a yes or no each; finite scores
};

/// What a step needs beside the rows; keeps its memory from step to step.
class WordScratch {
 public:
  /// scores()[i · targets + t] = inputs[i] · targets[t], as they were before the last step (one input: the mean, for learn_mean()).
  [[nodiscard]] std::span<const float> scores() const noexcept { return scores_; }

  std::vector<float> scores_, gradients_, moves_;  // used by the kernels
};

/// Each input against each target: input_i += rate · Σ_t (label_t − σ(s_it)) · target_t, target_t += rate · Σ_i (label_t − σ(s_it)) ·
/// input_i.
void learn_pairs(const WordStep& step, WordScratch& scratch);

/// The weighted mean of the inputs (Σ weights = 1) against each target. Each input moves by the whole gradient of the mean, as word2vec,
/// gensim and fastText's word vectors have it: input_i += rate · share · Σ_t (label_t − σ(s_t)) · target_t, with share = 1. fastText's
/// classifiers divide it by the number of inputs. With softmax, σ(s_t) is e^(s_t) / Σ_u e^(s_u).
void learn_mean(const WordStep& step, WordScratch& scratch);

/// out[i] += factor · x[i].
void add_scaled(std::span<const float> x, float factor, std::span<float> out) noexcept;

/// row += factor · Σ_i (ends[i] − row as it was).
void add_moves(std::span<const float* const> ends, float factor, std::span<float> row) noexcept;

/// row += factor · Σ_i moves[i].
void add_sum(std::span<const float* const> moves, float factor, std::span<float> row) noexcept;

}  // namespace akin::kernels
