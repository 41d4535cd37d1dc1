#include "spectral_start.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "akin/base/rng.h"

namespace akin::analysis {
namespace {

/// A ring of n vertices, each linked to the next two; `n_rings` of them without links between.
SparseGraph rings(std::size_t n, std::size_t n_rings) {
  SparseGraph graph;
  graph.begins.assign(1, 0);
  for (std::size_t ring = 0; ring < n_rings; ++ring) {
    for (std::size_t v = 0; v < n; ++v) {
      for (const std::size_t step : {n - 2, n - 1, std::size_t{1}, std::size_t{2}}) {
        graph.others.push_back(static_cast<std::uint32_t>(ring * n + (v + step) % n));
        graph.weights.push_back(1);
      }
      graph.begins.push_back(graph.others.size());
    }
  }
  return graph;
}

TEST(SpectralStart, LaysARingOutAsARing) {
  for (const std::size_t n : {40, 90}) {  // solved whole, and by the filter
    Context context(2);
    const Matrix<float> rows(n, 3);
    const Matrix<float> start = spectral_start(rings(n, 1), rows.view(), 2, context);
    // The two slowest modes of a ring are a sine and a cosine: all vertices are equally far from the middle, up to the two columns' scales.
    float far[2] = {0, 0};
    for (std::size_t v = 0; v < n; ++v)
      for (std::size_t c = 0; c < 2; ++c) far[c] = std::max(far[c], std::abs(start(v, c)));
    EXPECT_NEAR(far[0], 10, 1e-4);
    for (std::size_t v = 0; v < n; ++v) {
      const double x = static_cast<double>(start(v, 0) / far[0]), y = static_cast<double>(start(v, 1) / far[1]);
      EXPECT_NEAR(x * x + y * y, 1, 0.05) << n << ' ' << v;
    }
  }
}

TEST(SpectralStart, IsTheSameOnAnyNumberOfThreads) {
  const Matrix<float> rows(3000, 3);
  Context one(1), three(3);
  const Matrix<float> a = spectral_start(rings(3000, 1), rows.view(), 2, one), b = spectral_start(rings(3000, 1), rows.view(), 2, three);
  EXPECT_TRUE(std::equal(a.data(), a.data() + a.size(), b.data()));
}

TEST(SpectralStart, KeepsPartsApart) {
  std::size_t n_parts = 0;
  const SparseGraph graph = rings(30, 3);
  EXPECT_EQ(parts_of(graph, n_parts)[89], 2U);
  EXPECT_EQ(n_parts, 3U);
  Matrix<float> rows(90, 2);
  for (std::size_t r = 0; r < 90; ++r) rows(r, 0) = static_cast<float>(r / 30) * 100;
  Context context(1);
  const Matrix<float> start = spectral_start(graph, rows.view(), 2, context);
  // Places at −10, 0 and 10, each ring with a radius of 10 / √3.
  for (std::size_t r = 0; r < 90; ++r) EXPECT_LE(std::abs(start(r, 0) - (static_cast<float>(r / 30) * 10 - 10)), 5.8F) << r;
}

TEST(SpectralStart, OfOneVertexAndOfTwoIsSomewhere) {
  SparseGraph one;
  one.begins = {0, 0};
  Context context(1);
  const Matrix<float> rows(2, 1);
  EXPECT_EQ(spectral_start(one, rows.view().middle_rows(0, 1), 2, context)(0, 0), 0);
  SparseGraph two;
  two.begins = {0, 1, 2};
  two.others = {1, 0};
  two.weights = {1, 1};
  const Matrix<float> start = spectral_start(two, rows.view(), 2, context);
  EXPECT_NEAR(std::abs(start(0, 0) - start(1, 0)), 20, 1e-3);
}

}  // namespace
}  // namespace akin::analysis
