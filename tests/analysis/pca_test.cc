#include "akin/analysis/pca.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "akin/formats/vector_file.h"
#include "base/throws.h"
#include "golden_files.h"
#include "points.h"

namespace akin {
namespace {

using analysis::equal_rows;
using testing::expect_error;

Matrix<float> golden_rows(const std::string& name) { return VectorFile(golden::path("analysis/maps/" + name + ".npy")).read(); }

Pca run(MatrixView<const float> rows, const PcaOptions& options, int n_threads = 2) {
  Context context(n_threads);
  return pca(rows, options, context);
}

/// Normal rows, direction i with deviation `decay`^i, around `centre`.
Matrix<float> decaying_rows(std::size_t n, std::size_t dim, double decay, float centre) {
  Rng rng(11);
  Matrix<float> rows(n, dim);
  for (std::size_t r = 0; r < n; ++r)
    for (std::size_t c = 0; c < dim; ++c) rows(r, c) = centre + static_cast<float>(std::pow(decay, static_cast<double>(c))) * rng.normal();
  return rows;
}

TEST(Pca, FindsWhatScikitLearnFinds) {
  const Matrix<float> rows = golden_rows("pca_rows"), components = golden_rows("pca_components");
  const Matrix<float> transformed = golden_rows("pca_transformed");
  const nlohmann::json wanted = golden::json(golden::path("analysis/maps/maps.json"));
  const Pca fit = run(rows.view(), {.n_components = 4});
  for (std::size_t a = 0; a < 4; ++a) {
    // Products are float: 1e-6 of the variance; a direction turns by that over the gap to the next variance, which is half of it.
    EXPECT_NEAR(fit.explained_variance[a] / wanted["explained_variance"][a].get<double>(), 1, 2e-6);
    EXPECT_NEAR(fit.explained_variance_ratio[a] / wanted["explained_variance_ratio"][a].get<double>(), 1, 2e-6);
    for (std::size_t i = 0; i < 12; ++i) EXPECT_NEAR(fit.components(a, i), components(a, i), 1e-5) << a << ' ' << i;
  }
  Context context(2);
  const Matrix<float> found = fit.transform(rows.view(), context);
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found.data()[i], transformed.data()[i], 1e-4);  // of numbers up to 3, around 5
}

TEST(Pca, ByARandomProjectionFindsTheSame) {
  const Matrix<float> rows = decaying_rows(3000, 500, 0.9, 2);
  const Pca exact = run(rows.view(), {.n_components = 5, .solver = PcaSolver::exact});
  const Pca random = run(rows.view(), {.n_components = 5, .solver = PcaSolver::randomized});
  for (std::size_t a = 0; a < 5; ++a) {
    EXPECT_NEAR(random.explained_variance[a] / exact.explained_variance[a], 1, 1e-4);  // as the header says
    double cosine = 0;
    for (std::size_t i = 0; i < 500; ++i)
      cosine += static_cast<double>(random.components(a, i)) * static_cast<double>(exact.components(a, i));
    EXPECT_GT(cosine, 0.999) << a;
  }
}

TEST(Pca, HasTheSameBitsOnAnyNumberOfThreadsAndOnEveryRun) {
  const Matrix<float> rows = decaying_rows(2000, 40, 0.9, 1);
  for (const PcaSolver solver : {PcaSolver::exact, PcaSolver::randomized}) {
    const PcaOptions options{.n_components = 3, .solver = solver};
    const Pca one = run(rows.view(), options, 1);
    for (const int n_threads : {1, 2, 5}) {
      const Pca other = run(rows.view(), options, n_threads);
      EXPECT_EQ(one.explained_variance, other.explained_variance);
      EXPECT_TRUE(std::equal(one.components.data(), one.components.data() + one.components.size(), other.components.data()));
    }
  }
}

TEST(Pca, AroundTheOriginKeepsTheMean) {
  const Matrix<float> rows = equal_rows(10, 3, 2);
  const Pca centred = run(rows.view(), {.n_components = 1});
  EXPECT_EQ(centred.explained_variance[0], 0);
  EXPECT_EQ(centred.explained_variance_ratio[0], 0);
  const Pca as_they_are = run(rows.view(), {.n_components = 1, .centred = false});
  EXPECT_NEAR(as_they_are.explained_variance[0], 120.0 / 9, 1e-4);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(as_they_are.components(0, i), std::sqrt(1.0 / 3), 1e-6);
}

TEST(Pca, OfOneRowAndOfTwoEqualOnesIsNothing) {
  for (const std::size_t n : {1, 2}) {
    const Matrix<float> rows = equal_rows(n, 4, 1);
    const Pca fit = run(rows.view(), {.n_components = 1});
    Context context(1);
    const Matrix<float> found = fit.transform(rows.view(), context);
    for (std::size_t r = 0; r < n; ++r) EXPECT_EQ(found(r, 0), 0);
  }
}

TEST(Pca, RefusesWhatItCannotDo) {
  Matrix<float> rows = equal_rows(3, 4, 1);
  expect_error(ErrorCode::invalid_argument, "of 3 rows of 4 numbers there are 1 to 3", [&] { run(rows.view(), {.n_components = 4}); });
  expect_error(ErrorCode::invalid_argument, "0 components", [&] { run(rows.view(), {.n_components = 0}); });
  Context context(1);
  const Pca fit = run(rows.view(), {.n_components = 1});
  const Matrix<float> wide = equal_rows(3, 5, 1);
  expect_error(ErrorCode::mismatch, "rows of 5 numbers", [&] { (void)fit.transform(wide.view(), context); });
  rows(1, 2) = std::numeric_limits<float>::infinity();
  expect_error(ErrorCode::invalid_argument, "row 1", [&] { run(rows.view(), {.n_components = 1}); });
  context.cancel.cancel();
  const Matrix<float> many = decaying_rows(2000, 4, 0.9, 1);
  expect_error(ErrorCode::cancelled, "", [&] { pca(many.view(), {}, context); });
}

TEST(PrincipalPlane, IsWhatTheFirstTwoComponentsShow) {
  const Matrix<float> rows = analysis::blobs(50, 6, 3, 1, 4);
  Context context(2);
  const Matrix<float> plane = principal_plane(rows.view(), context), along = pca(rows.view(), {}, context).transform(rows.view(), context);
  for (std::size_t r = 0; r < 50; ++r)
    for (std::size_t c = 0; c < 2; ++c) EXPECT_EQ(plane(r, c), along(r, c));
}

TEST(PrincipalPlane, OfRowsWithoutAPlaneIsFlat) {
  Context context(1);
  EXPECT_EQ(principal_plane(Matrix<float>(0, 4).view(), context).rows(), 0U);
  EXPECT_EQ(principal_plane(Matrix<float>(1, 4).view(), context)(0, 0), 0);
  Matrix<float> two(2, 3);
  two(0, 1) = 4;
  const Matrix<float> line = principal_plane(two.view(), context);
  EXPECT_NEAR(line(0, 0), 2, 1e-6);  // rounding of a float
  EXPECT_NEAR(line(1, 0), -2, 1e-6);
  EXPECT_EQ(line(0, 1), 0);
  EXPECT_EQ(line(1, 1), 0);
}

}  // namespace
}  // namespace akin
