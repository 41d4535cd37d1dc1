#include "akin/analysis/label_agreement.h"

#include <gtest/gtest.h>

#include "akin/base/error.h"
#include "golden_files.h"

namespace akin {
namespace {

TEST(LabelAgreement, IsThatOfScikitLearn) {
  const nlohmann::json cases = golden::json(golden::path("analysis/clusters/agreements.json"))["cases"];
  for (const nlohmann::json& wanted : cases) {
    const std::vector<std::int32_t> truth = wanted["truth"], found = wanted["found"];
    const LabelAgreement got = compare_labels(truth, found);
    // Sums of at most 54 logarithms in double.
    EXPECT_NEAR(got.adjusted_rand, wanted["adjusted_rand"].get<double>(), 1e-12);
    EXPECT_NEAR(got.homogeneity, wanted["homogeneity"].get<double>(), 1e-12);
    EXPECT_NEAR(got.completeness, wanted["completeness"].get<double>(), 1e-12);
    EXPECT_NEAR(got.v_measure, wanted["v_measure"].get<double>(), 1e-12);
    EXPECT_NEAR(got.v_measure, wanted["nmi"].get<double>(), 1e-12);
  }
}

TEST(LabelAgreement, NeedsAsManyOfBoth) {
  const std::vector<std::int32_t> two = {0, 1}, three = {0, 1, 2}, none;
  EXPECT_THROW(compare_labels(two, three), Error);
  EXPECT_THROW(compare_labels(none, none), Error);
}

TEST(LabelNumbers, GoByTheFirstComing) {
  const std::vector<std::string> names = {"b", "a", "b", "", "a"};
  EXPECT_EQ(number_labels(names), (std::vector<std::int32_t>{0, 1, 0, 2, 1}));
}

}  // namespace
}  // namespace akin
