// Small labelled texts for the tests of classifiers.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "akin/train/labelled_corpus.h"
#include "train_files.h"

namespace akin::testing {

inline LabelledCorpus labelled_corpus_of(const std::string& text, const LabelledCorpusOptions& options, int n_threads = 1,
                                         std::uint64_t seed = 42) {
  const TemporaryFolder folder;
  Context context(n_threads);
  context.seed = seed;
  const auto input = open_text_input({folder.write("text.txt", text)});
  return LabelledCorpus(*input, options, context);
}

/// Lines of topics: a label t0 … and words of its own, with words of all topics between. `two`: every third line has two labels.
inline std::string topic_lines(std::size_t n_lines, std::size_t n_topics, bool two = false, std::uint64_t seed = 7) {
  Rng rng(seed);
  std::string text;
  for (std::size_t i = 0; i < n_lines; ++i) {
    const std::size_t first = rng.below(n_topics);
    const std::size_t second = two && i % 3 == 0 ? (first + 1) % n_topics : first;
    text += "__label__t" + std::to_string(first);
    if (second != first) text += " __label__t" + std::to_string(second);
    for (int w = 0; w < 8; ++w) {
      const std::size_t topic = w % 2 == 0 ? first : second;
      text += w % 4 == 3 ? " all" + std::to_string(rng.below(30)) : " w" + std::to_string(topic) + "x" + std::to_string(rng.below(15));
    }
    text += '\n';
  }
  return text;
}

}  // namespace akin::testing
