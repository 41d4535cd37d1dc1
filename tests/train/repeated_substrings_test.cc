#include "repeated_substrings.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "trained_corpus.h"

namespace akin::train {
namespace {

std::map<std::u32string, std::uint64_t> found_in(const std::vector<CountedWord>& words, std::size_t max_chars, int n_threads = 1) {
  Context context(n_threads);
  std::map<std::u32string, std::uint64_t> out;
  for (const RepeatedSubstring& s : repeated_substrings(words, max_chars, context)) out[s.text] = s.n_places;
  return out;
}

// ASCII words: a substring counts if two of its places are followed by different characters (the word's end is one).
std::map<std::u32string, std::uint64_t> by_definition(const std::vector<CountedWord>& words, std::size_t max_chars) {
  std::map<std::u32string, std::pair<std::uint64_t, std::set<char>>> places;
  for (const CountedWord& word : words) {
    for (std::size_t begin = 0; begin < word.text.size(); ++begin) {
      for (std::size_t n = 2; n <= max_chars && begin + n <= word.text.size(); ++n) {
        auto& [count, followers] =
            places[std::u32string(word.text.begin() + static_cast<long>(begin), word.text.begin() + static_cast<long>(begin + n))];
        ++count;
        followers.insert(begin + n < word.text.size() ? word.text[begin + n] : '\0');
      }
    }
  }
  std::map<std::u32string, std::uint64_t> out;
  for (const auto& [text, seen] : places) {
    if (seen.second.size() > 1) out[text] = seen.first;
  }
  return out;
}

TEST(RepeatedSubstrings, AreThoseThatDifferentCharactersFollow) {
  const auto words = counted({{"the", 1}, {"then", 1}, {"there", 1}, {"breathe", 1}, {"aaaa", 1}, {"sing", 1}, {"ring", 1}});
  for (const std::size_t max_chars : {2, 3, 16}) EXPECT_EQ(found_in(words, max_chars), by_definition(words, max_chars)) << max_chars;
  EXPECT_EQ(found_in(words, 16).at(U"the"), 4U);
  EXPECT_FALSE(found_in(words, 16).contains(U"ing"));  // always at a word's end
}

TEST(RepeatedSubstrings, AreTheSameForARealVocabularyAndAnyThreads) {
  Context context(2);
  WordCounts counts;
  std::vector<std::string> lines = corpus_lines();
  for (std::string& line : lines) std::erase_if(line, [](char c) { return static_cast<unsigned char>(c) > 126; });
  counts.add(lines, TokenizerTemplate::bert(true), context);
  EXPECT_EQ(found_in(counts.sorted(), 5, 1), by_definition(counts.sorted(), 5));
  EXPECT_EQ(found_in(counts.sorted(), 16, 1), found_in(counts.sorted(), 16, 4));
}

TEST(RepeatedSubstrings, CountCharactersNotBytes) {
  EXPECT_EQ(found_in(counted({{"éèx", 1}, {"éèy", 1}}), 2), (std::map<std::u32string, std::uint64_t>{{U"éè", 2}}));
  EXPECT_TRUE(found_in({}, 16).empty());
}

}  // namespace
}  // namespace akin::train
