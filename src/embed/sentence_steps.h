// What happens to pooled vectors: Dense, LayerNorm, Normalize in the model's order, then the cut to fewer dimensions.
// Tested by sentence_steps_test.cc.
#pragma once

#include <cstddef>
#include <span>
#include <variant>
#include <vector>

#include "akin/base/matrix.h"
#include "akin/embed/embedder.h"
#include "akin/nn/dense.h"
#include "akin/nn/norm.h"
#include "model_files.h"

namespace akin {

class SentenceSteps {
 public:
  /// `dims` and `normalize` as in EmbedderOptions; `layer_norm_before_cut` as in SentenceConfig.
  SentenceSteps(std::span<const StepSpec> specs, std::size_t dims, bool normalize, bool layer_norm_before_cut = false);

  /// Each row of the result depends on that row of `pooled` alone.
  [[nodiscard]] Matrix<float> forward(Matrix<float> pooled, VectorLength length = VectorLength::models) const;

 private:
  struct UnitLength {};
  using Step = std::variant<nn::Dense, nn::Norm, UnitLength>;

  std::vector<Step> steps_;
  std::size_t dims_ = 0;
  bool normalize_ = false;
  bool layer_norm_before_cut_ = false;
};

}  // namespace akin
