#include "akin/analysis/class_labels.h"

#include <gtest/gtest.h>

#include "class_cases.h"

namespace akin {
namespace {

using analysis::complaint_of;

TEST(ClassLabels, AreSortedNamesAndEachRowsPlaceAmongThem) {
  const std::vector<std::string> labels = {"dog", "cat", "dog", "ant"};
  const ClassLabels found = class_labels(labels);
  EXPECT_EQ(found.names, (std::vector<std::string>{"ant", "cat", "dog"}));
  EXPECT_EQ(found.of_rows, (std::vector<std::int32_t>{2, 1, 2, 0}));
  const std::vector<std::string> others = {"cow", "ant"};
  EXPECT_EQ(places_among(found.names, others), (std::vector<std::int32_t>{-1, 0}));
}

TEST(ClassLabels, RefusesARowWithoutOne) {
  const std::vector<std::string> labels = {"a", "", "b"};
  EXPECT_EQ(complaint_of([&] { class_labels(labels); }), "row 1 has no label (rows count from 0)");
}

TEST(ClassLabels, ArePutToUseOnlyWhereEveryClassHasARow) {
  const Matrix<float> rows(3, 2);
  const auto check = [&](std::vector<std::int32_t> labels, std::size_t n_classes) {
    return complaint_of([&] { check_labels({rows.view(), labels, n_classes}, "fit"); });
  };
  EXPECT_EQ(check({0, 1, 1}, 2), "");
  EXPECT_EQ(check({0, 1}, 2), "fit: 2 labels for 3 vectors; one each is wanted");
  EXPECT_EQ(check({0, 0, 0}, 1), "fit: all vectors have one label; two labels at least are wanted");
  EXPECT_EQ(check({0, 2, 0}, 3), "fit: class 1 has no vector");
  EXPECT_EQ(check({0, 3, 0}, 3), "row 1 has class 3 of 3 (rows and classes count from 0)");
  EXPECT_NE(check({0, -1, 0}, 3), "");
}

TEST(BalancedWeights, LetEveryClassCountAlike) {
  const std::vector<std::int32_t> labels = {0, 1, 1, 1};
  EXPECT_EQ(class_sizes(labels, 2), (std::vector<std::size_t>{1, 3}));
  const std::vector<double> weights = balanced_weights(labels, 2);
  EXPECT_DOUBLE_EQ(weights[0], 2);
  EXPECT_DOUBLE_EQ(weights[1], 2.0 / 3);
}

}  // namespace
}  // namespace akin
