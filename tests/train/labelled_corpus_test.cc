#include "akin/train/labelled_corpus.h"

#include <algorithm>
#include <map>
#include <set>

#include "akin/formats/fasttext.h"
#include "base/throws.h"
#include "labelled_lines.h"

namespace akin {
namespace {

using testing::expect_error;
using testing::labelled_corpus_of;

TEST(LabelledCorpus, TellsLabelsFromWords) {
  const auto corpus = labelled_corpus_of("__label__a the cat\nthe dog __label__b __label__a\nno label\n__label__b\n", {});
  EXPECT_EQ(corpus.labels(), (std::vector<std::string>{"__label__a", "__label__b"}));
  EXPECT_EQ(corpus.label_counts(), (std::vector<std::uint64_t>{2, 2}));
  // The end of a line is a word; equal counts stand by their bytes.
  EXPECT_EQ(corpus.words(), (std::vector<std::string>{"</s>", "the", "cat", "dog", "label", "no"}));
  EXPECT_EQ(corpus.counts()[0], 4U);
  EXPECT_EQ(corpus.report().n_lines, 3U);  // a label alone has the end of its line to be told by
  EXPECT_EQ(corpus.report().n_unlabelled, 1U);
}

TEST(LabelledCorpus, EachLineHasItsLabelsAndRows) {
  const auto corpus = labelled_corpus_of("__label__a one two\n__label__b two two\n", {});
  std::multiset<std::vector<std::string>> lines;
  for (std::size_t i = 0; i < 2; ++i) {
    std::vector<std::string> words;
    for (const auto l : corpus.line(i).labels) words.push_back(corpus.labels()[l]);
    for (const auto r : corpus.line(i).rows) words.push_back(corpus.words()[r]);
    EXPECT_EQ(corpus.line(i).n_words, 4U);
    lines.insert(words);
  }
  EXPECT_EQ(lines, (std::multiset<std::vector<std::string>>{{"__label__a", "one", "two", "</s>"}, {"__label__b", "two", "two", "</s>"}}));
}

TEST(LabelledCorpus, RunsOfWordsAndPartsShareBucketsAsInTheReader) {
  const LabelledCorpusOptions options{.min_count = 2, .word_ngrams = 3, .minn = 2, .maxn = 3, .buckets = 500};
  const auto corpus = labelled_corpus_of("__label__a red red rare\n__label__a red\n", options);
  std::vector<std::uint32_t> hashes;
  for (const char* word : {"red", "red", "rare", "</s>"}) hashes.push_back(fasttext_hash(word));
  std::multiset<std::int32_t> wanted;
  fasttext_word_ngrams(hashes, 3, 500, [&](std::uint32_t bucket) { wanted.insert(static_cast<std::int32_t>(bucket)); });
  std::vector<std::int32_t> parts;
  for (const char* word : {"red", "red", "rare"}) fasttext_ngrams(word, 2, 3, 500, parts);  // rare words have parts too
  wanted.insert(parts.begin(), parts.end());
  std::multiset<std::int32_t> found;
  const std::size_t longer = corpus.line(0).rows.size() > corpus.line(1).rows.size() ? 0 : 1;
  for (const auto row : corpus.line(longer).rows)
    if (row >= corpus.words().size()) found.insert(static_cast<std::int32_t>(corpus.buckets()[row - corpus.words().size()]));
  EXPECT_EQ(found, wanted);
  EXPECT_EQ(std::count(corpus.words().begin(), corpus.words().end(), "rare"), 0);
}

TEST(LabelledCorpus, ShufflesByTheSeedAndNotByThreads) {
  std::string text;
  for (int i = 0; i < 300; ++i) text += "__label__" + std::to_string(i / 100) + " word" + std::to_string(i) + "\n";
  const auto firsts = [&](int n_threads, std::uint64_t seed) {
    const auto corpus = labelled_corpus_of(text, {}, n_threads, seed);
    std::vector<std::string> labels;
    for (std::size_t i = 0; i < 300; ++i) labels.push_back(corpus.words()[corpus.line(i).rows[0]]);
    return labels;
  };
  EXPECT_EQ(firsts(1, 7), firsts(3, 7));
  EXPECT_NE(firsts(1, 7), firsts(1, 8));
}

TEST(LabelledCorpus, WordsWithVectorsOfTheirOwnHaveRows) {
  const auto corpus = labelled_corpus_of("__label__a seen\n", {.min_count = 2, .more_words = {"unseen", "seen", "__label__z"}});
  EXPECT_EQ(corpus.words(), (std::vector<std::string>{"seen", "unseen"}));
  EXPECT_EQ(corpus.counts(), (std::vector<std::uint64_t>{2, 1}));
  EXPECT_EQ(corpus.labels(), (std::vector<std::string>{"__label__a", "__label__z"}));
}

TEST(LabelledCorpus, TheMarkOfALinesEndEndsIt) {
  const auto corpus = labelled_corpus_of("__label__a one </s> two\n", {});
  EXPECT_EQ(corpus.report().n_lines, 1U);
  EXPECT_EQ(corpus.line(0).rows.size(), 2U);
  EXPECT_EQ(corpus.report().n_unlabelled, 1U);
}

TEST(LabelledCorpus, RefusesWhatTeachesNothing) {
  const auto refuses = [](const char* message, const std::string& text, const LabelledCorpusOptions& options) {
    expect_error(ErrorCode::invalid_argument, message, [&] { labelled_corpus_of(text, options); });
  };
  refuses("the text has no words", "", {});
  refuses("the text has no words", " \n\n\t\n", {});
  refuses("no label that is frequent enough: a word that begins with '__label__'", "only words\n", {});
  refuses("no label that is frequent enough", "__label__a word\n", {.min_label_count = 2});
  refuses("no line of the text has both", "__label__a word\n", {.min_count = 9});
  refuses("the prefix of labels is empty", "__label__a word\n", {.label_prefix = ""});
  refuses("the least count of a word is 0", "__label__a word\n", {.min_count = 0});
  refuses("words in an n-gram is 65, wanted is 1 to 64", "__label__a word\n", {.word_ngrams = 65});
  refuses("the least length of parts of words is 5, wanted is 0 to 3", "__label__a word\n", {.minn = 5, .maxn = 3});
  refuses("the number of buckets is 0", "__label__a word\n", {.word_ngrams = 2, .buckets = 0});
}

}  // namespace
}  // namespace akin
