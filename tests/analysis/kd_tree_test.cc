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

TEST(KdTree, FindsTheRowsWithinADistance) {
  Context context(2);
  const Matrix<float> rows = grid(900, 3), queries = blobs(20, 3, 5, 1, 1);
  const KdTree tree(rows.view(), context);
  std::vector<std::uint32_t> found;
  for (std::size_t q = 0; q < queries.rows(); ++q) {
    for (const float square : {0.0F, 1.0F, 9.0F, 1000.0F}) {
      std::vector<std::uint32_t> wanted;
      for (const Scored& row : scan(rows.view(), queries.row(q), rows.rows(), KdTree::kNone))
        if (row.distance <= square) wanted.push_back(static_cast<std::uint32_t>(row.id));
      std::ranges::sort(wanted);
      tree.within(queries.row(q), square, found);
      EXPECT_EQ(found, wanted);
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

TEST(KdTree, NeedsRows) {
  Context context(1);
  EXPECT_THROW(KdTree(Matrix<float>(0, 2).view(), context), Error);
}

}  // namespace
}  // namespace akin
