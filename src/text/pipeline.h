// The parts of a tokenizer, put together: found tokens → normaliser → pre-tokeniser → model. Tested by pipeline_test.cc.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "added_tokens.h"
#include "decoder.h"
#include "model.h"
#include "normalizer.h"
#include "post_processor.h"
#include "pre_tokenizer.h"

namespace akin::text {

/// What a file says, read by the tables of kinds. `normalizer` and `pre_tokenizer` may be null.
struct PipelineParts {
  std::unique_ptr<const Normalizer> normalizer;
  std::unique_ptr<const PreTokenizer> pre_tokenizer;
  std::unique_ptr<const Model> model;
  std::unique_ptr<const Decoder> decoder;
  Template post;
  std::vector<AddedToken> added;
  bool cuts_left = false;  ///< a text with too many tokens loses its first ones, not its last
};

/// Where tokens go: keeps the first `keep`, counts all.
class TokenSink {
 public:
  TokenSink(TokenList& list, std::size_t keep, bool offsets) : list_(list), keep_(keep), offsets_(offsets) {}
  void add(std::int32_t id, TextSpan span) {
    if (list_.n_seen++ >= keep_) return;
    list_.ids.push_back(id);
    if (offsets_) list_.offsets.push_back(span);
  }
  [[nodiscard]] bool wants_offsets() const noexcept { return offsets_; }

  /// Room for up to `n` ids behind those that are there, null where tokens have to come one by one. End it before anything else is asked.
  [[nodiscard]] std::int32_t* begin_ids(std::size_t n) {
    n_before_ = list_.ids.size();
    if (offsets_ || keep_ - std::min(keep_, n_before_) < n) return nullptr;
    list_.ids.resize(n_before_ + n);
    return list_.ids.data() + n_before_;
  }
  /// `end` is behind the last id that was written.
  void end_ids(const std::int32_t* end) {
    const auto n = static_cast<std::size_t>(end - list_.ids.data());
    list_.ids.resize(n);
    list_.n_seen += n - n_before_;
  }

  /// A point to go back to.
  struct Mark {
    std::size_t n_kept = 0;
    std::size_t n_seen = 0;
    std::size_t n_invalid = 0;
  };
  [[nodiscard]] Mark mark() const noexcept { return {list_.ids.size(), list_.n_seen, n_invalid}; }
  void rewind(const Mark& to) {
    list_.ids.resize(to.n_kept);
    if (offsets_) list_.offsets.resize(to.n_kept);
    list_.n_seen = to.n_seen;
    n_invalid = to.n_invalid;
  }

  std::size_t n_invalid = 0;

 private:
  TokenList& list_;
  std::size_t keep_;
  bool offsets_;
  std::size_t n_before_ = 0;
};

/// Tokenises by the parts one after another, as the reference does. Right for every combination of kinds.
class Pipeline {
 public:
  /// `parts` must outlive the pipeline.
  Pipeline(const PipelineParts& parts, const AddedTokens& added) : parts_(parts), added_(added) {}
  /// The whole text, added tokens and all.
  void tokenize(std::string_view text, TokenSink& sink) const;
  /// A stretch of a text that holds no added token (of those found literally); its first byte is byte `offset` of the text.
  void tokenize_segment(std::string_view segment, std::size_t offset, TokenSink& sink) const;

 private:
  void tokenize_normalized(NormalizedText& text, TokenSink& sink) const;

  const PipelineParts& parts_;
  const AddedTokens& added_;
};

}  // namespace akin::text
