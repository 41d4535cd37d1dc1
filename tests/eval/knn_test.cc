#include "akin/eval/knn.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/throws.h"

namespace akin {
namespace {

/// Rows at angles.
Matrix<float> at(const std::vector<float>& degrees) {
  Matrix<float> rows(degrees.size(), 2);
  for (std::size_t i = 0; i < degrees.size(); ++i) {
    rows(i, 0) = std::cos(degrees[i] * 3.14159265F / 180);
    rows(i, 1) = std::sin(degrees[i] * 3.14159265F / 180);
  }
  return rows;
}

TEST(Knn, GivesATextTheLabelOfMostOfItsNeighbours) {
  Context context(2);
  const Matrix<float> known = at({0, 10, 20, 90, 100}), asked = at({6, 57, 96, 16});
  const std::vector<std::string> known_labels = {"a", "a", "b", "c", "c"}, asked_labels = {"a", "c", "c", "b"};
  const LabelledVectors k{known.view(), known_labels}, q{asked.view(), asked_labels};
  EXPECT_EQ(knn_accuracy(k, q, 1, context), 1);
  EXPECT_EQ(knn_accuracy(k, q, 3, context), 0.75);    // 16: b, a, a
  EXPECT_EQ(knn_accuracy(k, q, 100, context), 0.75);  // 16: b, a, a, c, c: of a and c the nearer; 57: c, b, c, a, a, likewise
}

TEST(Knn, LeavesATextItselfOut) {
  Context context(1);
  const Matrix<float> rows = at({0, 1, 90, 91, 180});
  const std::vector<std::string> labels = {"a", "a", "b", "b", "c"};
  EXPECT_EQ(knn_accuracy({rows.view(), labels}, 1, context), 0.8);
  const Matrix<float> twins = at({0, 0, 0});
  const std::vector<std::string> different = {"a", "b", "c"};
  EXPECT_EQ(knn_accuracy({twins.view(), different}, 1, context), 0);
}

TEST(Knn, SaysWhatIsMissing) {
  Context context(1);
  const Matrix<float> rows = at({0, 1});
  const std::vector<std::string> one = {"a"}, two = {"a", "b"};
  testing::expect_error(ErrorCode::mismatch, "one label a row", [&] { knn_accuracy({rows.view(), one}, 1, context); });
  testing::expect_error(ErrorCode::invalid_argument, "at least one neighbour", [&] { knn_accuracy({rows.view(), two}, 0, context); });
  testing::expect_error(ErrorCode::invalid_argument, "labelled texts are wanted", [&] { knn_accuracy({{}, {}}, 1, context); });
}

}  // namespace
}  // namespace akin
