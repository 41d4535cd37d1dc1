// Contrastive tuning: steps of forward, loss, backward and AdamW over batches of pairs, a held-out share and a score of the caller's looked
// at on the way, the best model kept. Memory is bounded for any batch: its texts go through the model in parts, once for their vectors and,
// where a batch has more than one part, once more for the gradients (GradCache: Gao et al., 2021); the loss sees the whole batch.
// The same model on any number of threads. Tested by pairs_train_test.cc; steps of torch on the same data: pairs_golden_test.cc.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "akin/base/context.h"
#include "akin/train/optimizer.h"
#include "akin/train/pairs_data.h"
#include "akin/train/pairs_loss.h"
#include "akin/train/tunable_encoder.h"

namespace akin {

struct PairTrainOptions {
  PairLossOptions loss;
  AdamWOptions adam = {.beta1 = 0.9, .beta2 = 0.999, .eps = 1e-8, .weight_decay = 0.01, .clip = 1};
  RateSchedule schedule = {.rate = 2e-5, .last_rate = 0, .warmup = 0, .steps = 0};
  std::size_t batch = 64;                       ///< pairs a step
  std::size_t memory = std::size_t{512} << 20;  ///< bytes that a part of a batch may take, about; parts differ in rounding alone
  float dropout = 0;                            ///< of embeddings, blocks and attention; 0, so that a step is what the numbers say
  std::size_t eval_every = 0;                   ///< steps between looks at the model; 0: at the beginning and the end
  std::size_t save_every = 100;                 ///< steps between checkpoints in the folder; 0: one if it is cancelled
  bool resumes = false;                         ///< begins with the folder's checkpoint
  std::uint64_t seed = 42;
};

/// Throws Error{invalid_argument} naming the field that is out of range for vectors of `dim`.
void check(const PairTrainOptions& options, std::size_t dim);

/// One step, or one look at the model.
struct PairPoint {
  std::size_t step = 0;  ///< steps done
  double loss = 0, rate = 0, gradient_length = 0;
  std::optional<double> held_out_loss;
  std::optional<double> score;  ///< the caller's; larger is better

  friend bool operator==(const PairPoint&, const PairPoint&) = default;
};

/// How far the looks at a model are.
struct PairLooks {
  double best_value = -std::numeric_limits<double>::infinity();  ///< larger is better
  std::size_t best_step = 0;
  bool owes_one = false;  ///< at the model as it stands: it was cancelled meanwhile

  friend bool operator==(const PairLooks&, const PairLooks&) = default;
};

class PairTrainer {
 public:
  /// Takes `held_out` from none of `pairs`: see TextPairs::hold_out(). `encoder` and `pairs` must outlive it. With ranking, anchors are
  /// read as queries and the rest as documents; scored pairs as they are. Throws Error{invalid_argument}.
  PairTrainer(TunableEncoder& encoder, const TextPairs& pairs, std::vector<TuningPair> held_out, const PairTrainOptions& options,
              Context& context);
  PairTrainer(PairTrainer&&) noexcept;
  ~PairTrainer();

  [[nodiscard]] const TunableEncoder& encoder() const noexcept;
  [[nodiscard]] std::size_t n_steps() const noexcept;
  [[nodiscard]] std::size_t n_texts_cut() const noexcept;  ///< texts over the model's limit
  [[nodiscard]] bool has_held_out() const noexcept;
  /// One step. Throws Error{cancelled}, leaving the model as it was; Error{invalid_argument} once the loss is no number.
  PairPoint step(Context& context);
  /// Mean over batches of the held-out pairs.
  [[nodiscard]] double held_out_loss(Context& context);

  /// Writes checkpoint.safetensors. Throws Error{io}; the file is whole or the old one.
  void save(const std::filesystem::path& folder, const PairLooks& looks) const;
  /// Goes on from it: what follows has the bits that it would have had without the pause. Throws Error{not_found}, Error{corrupt},
  /// Error{mismatch} naming what differs: the model, the pairs or an option.
  PairLooks resume(const std::filesystem::path& folder);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// A score of the model as it stands, larger for better: STS, neighbours of the same label.
using PairEvaluation = std::function<double(const Embedder& embedder, Context& context)>;
/// Called after every step, and with step 0 for the look before the first.
using PairObserver = std::function<void(const PairPoint& point)>;

struct PairTrainReport {
  std::vector<PairPoint> curve;  ///< step 0 if the model was looked at, then every step
  std::size_t best_step = 0;     ///< whose model lies in the folder
  double seconds = 0;            ///< of steps and looks
};

/// All steps. The folder holds the best model looked at so far, by score, else by held-out loss; the last model if there is nothing to look
/// at; until the end a checkpoint as well. Cancelling leaves both and throws Error{cancelled}.
PairTrainReport tune_pairs(PairTrainer& trainer, const PairTrainOptions& options, const std::filesystem::path& folder,
                           const PairEvaluation& evaluation, const PairObserver& observer, Context& context);

}  // namespace akin
