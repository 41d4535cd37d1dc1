#include "akin/analysis/agglomerative.h"

#include <gtest/gtest.h>

#include <limits>

#include "akin/base/error.h"
#include "density_cases.h"
#include "points.h"

namespace akin {
namespace {

using analysis::blobs;
using analysis::equal_rows;

Linkage run(MatrixView<const float> rows, const AgglomerativeOptions& options, int n_threads = 2) {
  Context context(n_threads);
  return agglomerative(rows, options, context);
}

void expect_tree(const Linkage& got, const nlohmann::json& wanted) {
  SCOPED_TRACE(wanted["method"].get<std::string>() + " " + wanted["metric"].get<std::string>());
  const nlohmann::json& rows = wanted["linkage"];
  ASSERT_EQ(got.merges.size(), rows.size());
  for (std::size_t m = 0; m < rows.size(); ++m) {
    EXPECT_EQ(got.merges[m].a, rows[m][0].get<double>()) << m;
    EXPECT_EQ(got.merges[m].b, rows[m][1].get<double>()) << m;
    // Distances are kept in float, and each merge of a chain of up to 280 rounds once.
    EXPECT_NEAR(got.merges[m].distance, rows[m][2].get<double>(), 2e-6 + 2e-6 * rows[m][2].get<double>()) << m;
    EXPECT_EQ(got.merges[m].size, rows[m][3].get<double>()) << m;
  }
}

TEST(Agglomerative, MakesTheTreesOfScipy) {
  for (const char* name : {"plane", "wide"}) {
    const golden::DensityCases cases(name);
    const std::size_t step = std::string(name) == "plane" ? 3 : 1;
    Matrix<float> rows((cases.rows.rows() + step - 1) / step, cases.rows.cols());
    for (std::size_t r = 0; r < rows.rows(); ++r) std::ranges::copy(cases.rows.row(r * step), rows.row(r).begin());
    for (const nlohmann::json& wanted : cases.trees)
      expect_tree(
          run(rows.view(), {linkage_method_from(wanted["method"].get<std::string>()), metric_from(wanted["metric"].get<std::string>())}),
          wanted);
  }
}

TEST(Agglomerative, FindsTheGroupsThatAreThere) {
  const Matrix<float> rows = blobs(600, 8, 6, 0.05F, 1);
  for (const LinkageMethod method : {LinkageMethod::ward, LinkageMethod::average, LinkageMethod::complete, LinkageMethod::single}) {
    const std::vector<std::int32_t> labels = cut_to_clusters(run(rows.view(), {method}), 6);
    for (std::size_t r = 0; r < rows.rows(); ++r) EXPECT_EQ(labels[r], static_cast<std::int32_t>(r % 6)) << name_of(method);
  }
}

TEST(Agglomerative, HasTheSameBitsOnAnyNumberOfThreadsAndOnEveryRun) {
  const Matrix<float> rows = blobs(2500, 6, 20, 2, 1);  // more than one piece of a matrix's column
  for (const LinkageMethod method : {LinkageMethod::ward, LinkageMethod::average, LinkageMethod::complete, LinkageMethod::single}) {
    const Linkage one = run(rows.view(), {method}, 1);
    for (const int n_threads : {1, 2, 5}) EXPECT_EQ(one.merges, run(rows.view(), {method}, n_threads).merges) << name_of(method);
  }
}

TEST(Agglomerative, TakesOneRowAndEqualRows) {
  for (const LinkageMethod method : {LinkageMethod::ward, LinkageMethod::average, LinkageMethod::complete, LinkageMethod::single}) {
    EXPECT_TRUE(run(equal_rows(1, 3, 1).view(), {method}).merges.empty());
    EXPECT_EQ(run(equal_rows(2, 3, 1).view(), {method}).merges, (std::vector<Merge>{{0, 1, 0, 2}}));
    const Linkage all = run(equal_rows(300, 3, 0.3F).view(), {method});
    ASSERT_EQ(all.merges.size(), 299U);
    for (const Merge& merge : all.merges) EXPECT_EQ(merge.distance, 0);
    EXPECT_EQ(all.merges.back().size, 300U);
  }
}

TEST(Agglomerative, RefusesWhatItCannotDo) {
  Matrix<float> rows = blobs(20, 2, 2, 1, 1);
  EXPECT_THROW(run(rows.view(), {.method = LinkageMethod::ward, .metric = Metric::cosine}), Error);
  EXPECT_THROW(run(rows.view(), {.method = LinkageMethod::average, .metric = Metric::manhattan}), Error);
  EXPECT_THROW(linkage_method_from("centroid"), Error);
  try {
    run(rows.view(), {.max_bytes = 1000});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::limit);
  }
  rows(3, 0) = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THROW(run(rows.view(), {}), Error);
}

}  // namespace
}  // namespace akin
