// Encoded texts of all lengths through a transformer, in micro-batches on all threads: what sentence vectors, scores of pairs and late
// chunks have in common. The states of a text have the same bits whatever else is asked for. Tested by transformer_runner_test.cc.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/scratch_pool.h"
#include "akin/embed/embedder.h"
#include "akin/model/transformer.h"
#include "micro_batch.h"

namespace akin {

class TransformerRunner {
 public:
  /// Packs the weights, as Transformer does; `weights` must outlive the runner.
  TransformerRunner(const TensorFile& weights, const ModelDescription& model, Precision precision, Context& context);

  /// Texts that went through the layers together: text members[s] has the rows [starts[s], starts[s + 1]) of `hidden`.
  struct States {
    std::span<const std::size_t> members;
    std::span<const std::size_t> starts;
    MatrixView<const float> hidden;

    [[nodiscard]] MatrixView<const float> of(std::size_t s) const { return hidden.middle_rows(starts[s], starts[s + 1] - starts[s]); }
  };
  /// Called once a micro-batch, from any thread, several at once; every text is in exactly one, but those without a token in none.
  using Take = std::function<void(const States& states)>;

  void run(std::span<const Encoding> encodings, const Take& take, Context& context) const;

 private:
  struct Scratch {
    TransformerBuffers buffers;
    Matrix<float> hidden;
  };

  void run_batch(std::span<const Encoding> encodings, const MicroBatch& batch, const Take& take, Crew* crew) const;

  Transformer transformer_;
  mutable ScratchPool<Scratch> scratch_;
};

}  // namespace akin
