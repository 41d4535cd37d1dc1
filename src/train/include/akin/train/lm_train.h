// Pre-training: steps of forward, backward and AdamW over batches of a corpus, held-out loss on the way, checkpoints from which a run goes
// on to the same bits, and a folder that transformers and akin open. The same model on any number of threads. Tested by lm_train_test.cc;
// the losses of torch on the same data, first numbers and order: lm_golden_test.cc.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "akin/base/context.h"
#include "akin/train/lm_data.h"
#include "akin/train/lm_model.h"
#include "akin/train/optimizer.h"

namespace akin {

struct LmTrainOptions {
  LmBatchOptions batches;
  AdamWOptions adam;
  RateSchedule schedule;
  std::size_t batch = 32;          ///< texts a step
  std::size_t accumulate = 1;      ///< forward passes that a step's texts are cut into: less memory, the same step but for rounding
  float dropout = 0;               ///< of embeddings, blocks and attention, in [0, 1)
  std::size_t eval_every = 250;    ///< steps between held-out losses; 0: at the end alone
  std::size_t save_every = 500;    ///< steps between checkpoints; 0: at the end alone
  std::size_t stop_after = 0;      ///< steps of one call of train_lm(), which then saves and returns; 0: until the end
  std::size_t n_eval_texts = 200;  ///< held-out texts that are looked at, at most
};

/// Throws Error{invalid_argument} naming the field that is out of range.
void check(const LmTrainOptions& options);

/// One step, or one look at held-out texts.
struct LmPoint {
  std::size_t step = 0;  ///< steps done
  double loss = 0;       ///< mean −ln p of the step's tokens, in nats
  double rate = 0, gradient_length = 0;
  std::optional<double> held_out_loss;

  friend bool operator==(const LmPoint&, const LmPoint&) = default;
};

class LmTrainer {
 public:
  /// `model`, `tokens` and `held_out` (may be nullptr) must outlive it.
  LmTrainer(LmModel& model, const TokenFile& tokens, const TokenFile* held_out, const LmTrainOptions& options);
  LmTrainer(LmTrainer&&) noexcept;
  ~LmTrainer();

  [[nodiscard]] std::size_t n_steps() const noexcept;
  /// Steps done, one point each; the last of them has the held-out loss if it was asked for.
  [[nodiscard]] const std::vector<LmPoint>& curve() const noexcept;
  /// One step. Throws Error{cancelled}, leaving the model as it was before.
  const LmPoint& step(Context& context);
  /// Mean −ln p over the held-out texts. Throws Error{invalid_argument} if there are none.
  double held_out_loss(Context& context);
  [[nodiscard]] bool has_held_out() const noexcept;
  /// Time in step() so far, of this object: looks at held-out texts and saves do not count.
  [[nodiscard]] double seconds_in_steps() const noexcept;

  /// Writes the model (config.json, model.safetensors), curve.jsonl and checkpoint.safetensors. Throws Error{io}; each file is whole or
  /// the old one.
  void save(const std::filesystem::path& folder) const;
  /// Goes on from a checkpoint: what follows has the bits that it would have had without the pause. Throws Error{not_found},
  /// Error{corrupt}, Error{mismatch} naming an option that differs from the checkpoint's.
  void resume(const std::filesystem::path& folder);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Called after every step.
using LmObserver = std::function<void(const LmPoint& point)>;

/// All steps that are left, or `stop_after` of them, with held-out losses and saves into `folder` as the options say. Cancelling saves what
/// is there and throws Error{cancelled}.
void train_lm(LmTrainer& trainer, const LmTrainOptions& options, const std::filesystem::path& folder, const LmObserver& observer,
              Context& context);

}  // namespace akin
