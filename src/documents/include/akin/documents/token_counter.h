// What a chunk's tokens are counted with: a model's own tokenizer, or an estimate where the model keeps it to itself.
// Tested by token_counter_test.cc.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "akin/text/tokenizer.h"

namespace akin {

class TokenCounter {
 public:
  /// Exact. The tokenizer must outlive it.
  TokenCounter(const Tokenizer& tokenizer) noexcept : tokenizer_(&tokenizer) {}  // NOLINT(google-explicit-constructor): it is one
  /// By akin/text/token_estimate.h: more tokens than a model is likely to find.
  static TokenCounter estimate() noexcept { return {}; }

  [[nodiscard]] bool is_exact() const noexcept { return tokenizer_ != nullptr; }
  /// Tokens of `text` without special ones.
  [[nodiscard]] std::size_t count(std::string_view text) const;
  /// Where they lie, without special ones.
  [[nodiscard]] std::vector<TextSpan> spans(std::string_view text) const;
  /// What the model adds to each text.
  [[nodiscard]] std::size_t n_special_tokens() const noexcept;

 private:
  TokenCounter() noexcept = default;

  const Tokenizer* tokenizer_ = nullptr;
};

}  // namespace akin
