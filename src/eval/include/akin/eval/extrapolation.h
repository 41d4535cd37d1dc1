// How a causal language model fares on texts longer than those it was trained on: the loss of each token by its position, once with all
// tokens before it in sight and once with no more than the trained length of them. Where the two part, the positions do not carry over
// (Press et al., Train Short, Test Long, 2022, figure 1). Tested by extrapolation_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "akin/base/context.h"
#include "akin/embed/language_model.h"

namespace akin {

struct ExtrapolationOptions {
  std::size_t trained = 0;     ///< tokens of a training text; 0: the context length that the model's files state
  std::size_t length = 0;      ///< tokens of a window; 0: four times `trained`, or all that the model's table of positions allows
  std::size_t n_windows = 16;  ///< at most so many windows of the text are measured, one behind the other
};

struct ExtrapolationReport {
  std::size_t trained = 0, length = 0, n_windows = 0;
  /// Mean loss in nats, at [i] that of token i + 1 given tokens 0 … i of its window: (length − 1).
  std::vector<double> loss;
  /// The same tokens given only the last `trained` / 2 … `trained` tokens, at the positions of training; where i < trained: as `loss`.
  std::vector<double> short_loss;

  /// Mean of either over tokens first … last − 1.
  [[nodiscard]] static double mean(std::span<const double> losses, std::size_t first, std::size_t last) noexcept;
};

/// `ids` are cut into windows. Windows run on all threads; the result does not depend on them. Throws Error{invalid_argument} where the
/// text is shorter than one window, where `trained` is below 4 or not known, where `length` is not above `trained` or beyond the model's
/// table of positions; Error{unsupported} for a masked model; Error{cancelled}.
ExtrapolationReport evaluate_extrapolation(const LanguageModel& model, std::span<const std::int32_t> ids,
                                           const ExtrapolationOptions& options, Context& context);

}  // namespace akin
