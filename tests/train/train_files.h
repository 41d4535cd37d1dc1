// What the tests of learning share: small texts, contexts, and a text with a meaning to be found.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "akin/base/context.h"
#include "akin/base/rng.h"
#include "akin/train/text_input.h"
#include "akin/train/word_corpus.h"
#include "base/temporary_folder.h"

namespace akin::testing {

inline WordCorpus corpus_of(const std::string& text, const CorpusOptions& options, int n_threads = 1) {
  const TemporaryFolder folder;
  Context context(n_threads);
  const auto input = open_text_input({folder.write("text.txt", text)});
  return WordCorpus(*input, options, context);
}

/// Sentences of two topics: a word stands among words of its own topic only. Words are a0 … a19 and b0 … b19.
inline std::string two_topics(std::size_t n_sentences, std::uint64_t seed = 7) {
  Rng rng(seed);
  std::string text;
  for (std::size_t s = 0; s < n_sentences; ++s) {
    const char topic = rng.below(2) == 0 ? 'a' : 'b';
    for (int w = 0; w < 12; ++w) text += std::string(w == 0 ? "" : " ") + topic + std::to_string(rng.below(20));
    text += '\n';
  }
  return text;
}

}  // namespace akin::testing
