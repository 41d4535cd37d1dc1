#include <gtest/gtest.h>

#include <numeric>

#include "akin/analysis/hdbscan.h"
#include "akin/base/error.h"
#include "density_cases.h"
#include "points.h"

namespace akin {
namespace {

/// hdbscan's number of each of our labels: those of a row that has both.
std::vector<std::size_t> their_numbers(const HdbscanResult& result, const std::vector<std::int32_t>& theirs) {
  std::vector<std::size_t> out(result.n_clusters());
  for (std::size_t r = 0; r < theirs.size(); ++r)
    if (result.labels[r] >= 0) out[static_cast<std::size_t>(result.labels[r])] = static_cast<std::size_t>(theirs[r]);
  return out;
}

template <class Body>
void for_each_soft_case(const Body& body) {
  for (const char* name : {"plane", "wide"}) {
    const golden::DensityCases cases(name);
    for (const nlohmann::json& wanted : cases.cases) {
      if (!wanted.contains("membership")) continue;
      Context context(2);
      const HdbscanOptions options = golden::options_of(wanted);
      const HdbscanResult result = hdbscan(cases.rows.view(), options, context);
      body(cases.rows, wanted, options, result, context);
    }
  }
}

TEST(HdbscanMembership, IsThatOfHdbscan) {
  for_each_soft_case([](const Matrix<float>& rows, const nlohmann::json& wanted, const HdbscanOptions& options, const HdbscanResult& result,
                        Context& context) {
    const Matrix<float> got = hdbscan_membership(rows.view(), result, options, context);
    const std::vector<std::size_t> number = their_numbers(result, wanted["labels"]);
    const std::vector<bool> is_between = golden::between_two(result.tree);
    ASSERT_EQ(got.cols(), number.size());
    for (std::size_t r = 0; r < got.rows(); ++r) {
      if (is_between[r]) continue;
      for (std::size_t l = 0; l < got.cols(); ++l)
        EXPECT_NEAR(got(r, l), wanted["membership"][r][number[l]].get<double>(), 1e-5) << r;  // distances in float, quotients of them
    }
  });
}

TEST(HdbscanPrediction, PlacesNewRowsWhereHdbscanDoes) {
  for_each_soft_case([](const Matrix<float>& rows, const nlohmann::json& wanted, const HdbscanOptions& options, const HdbscanResult& result,
                        Context& context) {
    Matrix<float> added(wanted["new"].size(), rows.cols());
    for (std::size_t r = 0; r < added.rows(); ++r)
      for (std::size_t c = 0; c < added.cols(); ++c) added(r, c) = wanted["new"][r][c];
    const HdbscanPrediction got = hdbscan_predict(added.view(), rows.view(), result, options, context);
    const std::vector<std::size_t> number = their_numbers(result, wanted["labels"]);
    for (std::size_t r = 0; r < added.rows(); ++r) {
      const std::int32_t label = got.labels[r] < 0 ? -1 : static_cast<std::int32_t>(number[static_cast<std::size_t>(got.labels[r])]);
      EXPECT_EQ(label, wanted["new_labels"][r].get<std::int32_t>()) << r;
      EXPECT_NEAR(got.probabilities[r], wanted["new_probabilities"][r].get<double>(), 2e-6) << r;
    }
  });
}

TEST(HdbscanMembership, IsTheSameOnAnyNumberOfThreads) {
  const Matrix<float> rows = analysis::blobs(1000, 5, 6, 2, 1);
  const HdbscanOptions options{.min_cluster_size = 20};
  Context one(1), two(2);
  const HdbscanResult result = hdbscan(rows.view(), options, one);
  const Matrix<float> a = hdbscan_membership(rows.view(), result, options, one), b = hdbscan_membership(rows.view(), result, options, two);
  EXPECT_TRUE(std::equal(a.data(), a.data() + a.size(), b.data()));
}

TEST(HdbscanMembership, OfTooManyClustersIsRefusedBeforeItTakesMemory) {
  Context context(1);
  const Matrix<float> rows(200'000, 1);
  HdbscanResult result;
  result.labels.assign(rows.rows(), 0);
  result.selected.assign(40'000, 0);  // 32 GB
  try {
    hdbscan_membership(rows.view(), result, {}, context);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::limit);
  }
}

TEST(HdbscanMembership, OfNoClustersHasNoColumns) {
  const Matrix<float> rows = analysis::equal_rows(30, 2, 1);
  Context context(1);
  const HdbscanResult result = hdbscan(rows.view(), {}, context);
  EXPECT_EQ(hdbscan_membership(rows.view(), result, {}, context).cols(), 0U);
  EXPECT_EQ(hdbscan_predict(rows.view(), rows.view(), result, {}, context).labels, std::vector<std::int32_t>(30, -1));
  EXPECT_THROW(hdbscan_membership(rows.view().middle_rows(0, 3), result, {}, context), Error);
}

}  // namespace
}  // namespace akin
