// A way from text to tokens for some kinds of parts that gives what Pipeline gives, sooner. Tested by bert_fast_test.cc,
// bpe_fast_test.cc and unigram_fast_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "pipeline.h"

namespace akin::text {

class FastTokenizer {
 public:
  virtual ~FastTokenizer() = default;
  /// As Pipeline::tokenize().
  virtual void tokenize(std::string_view text, TokenSink& sink) const = 0;
};

/// Cuts a text at the added tokens of `list`: those go to the sink, on_text(stretch, its first byte) gets what is between. `segments` is
/// room; `offset` is that of the text.
template <class OnText>
void for_each_stretch(const TokenFinder& list, std::string_view text, std::size_t offset, std::vector<Segment>& segments, TokenSink& sink,
                      OnText&& on_text) {
  segments.clear();
  list.split(text, segments);
  for (const Segment& segment : segments) {
    if (segment.token == nullptr) {
      on_text(text.substr(segment.begin, segment.end - segment.begin), offset + segment.begin);
    } else {
      sink.add(segment.token->id, {static_cast<std::uint32_t>(offset + segment.begin), static_cast<std::uint32_t>(offset + segment.end)});
    }
  }
}

/// Null if there is none for these parts. All must outlive it.
std::unique_ptr<const FastTokenizer> make_fast_tokenizer(const PipelineParts& parts, const AddedTokens& added, const Pipeline& pipeline);

}  // namespace akin::text
