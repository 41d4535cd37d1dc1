#include "akin/analysis/head_training.h"

#include <gtest/gtest.h>

#include "class_cases.h"

namespace akin {
namespace {

using analysis::complaint_of;
using analysis::OwnedRows;

double accuracy_of(const Head& head, const OwnedRows& data) {
  Context context(2);
  const std::vector<std::int32_t> best = best_columns(head_probabilities(head, data.rows.view(), context).view());
  std::size_t n_right = 0;
  for (std::size_t r = 0; r < best.size(); ++r) n_right += best[r] == data.labels[r] ? 1 : 0;
  return static_cast<double>(n_right) / static_cast<double>(best.size());
}

TrainedHead train(const OwnedRows& data, const HeadOptions& options, int n_threads = 2) {
  Context context(n_threads);
  TrainedHead out = train_head(data.view(), options, context);
  out.head.labels.resize(data.n_classes);
  return out;
}

constexpr HeadKind kKinds[] = {HeadKind::softmax, HeadKind::svm, HeadKind::centroid, HeadKind::knn};

TEST(TrainHead, LearnsWithEveryKindAndEveryCalibration) {
  const OwnedRows data = analysis::labelled_blobs(300, 6, 4, 1, 1);
  for (const HeadKind kind : kKinds) {
    for (const CalibrationKind calibration : {CalibrationKind::none, CalibrationKind::temperature, CalibrationKind::isotonic}) {
      if (kind == HeadKind::knn && calibration == CalibrationKind::temperature) continue;
      const TrainedHead found = train(data, {.kind = kind, .calibration = calibration});
      EXPECT_GT(accuracy_of(found.head, data), 0.98) << name_of(kind) << " " << name_of(calibration);
      EXPECT_EQ(found.head.calibration.kind, calibration);
    }
  }
}

TEST(TrainHead, ChoosesTheCThatIsBestOnRowsHeldOut) {
  const OwnedRows data = analysis::golden_classes();
  const TrainedHead found = train(data, {.c = {1, 1e-6, 100}});
  ASSERT_EQ(found.tried.size(), 3U);
  EXPECT_EQ(found.tried[0].c, 1e-6);
  EXPECT_LT(found.tried[0].accuracy, found.tried[1].accuracy);  // nothing is learnt with so small a C
  EXPECT_NE(found.c, 1e-6);
  EXPECT_NEAR(*found.held_out_accuracy, 0.73, 0.05);  // scikit-learn's on the rows that it learns from: 0.744
}

TEST(TrainHead, HasTheSameBitsOnAnyNumberOfThreads) {
  const OwnedRows data = analysis::labelled_blobs(1200, 8, 5, 6, 1);
  for (const HeadKind kind : kKinds) {
    const HeadOptions options{.kind = kind, .c = {0.1, 1}, .calibration = CalibrationKind::isotonic};
    const TrainedHead one = train(data, options, 1), two = train(data, options, 2);
    Context context(2);
    analysis::expect_same_bits(head_probabilities(one.head, data.rows.view(), context),
                               head_probabilities(two.head, data.rows.view(), context));
  }
}

TEST(TrainHead, RefusesWhatItCannotTrain) {
  const OwnedRows data = analysis::labelled_blobs(9, 2, 3, 1, 1);
  EXPECT_NE(complaint_of([&] { train(data, {.c = {}}); }), "");
  EXPECT_NE(complaint_of([&] { train(data, {.kind = HeadKind::knn, .calibration = CalibrationKind::temperature}); }), "");
  EXPECT_NE(complaint_of([&] { train(data, {.c = {1, 2}, .n_folds = 1}); }), "");
  const OwnedRows single = analysis::labelled_blobs(4, 2, 1, 1, 1);
  EXPECT_EQ(complaint_of([&] { train(single, {}); }), "train head: all vectors have one label; two labels at least are wanted");
}

}  // namespace
}  // namespace akin
