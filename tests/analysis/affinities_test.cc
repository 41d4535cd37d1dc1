#include "affinities.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "akin/formats/vector_file.h"
#include "golden_files.h"

namespace akin::analysis {
namespace {

Matrix<float> golden_rows(const std::string& name) { return VectorFile(golden::path("analysis/maps/" + name + ".npy")).read(); }

TEST(Affinities, AreThoseOfScikitLearn) {
  Context context(2);
  const SparseGraph graph = joint_affinities(knn_graph(golden_rows("pca_rows").view(), {.k = 30}, context), 10, context);
  const Matrix<float> wanted = golden_rows("tsne_affinities");
  Matrix<float> found(wanted.rows(), wanted.cols());
  for (std::size_t v = 0; v < wanted.rows(); ++v)
    for (std::size_t e = 0; e < graph.others_of(v).size(); ++e) found(v, graph.others_of(v)[e]) = graph.weights_of(v)[e];
  // Of numbers up to 5e-4: scikit-learn stops when the entropy is right to 1e-5, which moves a small one by a few 1e-5 of itself.
  for (std::size_t i = 0; i < wanted.size(); ++i) ASSERT_NEAR(found.data()[i], wanted.data()[i], 2e-8 + 1e-4 * wanted.data()[i]) << i / 300;
  const double sum = std::accumulate(graph.weights.begin(), graph.weights.end(), 0.0);
  EXPECT_NEAR(sum, 1, 1e-6);
}

TEST(Affinities, HaveTheWantedPerplexity) {
  std::vector<float> distances(90), p(90);
  for (std::size_t i = 0; i < 90; ++i) distances[i] = 1 + 0.05F * static_cast<float>(i);
  affinities(distances, 30, p);
  double entropy = 0;
  for (const float x : p) entropy -= x > 0 ? static_cast<double>(x) * std::log(static_cast<double>(x)) : 0;
  EXPECT_NEAR(std::exp(entropy), 30, 1e-3);
}

TEST(Affinities, OfEqualDistancesAreAlike) {
  std::vector<float> distances(4, 2.0F), p(4);
  affinities(distances, 2, p);
  for (const float x : p) EXPECT_EQ(x, 0.25F);
  affinities(std::vector<float>{0, 1, 2, 3}, 10, p);  // more than there are
  for (const float x : p) EXPECT_EQ(x, 0.25F);
}

}  // namespace
}  // namespace akin::analysis
