#include "fast_tokenizer.h"

#include "bert_fast.h"
#include "bpe_fast.h"
#include "space_bpe_fast.h"
#include "unigram_fast.h"

namespace akin::text {

std::unique_ptr<const FastTokenizer> make_fast_tokenizer(const PipelineParts& parts, const AddedTokens& added, const Pipeline& pipeline) {
  if (auto fast = BertFast::make(parts, added, pipeline)) return fast;
  if (auto fast = UnigramFast::make(parts, added, pipeline)) return fast;
  if (auto fast = SpaceBpeFast::make(parts, added, pipeline)) return fast;
  return BpeFast::make(parts, added, pipeline);
}

}  // namespace akin::text
