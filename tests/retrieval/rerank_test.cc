#include "akin/retrieval/rerank.h"

#include <gtest/gtest.h>

#include "golden_files.h"

namespace akin {
namespace {

std::vector<Hit> hits_of(const std::vector<std::string>& texts) {
  std::vector<Hit> hits;
  for (const std::string& text : texts) {
    Hit hit;
    hit.score = 1.0 / static_cast<double>(hits.size() + 1);
    hit.text = text;
    hit.chunk_id = hits.size() + 1;
    hits.push_back(std::move(hit));
  }
  return hits;
}

const std::vector<std::string> kTexts = {"a house", "the whale swam away from the ship", "a house", "it is a truth"};

TEST(Rerank, OrdersHitsByTheModelsScoreAndKeepsWhatTheyAre) {
  Context context(2);
  const CrossEncoder model = CrossEncoder::load(golden::path("sentence-transformers/cross-encoder"), {}, context);
  const std::vector<Hit> hits = rerank("whales", hits_of(kTexts), model, {.k = 0, .label = ""}, context);
  ASSERT_EQ(hits.size(), kTexts.size());
  for (std::size_t i = 0; i < hits.size(); ++i) {
    EXPECT_EQ(hits[i].text, kTexts[hits[i].chunk_id - 1]);
    const TextPair pair{"whales", hits[i].text};
    EXPECT_EQ(hits[i].score, static_cast<double>(model.score(std::span(&pair, 1), context).scores(0, 0)));
    if (i > 0) {
      EXPECT_GE(hits[i - 1].score, hits[i].score);
    }
  }
}

TEST(Rerank, KeepsTheBestKAndNothingOfNothing) {
  Context context(1);
  const CrossEncoder model = CrossEncoder::load(golden::path("sentence-transformers/cross-encoder"), {}, context);
  const std::vector<Hit> all = rerank("whales", hits_of(kTexts), model, {.k = 0, .label = ""}, context);
  const std::vector<Hit> two = rerank("whales", hits_of(kTexts), model, {.k = 2, .label = ""}, context);
  ASSERT_EQ(two.size(), 2U);
  EXPECT_EQ(two[0].chunk_id, all[0].chunk_id);
  EXPECT_EQ(two[1].chunk_id, all[1].chunk_id);
  EXPECT_TRUE(rerank("whales", {}, model, {}, context).empty());
}

TEST(Rerank, WantsALabelOfAModelWithSeveral) {
  Context context(1);
  const CrossEncoder model = CrossEncoder::load(golden::path("sentence-transformers/cross-encoder-3"), {}, context);
  EXPECT_THROW((void)rerank("q", hits_of(kTexts), model, {}, context), Error);
  EXPECT_EQ(rerank("q", hits_of(kTexts), model, {.k = 1, .label = "LABEL_2"}, context).size(), 1U);
}

}  // namespace
}  // namespace akin
