#include "akin/analysis/linear_svm.h"

#include <gtest/gtest.h>

#include "class_cases.h"

namespace akin {
namespace {

using analysis::complaint_of;
using analysis::OwnedRows;

LinearFit fit(const OwnedRows& data, const SvmOptions& options, int n_threads = 2) {
  Context context(n_threads);
  return linear_svm(data.view(), options, context);
}

TEST(LinearSvm, FindsTheMachinesOfScikitLearn) {
  const OwnedRows data = analysis::golden_classes();
  for (const SvmLoss loss : {SvmLoss::squared_hinge, SvmLoss::hinge}) {
    const LinearFit found = fit(data, {.c = 0.1, .loss = loss, .max_iterations = 20'000, .tolerance = 1e-5});
    EXPECT_TRUE(found.converged);
    const std::string name = loss == SvmLoss::hinge ? "svm_hinge" : "svm_squared_hinge";
    // Projected gradients end within 1e-5 of each other; the hinge's dual is flat, so that its weights are known less well.
    analysis::expect_near(found.linear.weights, golden::rows(name + "_weights", "heads"), loss == SvmLoss::hinge ? 5e-3 : 1e-3);
    const std::vector<float> bias = golden::numbers(name + "_bias", "heads");
    for (std::size_t c = 0; c < 6; ++c) EXPECT_NEAR(found.linear.bias[c], bias[c], 5e-3);
  }
}

TEST(LinearSvm, OfTwoClassesIsOneMachine) {
  const OwnedRows data = analysis::labelled_blobs(200, 4, 2, 0.5F, 1);
  const LinearFit found = fit(data, {});
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(found.linear.weights(0, i), -found.linear.weights(1, i));
  Context context(1);
  EXPECT_EQ(best_columns(linear_scores(data.rows.view(), found.linear, context).view()), data.labels);
}

TEST(LinearSvm, CountsAClassAsItIsTold) {
  const OwnedRows data = analysis::labelled_blobs(400, 2, 2, 9, 3);  // classes that overlap
  const std::vector<double> weights = {1, 20};
  const auto n_second = [&](std::span<const double> class_weights) {
    Context context(1);
    const LinearFit found = linear_svm(data.view(), {.class_weights = class_weights}, context);
    const std::vector<std::int32_t> given = best_columns(linear_scores(data.rows.view(), found.linear, context).view());
    return std::ranges::count(given, 1);
  };
  EXPECT_GT(n_second(weights), n_second({}));
}

TEST(LinearSvm, HasTheSameBitsOnAnyNumberOfThreadsAndOnEveryRun) {
  const OwnedRows data = analysis::labelled_blobs(1500, 10, 5, 5, 1);
  for (const SvmLoss loss : {SvmLoss::squared_hinge, SvmLoss::hinge}) {
    const SvmOptions options{.loss = loss, .max_iterations = 30};
    const LinearFit one = fit(data, options, 1);
    for (const int n_threads : {1, 2, 3}) {
      const LinearFit other = fit(data, options, n_threads);
      analysis::expect_same_bits(one.linear.weights, other.linear.weights);
      EXPECT_EQ(one.linear.bias, other.linear.bias);
    }
  }
}

TEST(LinearSvm, OfEqualRowsEnds) {
  OwnedRows data{analysis::equal_rows(20, 3, 1), {}, 2};
  for (std::size_t r = 0; r < 20; ++r) data.labels.push_back(r < 15 ? 0 : 1);
  EXPECT_TRUE(fit(data, {.max_iterations = 10'000}).converged);
}

TEST(LinearSvm, RefusesWhatItCannotLearn) {
  const OwnedRows data = analysis::labelled_blobs(9, 2, 3, 1, 1), single = analysis::labelled_blobs(1, 2, 1, 1, 1);
  const std::vector<double> zero = {1, 1, 0}, few = {1};
  EXPECT_NE(complaint_of([&] { fit(data, {.c = -1}); }), "");
  EXPECT_NE(complaint_of([&] { fit(data, {.class_weights = zero}); }), "");
  EXPECT_EQ(complaint_of([&] { fit(data, {.class_weights = few}); }), "linear SVM: 1 class weights for 3 classes");
  EXPECT_EQ(complaint_of([&] { fit(single, {}); }), "linear SVM: all vectors have one label; two labels at least are wanted");
  Context context(1);
  context.cancel.cancel();
  EXPECT_THROW(linear_svm(data.view(), {}, context), Error);
}

}  // namespace
}  // namespace akin
