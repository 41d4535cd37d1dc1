#include "snippet.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "akin/base/utf8.h"

namespace akin::retrieval {
namespace {

TEST(Snippet, IsTheWholeOfAShortTextOnOneLine) {
  EXPECT_EQ(snippet_of("  A short\n\n text. ", "anything").text, "A short text.");
  EXPECT_EQ(snippet_of("", "anything").text, "");
}

TEST(Snippet, ShowsTheSentenceWithTheWords) {
  const std::string filler = "Nothing of interest is told here, and more of it follows. ";
  std::string text;
  for (int i = 0; i < 10; ++i) text += filler;
  text += "The lighthouse keeper lit the lamp. ";
  for (int i = 0; i < 10; ++i) text += filler;
  const std::string snippet = snippet_of(text, "who lights the lamps?", 100).text;
  EXPECT_NE(snippet.find("The lighthouse keeper lit the lamp."), std::string::npos) << snippet;
  EXPECT_TRUE(snippet.starts_with("…")) << snippet;
  EXPECT_TRUE(snippet.ends_with("…")) << snippet;
}

TEST(Snippet, PrefersRareWordsToFrequentOnes) {
  std::string text;
  for (int i = 0; i < 20; ++i) text += "the ship sails on. ";
  text += "a spinnaker fills. ";
  for (int i = 0; i < 20; ++i) text += "the ship sails on. ";
  EXPECT_NE(snippet_of(text, "ship spinnaker", 60).text.find("spinnaker"), std::string::npos);
}

TEST(Snippet, PrefersLongWordsToManyShortOnes) {
  const std::string filler(300, '-');
  const std::string text = "what did he do to the man " + filler + " captain " + filler;
  EXPECT_NE(snippet_of(text, "what did the captain do to him", 60).text.find("captain"), std::string::npos);
}

TEST(Snippet, MatchesWordsByTheirStem) {
  const std::string text = std::string(400, '-') + " it was being indexed at night " + std::string(400, '-');
  EXPECT_NE(snippet_of(text, "indexes", 60).text.find("indexed"), std::string::npos);
}

TEST(Snippet, WithoutACommonWordShowsTheBeginning) {
  std::string text = "First words come first.";
  for (int i = 0; i < 30; ++i) text += " Then some others follow.";
  const std::string snippet = snippet_of(text, "zebra", 50).text;
  EXPECT_TRUE(snippet.starts_with("First words")) << snippet;
  EXPECT_TRUE(snippet.ends_with("…")) << snippet;
}

TEST(Snippet, StaysWithinItsLengthAndIsValidForTextsWithoutSpaces) {
  std::string text;
  for (int i = 0; i < 300; ++i) text += "海";
  const std::string snippet = snippet_of(text, "海", 100).text;
  EXPECT_TRUE(is_valid_utf8(snippet));
  // Two marks of a cut, three bytes each.
  EXPECT_LE(snippet.size(), 106U);
  EXPECT_GT(snippet.size(), 50U);
}

TEST(Snippet, OfManyMatchesIsMadeInTimeLinearInTheText) {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += "word and ";
  EXPECT_TRUE(snippet_of(text, "word and").text.starts_with("word and"));
}

/// The highlighted parts of a snippet.
std::vector<std::string> highlights(std::string_view text, std::string_view query, std::size_t max_bytes = kSnippetBytes) {
  const Snippet snippet = snippet_of(text, query, max_bytes);
  std::vector<std::string> parts;
  for (const TextRange& range : snippet.highlights) parts.push_back(snippet.text.substr(range.begin, range.end - range.begin));
  return parts;
}
using Parts = std::vector<std::string>;

TEST(Highlights, AreTheWordsOfTheQuery) {
  EXPECT_EQ(highlights("The captain hunts whales. A whale!", "captains and the whale"), (Parts{"captain", "whales", "whale"}));
  EXPECT_EQ(highlights("The captain", "zebra"), Parts{});
  EXPECT_EQ(highlights("To be or not", "to be"), (Parts{"To", "be"})) << "there are no others to look for";
  EXPECT_EQ(highlights("the captain", ""), Parts{});
}

TEST(Highlights, AreCharactersWhereThereAreNoSpaces) {
  EXPECT_EQ(highlights("東京タワーは高さ三百三十三メートルである。", "東京タワーの高さ"), (Parts{"東京タワー", "高さ"}));
  EXPECT_EQ(highlights("吾輩は猫である", "猫"), Parts{"猫"});
}

TEST(Highlights, StandWhereTheSnippetHasThem) {
  std::string text;
  for (int i = 0; i < 30; ++i) text += "Nothing of interest is told here. ";
  text += "The   keeper\nlit the lamp.";
  EXPECT_EQ(highlights(text, "keepers' lamps", 80), (Parts{"keeper", "lamp"}));
}

}  // namespace
}  // namespace akin::retrieval
