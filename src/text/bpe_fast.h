// Byte-level BPE's whole way from text to ids in one pass: words by a scanner written out by hand, bytes straight to ids, and a cache of
// words. Texts that the normaliser would change or that are not UTF-8 go to Pipeline, which is the definition. Tested by
// bpe_fast_test.cc against it.
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
#include "code_point_classes.h"
#include "fast_tokenizer.h"
#include "pipeline.h"
#include "whole_words.h"
#include "word_cache.h"
#include "word_scanner.h"

namespace akin::text {

class BpeFast final : public FastTokenizer {
 public:
  /// Null if the parts are of other kinds. All must outlive it.
  static std::unique_ptr<const BpeFast> make(const PipelineParts& parts, const AddedTokens& added, const Pipeline& pipeline);

  /// Any number of threads may call it at once; each uses a scratch of its own (up to eight megabytes).
  void tokenize(std::string_view text, TokenSink& sink) const override;

 private:
  struct Scratch {
    WordTable<CachedWord, 17> cache;  // eight megabytes, touched as words come: merging a word again costs more than its way from there
    std::vector<Segment> segments;
    std::vector<Segment> parts;
    std::vector<Bpe::Symbol> symbols;
    std::vector<std::uint32_t> ranks;
    std::string characters;
  };
  struct Place {
    std::string_view text;   // of the segment
    std::size_t offset = 0;  // of its first byte
  };

  BpeFast(const Bpe& model, const WordRules& rules, bool composes, const AddedTokens& added, const Pipeline& pipeline);
  void tokenize_segment(const Place& segment, TokenSink& sink, Scratch& scratch) const;
  [[nodiscard]] bool is_plain(std::string_view text) const;
  bool tokenize_plain(const Place& segment, TokenSink& sink, Scratch& scratch) const;
  bool tokenize_words(const Place& segment, TokenSink& sink, Scratch& scratch) const;
  template <WordRules rules>
  bool scan_words(const Place& segment, TokenSink& sink, Scratch& scratch) const;
  void add_word(const Place& segment, const TextWord& word, TokenSink& sink, Scratch& scratch) const;
  void add_packed_word(const Place& segment, const TextWord& word, const CachedWord& cached, TokenSink& sink) const;
  void add_uncached_word(const Place& segment, const TextWord& word, CachedWord& cached, TokenSink& sink, Scratch& scratch) const;
  void merge_word(std::string_view word, Scratch& scratch) const;
  static void add_symbols(const Place& segment, std::size_t begin, TokenSink& sink, const Scratch& scratch);
  [[nodiscard]] std::int32_t whole_piece(std::string_view word, Scratch& scratch) const;
  static void add_token(const Place& segment, std::int32_t id, std::size_t begin, std::size_t end, TokenSink& sink);

  const Bpe& model_;
  WordRules rules_;
  bool composes_;  // NFC comes first
  const AddedTokens& added_;
  const Pipeline& pipeline_;
  CodePointClasses classes_;
  WholeWords whole_words_;
  std::array<std::int32_t, 256> byte_ids_{};
  std::vector<std::uint32_t> byte_ranks_;  // of byte a and byte b as a pair, at a << 8 | b
  mutable ScratchPool<Scratch> pool_;
};

}  // namespace akin::text
