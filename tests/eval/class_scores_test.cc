#include "akin/eval/class_scores.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "akin/base/error.h"
#include "akin/formats/npy.h"
#include "akin/formats/vector_file.h"
#include "golden_files.h"

namespace akin {
namespace {

std::vector<std::int32_t> labels(const std::string& name) {
  const NpyFile file(golden::path("analysis/heads/" + name + ".npy"));
  std::vector<std::int32_t> out(file.tensor().bytes.size() / sizeof(std::int32_t));
  std::memcpy(out.data(), file.tensor().bytes.data(), file.tensor().bytes.size());
  return out;
}

const nlohmann::json& wanted() {
  static const nlohmann::json all = golden::json(golden::path("analysis/heads/heads.json"));
  return all["scores"];
}

TEST(ClassScores, AreScikitLearns) {
  const ClassScores scores = class_scores(labels("labels"), labels("scores_given"), 6);
  EXPECT_DOUBLE_EQ(scores.accuracy(), wanted()["accuracy"]);
  EXPECT_DOUBLE_EQ(scores.macro_f1(), wanted()["macro"]);
  EXPECT_DOUBLE_EQ(scores.micro_f1(), wanted()["micro"]);
  EXPECT_DOUBLE_EQ(scores.weighted_f1(), wanted()["weighted"]);
  for (std::size_t c = 0; c < 6; ++c) EXPECT_DOUBLE_EQ(scores.each[c].f1(), wanted()["each"][c]);
}

TEST(ClassScores, CountUnknownClassesAsWrong) {
  const std::vector<std::int32_t> truth = {0, -1, 1}, given = {0, 1, 1};
  const ClassScores scores = class_scores(truth, given, 2);
  EXPECT_DOUBLE_EQ(scores.accuracy(), 2.0 / 3);
  EXPECT_DOUBLE_EQ(scores.each[1].precision(), 0.5);
  EXPECT_DOUBLE_EQ(scores.each[1].recall(), 1);
}

TEST(ClassScores, OfSeveralLabelsCountEach) {
  Matrix<std::uint8_t> truth(2, 3), given(2, 3);
  truth(0, 0) = truth(0, 1) = truth(1, 2) = 1;
  given(0, 0) = given(1, 1) = given(1, 2) = 1;
  const ClassScores scores = multi_label_scores(truth.view(), given.view());
  EXPECT_EQ(scores.accuracy(), 0);
  EXPECT_DOUBLE_EQ(scores.micro_f1(), 2.0 * 2 / 6);
  EXPECT_DOUBLE_EQ(scores.macro_f1(), 2.0 / 3);
}

TEST(ConfusionMatrix, CountsWhatWasTakenForWhat) {
  const std::vector<std::int32_t> truth = {0, 0, 1, -1}, given = {0, 1, 1, 0};
  const Matrix<std::uint32_t> confusions = confusion_matrix(truth, given, 2);
  EXPECT_EQ(confusions(0, 0), 1U);
  EXPECT_EQ(confusions(0, 1), 1U);
  EXPECT_EQ(confusions(1, 0), 0U);
  EXPECT_EQ(confusions(1, 1), 1U);
}

TEST(Reliability, HasTheLossesOfScikitLearn) {
  const Matrix<float> probabilities = VectorFile(golden::path("analysis/heads/scores_probabilities.npy")).read();
  const Reliability found = reliability(probabilities.view(), labels("labels"));
  EXPECT_NEAR(found.log_loss, wanted()["log_loss"], 1e-6);  // probabilities were rounded to float
  EXPECT_NEAR(found.brier, wanted()["brier"], 1e-6);
}

TEST(Reliability, TellsWhatWasSaidFromWhatWasSo) {
  Matrix<float> probabilities(4, 2);
  for (std::size_t r = 0; r < 4; ++r) probabilities(r, 0) = 0.75F, probabilities(r, 1) = 0.25F;
  const std::vector<std::int32_t> truth = {0, 0, 1, 1};
  const Reliability found = reliability(probabilities.view(), truth, 4);
  EXPECT_EQ(found.bins[2].n_rows, 4U);  // above 0.5, up to 0.75
  EXPECT_DOUBLE_EQ(found.bins[2].mean_probability, 0.75);
  EXPECT_DOUBLE_EQ(found.bins[2].accuracy, 0.5);
  EXPECT_DOUBLE_EQ(found.calibration_error, 0.25);
}

TEST(ClassScores, RefuseListsThatDoNotFit) {
  const std::vector<std::int32_t> one = {0}, two = {0, 1}, far = {0, 9};
  EXPECT_THROW(class_scores(one, two, 2), Error);
  EXPECT_THROW(class_scores(two, far, 2), Error);
  EXPECT_THROW(class_scores({}, {}, 2), Error);
  EXPECT_THROW(reliability(Matrix<float>(1, 2).view(), two), Error);
}

}  // namespace
}  // namespace akin
