#include "akin/eval/ranking_scores.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <vector>

#include "akin/base/error.h"
#include "akin/formats/npy.h"
#include "golden_files.h"

namespace akin {
namespace {

template <class T>
std::vector<T> numbers(const std::string& name) {
  const NpyFile file(golden::path("analysis/outliers/" + name + ".npy"));
  std::vector<T> out(file.tensor().bytes.size() / sizeof(T));
  std::memcpy(out.data(), file.tensor().bytes.data(), file.tensor().bytes.size());
  return out;
}

TEST(RankingScores, AreScikitLearns) {
  const std::vector<float> floats = numbers<float>("scores");
  const std::vector<double> scores(floats.begin(), floats.end());
  const std::vector<std::int32_t> labels = numbers<std::int32_t>("truth");
  const std::vector<std::uint8_t> truth(labels.begin(), labels.end());
  const nlohmann::json wanted = golden::json(golden::path("analysis/outliers/outliers.json"));
  EXPECT_NEAR(roc_auc(scores, truth), wanted["auc"], 1e-12);
  EXPECT_NEAR(average_precision(scores, truth), wanted["average_precision"], 1e-12);
}

TEST(RankingScores, OfScoresThatTellNothingAreThoseOfChance) {
  const std::vector<double> scores(10, 1);
  const std::vector<std::uint8_t> truth = {1, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  EXPECT_DOUBLE_EQ(roc_auc(scores, truth), 0.5);
  EXPECT_DOUBLE_EQ(average_precision(scores, truth), 0.2);
}

TEST(RankingScores, RefuseWhatTheyCannotRank) {
  const std::vector<double> scores = {1, 2}, odd = {1, std::numeric_limits<double>::quiet_NaN()};
  const std::vector<std::uint8_t> both = {0, 1}, none = {0, 0}, all = {1, 1}, one = {1};
  EXPECT_THROW(roc_auc(scores, none), Error);
  EXPECT_THROW(roc_auc(scores, all), Error);
  EXPECT_THROW(roc_auc(scores, one), Error);
  EXPECT_THROW(roc_auc(odd, both), Error);
  EXPECT_DOUBLE_EQ(average_precision(scores, all), 1);
}

}  // namespace
}  // namespace akin
