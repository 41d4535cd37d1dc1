// Patterns with stars against a matcher that tries every way.
#include "akin/base/wildcard.h"

#include <gtest/gtest.h>

#include <string>

#include "akin/base/rng.h"

namespace akin {
namespace {

std::size_t same_letter(std::string_view rest, char letter) { return rest[0] == letter ? 1 : 0; }

bool matches_some_way(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern[0] == '*') return matches_some_way(pattern.substr(1), text) || (!text.empty() && matches_some_way(pattern, text.substr(1)));
  return !text.empty() && pattern[0] == text[0] && matches_some_way(pattern.substr(1), text.substr(1));
}

std::string random_letters(Rng& rng, std::string_view of) {
  std::string out;
  for (std::uint64_t n = rng.below(8); n > 0; --n) out += of[rng.below(of.size())];
  return out;
}

TEST(Wildcard, MatchesWhatSomeWayThroughThePatternDoes) {
  Rng rng(1);
  int n_matches = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string pattern = random_letters(rng, "ab*"), text = random_letters(rng, "ab");
    const bool matches = matches_some_way(pattern, text);
    n_matches += matches ? 1 : 0;
    EXPECT_EQ(match_wildcard(pattern, text, same_letter), matches) << pattern << ' ' << text;
  }
  EXPECT_GT(n_matches, 1000);
}

TEST(Wildcard, TakesAsMuchOfThePatternAsItsCallerSays) {
  const auto doubled = [](std::string_view rest, char letter) -> std::size_t {
    return rest.size() > 1 && rest[0] == letter && rest[1] == letter ? 2 : 0;
  };
  EXPECT_TRUE(match_wildcard("aa*bb", "axyb", doubled));
  EXPECT_FALSE(match_wildcard("aab", "ab", doubled));
}

TEST(Wildcard, DoesNotTryAllWays) { EXPECT_FALSE(match_wildcard("*a*a*a*a*a*a*a*a*a*a*a*a*b", std::string(10'000, 'a'), same_letter)); }

}  // namespace
}  // namespace akin
