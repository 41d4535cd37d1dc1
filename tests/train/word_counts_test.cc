#include "word_counts.h"

#include <gtest/gtest.h>

#include "akin/base/error.h"
#include "trained_corpus.h"

namespace akin::train {
namespace {

TEST(WordCounts, CountsWordsAsTheTemplateCutsThem) {
  Context context(2);
  WordCounts counts;
  const TokenizerTemplate form = TokenizerTemplate::bert(true);
  counts.add(std::vector<std::string>{"The cat, the CAT", "a cat"}, form, context);
  counts.add(std::vector<std::string>{"cat"}, form, context);
  std::string list;
  for (const CountedWord& word : counts.sorted()) list += word.text + std::to_string(word.count) + " ";
  EXPECT_EQ(list, ",1 a1 cat4 the2 ");
  EXPECT_EQ(counts.n_words(), 8U);
  EXPECT_EQ(counts.n_different(), 4U);
}

TEST(WordCounts, AreTheSameForAnyCutOfTheCorpusAndAnyThreads) {
  const std::vector<std::string> lines = corpus_lines();
  Context one(1), four(4);
  WordCounts at_once, line_by_line;
  const TokenizerTemplate form = TokenizerTemplate::byte_level_bpe();
  at_once.add(lines, form, four);
  for (const std::string& line : lines) line_by_line.add(std::vector<std::string>{line}, form, one);
  const std::vector<CountedWord> a = at_once.sorted(), b = line_by_line.sorted();
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_TRUE(a[i].text == b[i].text && a[i].count == b[i].count) << a[i].text;
}

TEST(WordCounts, RefusesWordsWithoutEnd) {
  Context context(1);
  WordCounts counts;
  EXPECT_THROW(counts.add(std::vector<std::string>{std::string((1 << 20) + 1, 'x')}, TokenizerTemplate::bert(true), context), Error);
}

}  // namespace
}  // namespace akin::train
