// Against the figures of fastText's own test with the models of tests/golden/classifiers.
#include "akin/eval/label_tests.h"

#include <gtest/gtest.h>

#include "base/temporary_folder.h"
#include "base/throws.h"
#include "golden_files.h"

namespace akin {
namespace {

TEST(LabelTests, GiveFastTextsPrecisionAndRecall) {
  const nlohmann::json expected = golden::json(golden::path("classifiers/expected.json"));
  Context context(2);
  for (const auto& [name, model] : expected.at("models").items()) {
    const TextClassifier classifier(golden::path("classifiers/" + name));
    const auto wanted = model.at("precision at 1, recall at 2");
    const auto text = golden::path("classifiers/labelled.txt");
    // Of 160 lines, one more or less right would show in the third digit.
    EXPECT_NEAR(evaluate_classifier(classifier, text, {.k = 1}, context).all.precision(), wanted[0].get<double>(), 1e-6) << name;
    EXPECT_NEAR(evaluate_classifier(classifier, text, {.k = 2}, context).all.recall(), wanted[1].get<double>(), 1e-6) << name;
  }
}

TEST(LabelTests, CountEachLabelAndLeaveOutLinesThatAskNothing) {
  const testing::TemporaryFolder folder;
  const auto file =
      folder.write("t.txt", "__label__pump the seal\n\nno label here\n__label__unheard seal\n__label__money boat fish river\n");
  Context context(1);
  const TextClassifier classifier(golden::path("classifiers/softmax.bin"));
  const LabelScores scores = evaluate_classifier(classifier, file, {}, context);
  EXPECT_EQ(scores.n_lines, 2U);
  EXPECT_EQ(scores.n_left_out, 2U);
  EXPECT_EQ(scores.all.n_named, 2U);
  EXPECT_EQ(scores.all.n_right, 1U);
  EXPECT_EQ(scores.all.f1(), 0.5);
  for (std::size_t l = 0; l < scores.each.size(); ++l)
    EXPECT_EQ(scores.each[l].n_right, classifier.labels()[l] == "pump" ? 1U : 0U) << classifier.labels()[l];
  testing::expect_error(ErrorCode::invalid_argument, "no line has a label and a word that the classifier knows",
                        [&] { evaluate_classifier(classifier, folder.write("u.txt", "seal\n"), {}, context); });
}

}  // namespace
}  // namespace akin
