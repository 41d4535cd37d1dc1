// The whole way from text to ids of a SentencePiece Unigram tokenizer whose words do not depend on each other (T5, XLM-RoBERTa): a compiled
// charsmap, white space at the end taken off, runs of spaces made one, words cut at spaces, Unigram. One pass, with a cache of words. Equal
// to Pipeline, which is the definition and does what is too rare to be done here. Tested by unigram_fast_test.cc against it.
#pragma once

#include <memory>
#include <string_view>

#include "akin/base/scratch_pool.h"
#include "fast_tokenizer.h"
#include "pipeline.h"
#include "unigram_run.h"
#include "word_cache.h"

namespace akin::text {

class UnigramFast final : public FastTokenizer {
 public:
  /// Null if the parts are of other kinds, or added tokens are looked for in the normalised text that begin with different bytes. All must
  /// outlive it.
  static std::unique_ptr<const UnigramFast> make(const PipelineParts& parts, const AddedTokens& added, const Pipeline& pipeline);

  /// Any number of threads may call it at once; each uses a scratch of its own (up to nine megabytes).
  void tokenize(std::string_view text, TokenSink& sink) const override;

 private:
  UnigramFast(const Charsmap* map, PrependScheme scheme, int watched, const Unigram& model, const AddedTokens& added,
              const Pipeline& pipeline);

  UnigramRules rules_;
  const AddedTokens& added_;
  const Pipeline& pipeline_;
  mutable ScratchPool<UnigramScratch> pool_;
};

}  // namespace akin::text
