#include "akin/analysis/kd_tree.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "akin/base/error.h"
#include "points.h"

namespace akin {
namespace {

using analysis::blobs;
using analysis::equal_rows;
using kernels::Scored;

/// By the definition: every row, terms added in the order of the columns.
std::vector<Scored> scan(MatrixView<const float> rows, std::span<const float> query, std::size_t k, std::uint32_t except) {
  std::vector<Scored> all;
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    float sum = 0;
    for (std::size_t c = 0; c < rows.cols(); ++c) sum += (rows(r, c) - query[c]) * (rows(r, c) - query[c]);
    if (r != except) all.push_back({sum, r});
  }
  std::sort(all.begin(), all.end());
  all.resize(std::min(all.size(), k));
  return all;
}

/// Whole numbers: many equal distances and equal rows.
Matrix<float> grid(std::size_t n, std::size_t dim) {
  Rng rng(n + dim);
  Matrix<float> rows(n, dim);
  for (std::size_t i = 0; i < rows.size(); ++i) rows.data()[i] = static_cast<float>(rng.below(4));
  return rows;
}

TEST(KdTree, FindsWhatAScanFindsWithEqualDistancesInOrderOfRows) {
  Context context(2);
  for (const std::size_t n : {1, 2, 24, 25, 49, 700}) {
    for (const std::size_t dim : {1, 2, 3, 7, 20}) {
      for (const Matrix<float>& rows : {blobs(n, dim, 5, 1, n), grid(n, dim)}) {
        const KdTree tree(rows.view(), context);
        std::vector<Scored> found;
        for (std::size_t q = 0; q < n; q += 7) {
          for (const std::size_t k : {1, 5, 30}) {
            tree.nearest(rows.row(q), k, static_cast<std::uint32_t>(q), found);
            EXPECT_EQ(found, scan(rows.view(), rows.row(q), k, static_cast<std::uint32_t>(q))) << n << " " << dim << " " << k;
          }
        }
      }
    }
  }
}

TEST(KdTree, LooksAtFewOfManyEqualRows) {
  Context context(2);
  const Matrix<float> rows = equal_rows(200'000, 2, 1);
  const KdTree tree(rows.view(), context);
  std::vector<Scored> found;
  for (std::uint32_t q = 0; q < rows.rows(); ++q) tree.nearest(rows.row(q), 3, q, found);  // a scan would take 4e10 steps
  EXPECT_EQ(found, (std::vector<Scored>{{0, 0}, {0, 1}, {0, 2}}));
}

TEST(KdTree, IsTheSameOnAnyNumberOfThreads) {
  Context one(1), four(4);
  const Matrix<float> rows = blobs(5000, 4, 9, 1, 1);
  const KdTree a(rows.view(), one), b(rows.view(), four);
  EXPECT_TRUE(std::ranges::equal(a.order(), b.order()));
}

TEST(KdTree, BoxesAreNeverFurtherThanTheirRows) {
  Context context(1);
  const Matrix<float> rows = blobs(2000, 6, 9, 3, 1), queries = blobs(50, 6, 9, 3, 2);
  const KdTree tree(rows.view(), context);
  std::vector<float> squares(KdTree::kLeafRows);
  for (std::size_t q = 0; q < queries.rows(); ++q) {
    for (std::size_t node = tree.n_nodes() / 2; node < tree.n_nodes(); ++node) {
      tree.squares_to_leaf(queries.row(q), node, squares);
      for (std::size_t j = 0; j < tree.node(node).end - tree.node(node).begin; ++j)
        EXPECT_LE(tree.square_to(queries.row(q), node), squares[j]);
    }
  }
}

TEST(KdTree, BoxesReachAsFarAsTheirRows) {
  Context context(1);
  const Matrix<float> rows = blobs(2000, 6, 9, 3, 1), queries = blobs(50, 6, 9, 3, 2);
  const KdTree tree(rows.view(), context);
  std::vector<float> squares(KdTree::kLeafRows), others(KdTree::kLeafRows);
  constexpr float kRounding = 1 + 1e-5F;  // six terms, each off by 2^-24 or so
  for (std::size_t node = tree.n_nodes() / 2; node < tree.n_nodes(); ++node) {
    const KdTree::Node& at = tree.node(node);
    for (std::size_t j = 0; j < at.end - at.begin; ++j) {
      const auto row = rows.row(tree.order()[at.begin + j]);
      tree.squares_to_leaf(row, node, others);
      for (std::size_t i = 0; i < at.end - at.begin; ++i) EXPECT_LE(others[i], tree.square_across(node) * kRounding);
      EXPECT_LE(tree.square_across(node), tree.square_across((node - 1) / 2));
    }
    tree.squares_to_leaf(queries.row(node % 50), node, squares);
    for (std::size_t j = 0; j < at.end - at.begin; ++j)
      EXPECT_LE(squares[j], tree.furthest_square(queries.row(node % 50), node) * kRounding);
  }
}

TEST(KdTree, NeedsRows) {
  Context context(1);
  EXPECT_THROW(KdTree(Matrix<float>(0, 2).view(), context), Error);
}

}  // namespace
}  // namespace akin
