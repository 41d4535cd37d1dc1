#include "umap_graph.h"

#include <gtest/gtest.h>

#include <cmath>

#include "akin/formats/vector_file.h"
#include "golden_files.h"

namespace akin::analysis {
namespace {

Matrix<float> golden_rows(const std::string& name) { return VectorFile(golden::path("analysis/maps/" + name + ".npy")).read(); }

Matrix<float> dense(const SparseGraph& graph) {
  Matrix<float> out(graph.size(), graph.size());
  for (std::size_t v = 0; v < graph.size(); ++v)
    for (std::size_t e = 0; e < graph.others_of(v).size(); ++e) out(v, graph.others_of(v)[e]) = graph.weights_of(v)[e];
  return out;
}

SparseGraph golden_graph(Context& context) { return umap_graph(knn_graph(golden_rows("pca_rows").view(), {.k = 9}, context), context); }

TEST(UmapGraph, IsTheOneThatUmapLearnDraws) {
  Context context(2);
  const Matrix<float> found = dense(golden_graph(context)), wanted = golden_rows("umap_graph");
  // σ is searched for until the sum of some ten weights is right to 1e-5.
  for (std::size_t i = 0; i < wanted.size(); ++i) ASSERT_NEAR(found.data()[i], wanted.data()[i], 2e-5) << i / 300 << ' ' << i % 300;
}

TEST(UmapGraph, WithLabelsIsTheOneThatUmapLearnDraws) {
  Context context(2);
  std::vector<std::int32_t> labels(300);
  for (std::size_t r = 0; r < 300; ++r) labels[r] = r % 7 == 0 ? -1 : static_cast<std::int32_t>(r % 3);
  const Matrix<float> found = dense(with_labels(golden_graph(context), labels, 5)), wanted = golden_rows("umap_graph_told");
  for (std::size_t i = 0; i < wanted.size(); ++i) ASSERT_NEAR(found.data()[i], wanted.data()[i], 1e-4) << i / 300 << ' ' << i % 300;
}

TEST(UmapGraph, OfEqualRowsIsSureOfAll) {
  Context context(1);
  Matrix<float> rows(5, 2);
  const SparseGraph graph = umap_graph(knn_graph(rows.view(), {.k = 3}, context), context);
  for (const float weight : graph.weights) EXPECT_EQ(weight, 1);
}

TEST(UmapGraph, SumsToTheLogarithmOfTheNumberOfNeighbours) {
  const std::vector<float> distances = {0.5F, 0.7F, 0.9F, 1.4F, 2, 2.5F, 3};
  std::vector<float> weights(distances.size());
  smooth_weights(distances, {1, true}, weights);
  double sum = 0;
  for (const float w : weights) sum += static_cast<double>(w);
  EXPECT_NEAR(sum, 3, 1e-4);  // log2(7 + itself)
  EXPECT_EQ(weights[0], 1);
}

}  // namespace
}  // namespace akin::analysis
