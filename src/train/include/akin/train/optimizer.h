// AdamW with clipping by the global norm, and the usual schedule of its rate: a linear warm-up, then a half cosine down. As torch's
// torch.optim.AdamW after torch.nn.utils.clip_grad_norm_. Tested by optimizer_test.cc.
#pragma once

#include <cstddef>
#include <span>

#include "akin/base/context.h"
#include "akin/train/parameters.h"

namespace akin {

struct AdamWOptions {
  double beta1 = 0.9, beta2 = 0.95;  ///< each in [0, 1)
  double eps = 1e-8;
  double weight_decay = 0.1;  ///< of tensors with two dimensions or more
  double clip = 1;            ///< gradients longer than this, all taken together, are shortened to it; 0: never
};

/// Throws Error{invalid_argument} naming the field that is out of range.
void check(const AdamWOptions& options);

struct RateSchedule {
  double rate = 5e-4;       ///< at its highest
  double last_rate = 5e-5;  ///< where the cosine ends
  std::size_t warmup = 100;
  std::size_t steps = 1000;  ///< of the whole training
};

/// Of step `step`, counted from 0: rate · (step + 1) / warmup, then from `rate` down to `last_rate` at the last step.
double rate_at(const RateSchedule& schedule, std::size_t step);

class AdamW {
 public:
  AdamW(const Parameters& parameters, const AdamWOptions& options);

  /// One step: changes the parameters and sets `gradients` to zero. Returns the gradients' length before clipping. The same bits on any
  /// number of threads.
  double step(Parameters& parameters, std::span<float> gradients, double rate, Context& context);

  /// For checkpoints: buffers of the parameters' layout, and the number of steps done.
  [[nodiscard]] std::span<float> first_moments() noexcept { return {first_.data(), first_.size()}; }
  [[nodiscard]] std::span<float> second_moments() noexcept { return {second_.data(), second_.size()}; }
  [[nodiscard]] std::size_t n_steps() const noexcept { return n_steps_; }
  void set_steps(std::size_t n) noexcept { n_steps_ = n; }

 private:
  AdamWOptions options_;
  Matrix<float> first_, second_;
  std::size_t n_steps_ = 0;
};

}  // namespace akin
