// A way from text to tokens for some kinds of parts that gives what Pipeline gives, sooner. Tested by bert_fast_test.cc,
// bpe_fast_test.cc and unigram_fast_test.cc.
#pragma once

#include <memory>
#include <string_view>

#include "pipeline.h"

namespace akin::text {

class FastTokenizer {
 public:
  virtual ~FastTokenizer() = default;
  /// As Pipeline::tokenize().
  virtual void tokenize(std::string_view text, TokenSink& sink) const = 0;
};

/// Null if there is none for these parts. All must outlive it.
std::unique_ptr<const FastTokenizer> make_fast_tokenizer(const PipelineParts& parts, const AddedTokens& added, const Pipeline& pipeline);

}  // namespace akin::text
