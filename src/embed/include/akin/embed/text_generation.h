// Text from a causal language model, token by token: each is drawn from what the model says comes next. For a look at what a model has
// learned: hidden states are made anew for every token, so n tokens cost O(n²). Tested by text_generation_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "akin/base/context.h"
#include "akin/embed/language_model.h"

namespace akin {

struct GenerationOptions {
  std::size_t n_tokens = 64;  ///< at most; less where the model ends its text
  double temperature = 0.8;   ///< scores are divided by it; 0: always the likeliest token
  std::size_t top_k = 40;     ///< drawn from the k likeliest alone; 0: from all
  double top_p = 1;           ///< and of those from the fewest that hold this share of the probability (Holtzman et al., 2020)
};

/// Throws Error{invalid_argument} naming the field that is out of range.
void check(const GenerationOptions& options);

/// The token that `random`, in [0, 1), draws from `scores`. Deterministic: ties go to the lower id.
std::int32_t draw_token(std::span<const float> scores, const GenerationOptions& options, double random);

/// What follows `prompt`, without it. `on_token`, if any, sees each token's id as it comes. Drawn with context.seed. A text longer than the
/// model's table of positions is continued from as much of its end as fits. Throws Error{unsupported} for a masked model,
/// Error{invalid_argument} for a prompt without a token where the tokenizer has no token that begins a text.
std::vector<std::int32_t> generate_tokens(const LanguageModel& model, std::string_view prompt, const GenerationOptions& options,
                                          const std::function<void(std::int32_t id)>& on_token, Context& context);

}  // namespace akin
