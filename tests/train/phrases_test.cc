#include "phrases.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "train_files.h"

namespace akin {
namespace {

std::string joined(const std::string& text, const PhraseOptions& options) {
  WordCounter words, out;
  std::vector<std::uint32_t> numbers;
  std::string word;
  for (const char c : text + " ") {
    if (c != ' ') {
      word += c;
      continue;
    }
    numbers.push_back(word == "|" ? WordCorpus::kSentenceEnd : words.add(word));
    word.clear();
  }
  std::string result;
  join_phrases(numbers, words, options, out, [&](std::span<const std::uint32_t> piece) {
    for (const std::uint32_t n : piece) result += (n == WordCorpus::kSentenceEnd ? "|" : std::string(out.word(n))) + " ";
  });
  return result;
}

TEST(Phrases, JoinsWhatStandsTogetherAndNotAcrossSentences) {
  const std::string text = "new york is new york | see new | york new york a b c d e f g h";
  // new york: (3 − 1) · 18 / (4 · 4) = 2.25; the others came once.
  EXPECT_EQ(joined(text, {.min_count = 1, .threshold = 2}), "new_york is new_york | see new | york new_york a b c d e f g h ");
  EXPECT_EQ(joined(text, {.min_count = 1, .threshold = 2.3}), text + " ");
  EXPECT_EQ(joined(text, {.min_count = 3, .threshold = 0}), text + " ");
}

TEST(Phrases, JoinsFromLeftToRightAndNoWordTwice) { EXPECT_EQ(joined("a a a a a", {.min_count = 1, .threshold = 0}), "a_a a_a a "); }

TEST(Phrases, MakesNoWordThatIsTooLong) {
  const std::string half(kMaxWordBytes / 2, 'x'), less(kMaxWordBytes / 2 - 1, 'y');
  const auto twice = [](const std::string& a, const std::string& b) { return a + " " + b + " | " + a + " " + b; };
  EXPECT_EQ(joined(twice(half, half + "z"), {.min_count = 1, .threshold = 0}), twice(half, half + "z") + " ");
  EXPECT_EQ(joined(twice(half, less), {.min_count = 1, .threshold = 0}), half + "_" + less + " | " + half + "_" + less + " ");
}

TEST(Phrases, ThreeWordsAreJoinedInTwoPasses) {
  std::string text;
  for (int i = 0; i < 50; ++i) text += "x" + std::to_string(i) + " new york city y" + std::to_string(i) + "\n";
  const WordCorpus once = testing::corpus_of(text, {.min_count = 5, .phrase_passes = 1, .phrase_threshold = 1});
  EXPECT_EQ(once.words(), (std::vector<std::string>{"city", "new_york"}));
  const WordCorpus twice = testing::corpus_of(text + "city new\n", {.min_count = 1, .phrase_passes = 2, .phrase_threshold = 1});
  EXPECT_EQ(twice.words()[0], "new_york_city");
  EXPECT_EQ(twice.counts()[0], 50U);
}

}  // namespace
}  // namespace akin
