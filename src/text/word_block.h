// Words on their way through a cache, a block at a time: it is cut off before the first of them is looked up, so that the cache's lines are
// fetched meanwhile, and ids that are there go straight to where they stay. Tested by word_block_test.cc.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "pipeline.h"
#include "word_cache.h"

namespace akin::text {

/// `Cache` is a WordTable of CachedWord. add(word) gives the tokens of a word that does not come first in its place of the cache.
template <class Cache, class Add>
class WordBlock {
 public:
  /// All must outlive it.
  WordBlock(std::string_view text, const Cache& cache, TokenSink& sink, Add add) : text_(text), cache_(cache), sink_(sink), add_(add) {}

  /// Words come in the order of the text, at most kMany before they are given out.
  void cut(std::size_t begin, std::size_t end) {
    words_[n_] = word_of(text_, begin, end);
    cache_.prefetch(words_[n_].low, words_[n_].high);
    ++n_;
  }
  static constexpr std::size_t kMany = 64;
  [[nodiscard]] bool is_full() const noexcept { return n_ >= kFull; }
  void give_out() {
    const TextWord* word = words_;
    const TextWord* const end = words_ + n_;
    while (word < end) {
      std::int32_t* out = sink_.begin_ids(3 * static_cast<std::size_t>(end - word));
      if (out == nullptr) break;
      for (; word < end; ++word) {
        // A long word is in no cache; its length is no sign of packed ids either.
        const CachedWord* const cached = cache_.first(word->low, word->high, std::min(word->length(), Cache::kMaxLength + 1));
        if (cached == nullptr) break;
        std::copy_n(cached->ids, 3, out);
        out += cached->n;
      }
      sink_.end_ids(out);
      if (word < end) add_(*word++);
    }
    for (; word < end; ++word) add_(*word);
    n_ = 0;
  }

 private:
  static constexpr std::size_t kFull = 32;

  std::string_view text_;
  const Cache& cache_;
  TokenSink& sink_;
  Add add_;
  std::size_t n_ = 0;
  TextWord words_[kFull + kMany];
};

}  // namespace akin::text
