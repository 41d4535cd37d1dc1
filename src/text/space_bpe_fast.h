// The whole way from text to ids of BPE on characters with a mark for spaces (LLaMA 2, Mistral, Gemma, Phi-3), where no merge joins a
// character and a mark behind it: then words do not depend on each other, and a cache of words does most of the work. Equal to Pipeline,
// which is the definition and is asked whenever offsets are wanted. Tested by space_bpe_fast_test.cc against it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "akin/base/scratch_pool.h"
#include "bpe.h"
#include "cut_starts.h"
#include "fast_tokenizer.h"
#include "pipeline.h"
#include "word_cache.h"

namespace akin::text {

class SpaceBpeFast final : public FastTokenizer {
 public:
  /// Null if the parts are of other kinds, or added tokens are looked for in the normalised text. All must outlive it.
  static std::unique_ptr<const SpaceBpeFast> make(const PipelineParts& parts, const AddedTokens& added, const Pipeline& pipeline);

  /// Any number of threads may call it at once; each uses a scratch of its own (up to eight megabytes).
  void tokenize(std::string_view text, TokenSink& sink) const override;

  /// Is a mark put in front of a stretch of text?
  enum class Prefix { never, always, unless_there };

 private:
  struct Scratch {
    WordTable<CachedWord, 17> cache;  // eight megabytes, touched as words come
    std::vector<Segment> segments;
    std::string first;       // word of a stretch with its prefix
    std::string normalized;  // word with marks in place of spaces
    std::vector<WordToken> tokens;
    std::vector<Bpe::Symbol> symbols;
    std::vector<std::uint32_t> ranks;
  };

  SpaceBpeFast(const Bpe& model, Prefix prefix, const AddedTokens& added, const Pipeline& pipeline);
  void tokenize_segment(std::string_view segment, TokenSink& sink, Scratch& scratch) const;
  void add_first_word(std::string_view word, TokenSink& sink, Scratch& scratch) const;
  void add_word(std::string_view segment, const TextWord& word, TokenSink& sink, Scratch& scratch) const;
  void merge_word(std::string_view word, Scratch& scratch) const;
  [[nodiscard]] bool start_ascii(std::string_view word, Scratch& scratch) const;

  const Bpe& model_;
  Prefix prefix_;
  ClassCuts cuts_;
  const AddedTokens& added_;
  const Pipeline& pipeline_;
  std::array<std::int32_t, 128> ascii_ids_{};  // of the mark for the space; −1: a character that is no piece
  std::vector<std::uint32_t> ascii_ranks_;     // of characters a and b as a pair, at a << 7 | b
  mutable ScratchPool<Scratch> pool_;
};

}  // namespace akin::text
