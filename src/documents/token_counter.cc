#include "akin/documents/token_counter.h"

#include "akin/text/token_estimate.h"

namespace akin {
namespace {

// A beginning and an end, as most models have.
constexpr std::size_t kSpecialTokens = 2;

}  // namespace

std::size_t TokenCounter::count(std::string_view text) const {
  return tokenizer_ != nullptr ? tokenizer_->count(text) : estimate_token_count(text);
}

std::vector<TextSpan> TokenCounter::spans(std::string_view text) const {
  if (tokenizer_ == nullptr) return estimate_token_spans(text);
  return tokenizer_->encode(text, {.special_tokens = false, .offsets = true}).offsets;
}

std::size_t TokenCounter::n_special_tokens() const noexcept {
  return tokenizer_ != nullptr ? tokenizer_->n_special_tokens() : kSpecialTokens;
}

}  // namespace akin
