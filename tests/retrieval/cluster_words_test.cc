#include "akin/retrieval/cluster_words.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "akin/base/error.h"

namespace akin {
namespace {

std::vector<std::vector<std::string>> names(const std::vector<std::string>& texts, const std::vector<std::int32_t>& labels,
                                            const ClusterWordsOptions& options = {}) {
  std::vector<std::vector<std::string>> out;
  for (const auto& terms : cluster_words(texts, labels, options)) {
    out.emplace_back();
    for (const ClusterTerm& term : terms) out.back().push_back(term.term);
  }
  return out;
}

const std::vector<std::string> kTexts = {"The whale swam under the ship.",      "A whale is not a fish, the captain said",
                                         "whales and whale oil in the barrel",  "Interest rates rose at the central bank",
                                         "the central bank cut interest rates", "Central bank: rates of interest"};
const std::vector<std::int32_t> kLabels = {0, 0, 0, 1, 1, 1};

TEST(ClusterWords, AreThoseOfTheGroupAndNotOfAll) {
  const auto found = names(kTexts, kLabels);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].front(), "whale");
  for (const std::string& term : found[0]) EXPECT_NE(term, "the");
  EXPECT_TRUE(std::ranges::find(found[1], "central bank") != found[1].end());
}

TEST(ClusterWords, DoNotNameAWordBesideItsPair) {
  for (const std::string& term : names(kTexts, kLabels)[1]) {
    EXPECT_NE(term, "central");
    EXPECT_NE(term, "bank");
  }
}

TEST(ClusterWords, MakeNoPairsAcrossTheEndOfASentence) {
  const std::vector<std::string> texts(4, "cold rain. warm sun");
  const auto found = names({texts[0], texts[1], texts[2], texts[3], "x", "y", "z", "w"}, {0, 0, 0, 0, 1, 1, 1, 1});
  EXPECT_EQ(found[0], (std::vector<std::string>{"cold rain", "warm sun"}));
}

TEST(ClusterWords, LeaveOutWhatIsSaidEverywhereInAnyLanguage) {
  const auto found =
      names({"le chat dort", "le chat mange", "le chat noir", "le train part", "le train arrive", "le train roule"}, kLabels);
  EXPECT_EQ(found[0].front(), "le chat");  // the pair is the group's own
  for (const auto& group : found)
    for (const std::string& term : group) EXPECT_NE(term, "le");
}

TEST(ClusterWords, KnowCapitalsAndScriptsWithoutSpaces) {
  const auto found = names({"ÜBER Ärzte", "über ärzte", "東京の天気", "東京の電車"}, {0, 0, 1, 1});
  EXPECT_EQ(found[0].front(), "über ärzte");
  EXPECT_TRUE(std::ranges::find(found[1], "東京") != found[1].end());
}

TEST(ClusterWords, AreCutAtQuotesAndDashes) {
  const auto found = names({"‘Hatter’—mad", "“hatter”…", "x", "y"}, {0, 0, 1, 1});
  EXPECT_EQ(found[0].front(), "hatter");
}

TEST(ClusterWords, KeepNamesWithUnderscores) {
  EXPECT_EQ(names({"mod_rewrite rules", "mod_rewrite again", "x", "y"}, {0, 0, 1, 1})[0].front(), "mod_rewrite");
}

TEST(ClusterWords, OfRowsOfNoGroupTellWhatIsCommon) {
  const auto found = names({"red fox", "red deer", "red sky", "red sea"}, {0, 0, -1, -1});
  ASSERT_EQ(found.size(), 1U);
  for (const std::string& term : found[0]) EXPECT_NE(term, "red");
}

TEST(ClusterWords, AreTheMostTellingFew) {
  EXPECT_EQ(names(kTexts, kLabels, {.n_terms = 1})[1].size(), 1U);
  EXPECT_TRUE(names(kTexts, kLabels, {.n_terms = 0})[1].empty());
}

TEST(ClusterWords, OfAnEmptyGroupAreNone) {
  EXPECT_TRUE(names({"a thing"}, {1})[0].empty());
  EXPECT_TRUE(names({}, {}).empty());
}

TEST(ClusterWords, OfOneGroupAreItsFrequentOnes) {
  EXPECT_EQ(names({"blue door", "blue door", "blue window", "green door"}, {0, 0, 0, 0}).front(),
            (std::vector<std::string>{"blue", "door"}));
}

TEST(ClusterWords, NeedALabelAText) {
  EXPECT_THROW(cluster_words(kTexts, std::vector<std::int32_t>{0}, {}), Error);
  EXPECT_THROW(cluster_words(kTexts, std::vector<std::int32_t>{0, 0, 0, 0, 0, -2}, {}), Error);
}

}  // namespace
}  // namespace akin
