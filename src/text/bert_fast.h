// BERT's whole way from text to ids in one pass: words of ASCII letters and digits by eight bytes at a time and a cache of words, all
// else by code points. Equal to Pipeline, which is the definition. Tested by bert_fast_test.cc against it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "akin/base/scratch_pool.h"
#include "code_point_plan.h"
#include "fast_tokenizer.h"
#include "pipeline.h"
#include "word_cache.h"
#include "word_piece.h"

namespace akin::text {

class BertFast final : public FastTokenizer {
 public:
  /// Null if the parts are of other kinds, or some added tokens are looked for in the normalised text. All must outlive it.
  static std::unique_ptr<const BertFast> make(const PipelineParts& parts, const AddedTokens& added, const Pipeline& pipeline);

  /// As Pipeline::tokenize(). Any number of threads may call it at once; each uses a scratch of its own (about a megabyte).
  void tokenize(std::string_view text, TokenSink& sink) const override;

 private:
  struct Scratch {
    WordCache cache;
    std::string word;
    std::vector<TextSpan> origin;
    std::vector<WordToken> tokens;
    std::vector<Segment> segments;
  };
  class Run;

  BertFast(const BertNormalizerOptions& options, const WordPiece& model, const AddedTokens& added, const Pipeline& pipeline);
  void tokenize_segment(std::string_view segment, std::size_t offset, TokenSink& sink, Scratch& scratch) const;
  std::size_t ascii_word(std::string_view text, std::size_t begin, std::size_t offset, TokenSink& sink, Scratch& scratch) const;
  std::size_t long_ascii_word(std::string_view text, std::size_t begin, std::size_t offset, TokenSink& sink, Scratch& scratch) const;
  std::size_t run(std::string_view text, std::size_t begin, std::size_t offset, TokenSink& sink, Scratch& scratch) const;
  void emit_uncached(std::string_view word, std::size_t begin, CachedWord* cached, TokenSink& sink, Scratch& scratch) const;

  enum class Class : std::uint8_t { word, space, alone, other };

  BertNormalizerOptions options_;
  const WordPiece& model_;
  const AddedTokens& added_;
  const Pipeline& pipeline_;
  CodePointPlan plan_;
  std::array<Class, 256> classes_{};           // other: a control character or part of a longer one
  std::array<std::int32_t, 128> alone_ids_{};  // ids of words of one ASCII character
  std::uint8_t case_bit_ = 0;                  // 0x20 if letters are lower-cased
  mutable ScratchPool<Scratch> pool_;
};

}  // namespace akin::text
