#include "cooccurrence.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <sstream>

#include "train_files.h"

namespace akin {
namespace {

using testing::corpus_of;
using testing::TemporaryFolder;

using Counts = std::map<std::pair<std::string, std::string>, double>;

/// From the definition: each pair of words of a line, at most `window` apart, counts one over its distance, both ways.
Counts counted(const std::string& text, std::size_t window) {
  Counts counts;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words_in(line);
    const std::vector<std::string> words{std::istream_iterator<std::string>(words_in), {}};
    for (std::size_t i = 0; i < words.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (i - j > window) continue;
        counts[{words[i], words[j]}] += 1.0 / static_cast<double>(i - j);
        counts[{words[j], words[i]}] += 1.0 / static_cast<double>(i - j);
      }
    }
  }
  return counts;
}

struct Read {
  Counts counts;
  std::vector<kernels::GlovePair> in_order;
};

Read read_all(const WordCorpus& corpus, const Cooccurrence& pairs) {
  Read read;
  for (std::size_t g = 0; g < Cooccurrence::kGroups; ++g) {
    for (std::size_t h = 0; h < Cooccurrence::kGroups; ++h) {
      for (const kernels::GlovePair& pair : pairs.cell(g, h)) {
        EXPECT_EQ(Cooccurrence::group_of(pair.row), g);
        EXPECT_EQ(Cooccurrence::group_of(pair.column), h);
        const bool is_new =
            read.counts.try_emplace({corpus.words()[pair.row], corpus.words()[pair.column]}, std::exp(double{pair.log_count})).second;
        EXPECT_TRUE(is_new);
        read.in_order.push_back(pair);
      }
      pairs.forget(g, h);
    }
  }
  return read;
}

Read count(const WordCorpus& corpus, CooccurrenceOptions options, int n_threads = 1) {
  const TemporaryFolder folder;
  Context context(n_threads);
  options.spool = folder.path() / "pairs";
  const Cooccurrence pairs(corpus, options, context);
  Read read = read_all(corpus, pairs);
  EXPECT_EQ(pairs.n_pairs(), read.counts.size());
  return read;
}

void expect_same(const Counts& found, const Counts& wanted) {
  ASSERT_EQ(found.size(), wanted.size());
  // Kept as a logarithm in float: 4e-7 of it, for counts up to some thousands.
  for (const auto& [pair, x] : wanted) EXPECT_NEAR(found.at(pair), x, 1e-5 * x) << pair.first << ' ' << pair.second;
}

TEST(Cooccurrence, CountsWhatStandsTogether) {
  const std::string text = testing::two_topics(200) + "a1\na1 a1 a1\nb1 a2\n";
  const WordCorpus corpus = corpus_of(text, {.min_count = 1});
  for (const std::size_t window : {1U, 2U, 7U, 15U}) expect_same(count(corpus, {.window = window}).counts, counted(text, window));
}

TEST(Cooccurrence, GivesTheSameInAnyMemoryAndOnAnyNumberOfThreads) {
  const WordCorpus corpus = corpus_of(testing::two_topics(300), {.min_count = 1});
  const auto wanted = count(corpus, {}).in_order;
  const auto same = [&](const CooccurrenceOptions& options, int n_threads) {
    const auto found = count(corpus, options, n_threads).in_order;
    return std::equal(found.begin(), found.end(), wanted.begin(), wanted.end(), [](const auto& a, const auto& b) {
      return a.row == b.row && a.column == b.column && a.log_count == b.log_count && a.weight == b.weight;
    });
  };
  EXPECT_TRUE(same({}, 3));
  EXPECT_TRUE(same({.memory = 1}, 1)) << "a pass for each word";
  EXPECT_TRUE(same({.memory = 3000}, 2));
}

TEST(Cooccurrence, RareWordsThatWereLeftOutTakeNoPlace) {
  const std::string text = "a1 x1 b1\na1 x2 b1\n", without = "a1 b1\na1 b1\n";
  expect_same(count(corpus_of(text, {.min_count = 2}), {.window = 1}).counts, counted(without, 1));
}

TEST(Cooccurrence, WeightsRiseToOne) {
  const WordCorpus corpus = corpus_of(std::string("a b\n") + "c d\nc d\nc d\nc d\n", {.min_count = 1});
  for (const kernels::GlovePair& pair : count(corpus, {.x_max = 4, .alpha = 0.5}).in_order) {
    const double x = std::exp(double{pair.log_count});
    EXPECT_NEAR(pair.weight, std::min(1.0, std::sqrt(x / 4)), 1e-6);
  }
}

TEST(Cooccurrence, DealsWordsToGroupsBackAndForth) {
  EXPECT_EQ(Cooccurrence::group_of(0), 0U);
  EXPECT_EQ(Cooccurrence::group_of(15), 15U);
  EXPECT_EQ(Cooccurrence::group_of(16), 15U);
  EXPECT_EQ(Cooccurrence::group_of(31), 0U);
  EXPECT_EQ(Cooccurrence::group_of(32), 0U);
}

}  // namespace
}  // namespace akin
