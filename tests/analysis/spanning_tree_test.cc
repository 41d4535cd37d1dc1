#include "spanning_tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "akin/base/error.h"
#include "outside.h"
#include "parts.h"
#include "points.h"

namespace akin::analysis {
namespace {

float square_of(std::span<const float> a, std::span<const float> b) {
  float sum = 0;
  for (std::size_t c = 0; c < a.size(); ++c) sum += (a[c] - b[c]) * (a[c] - b[c]);
  return sum;
}

/// The lengths of the edges of Prim's tree over all pairs, sorted: those of every minimum spanning tree.
std::vector<float> plain_lengths(MatrixView<const float> rows, std::span<const float> cores) {
  const std::size_t n = rows.rows();
  std::vector<float> nearest(n, std::numeric_limits<float>::infinity()), lengths;
  std::vector<bool> is_in(n);
  std::size_t at = 0;
  for (std::size_t step = 1; step < n; ++step) {
    is_in[at] = true;
    std::size_t next = n;
    for (std::size_t r = 0; r < n; ++r) {
      if (is_in[r]) continue;
      nearest[r] = std::min(nearest[r], std::max({square_of(rows.row(at), rows.row(r)), cores[at], cores[r]}));
      if (next == n || nearest[r] < nearest[next]) next = r;
    }
    lengths.push_back(nearest[next]);
    at = next;
  }
  std::ranges::sort(lengths);
  return lengths;
}

std::vector<float> plain_cores(MatrixView<const float> rows, std::size_t m) {
  std::vector<float> cores;
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    std::vector<float> squares;
    for (std::size_t o = 0; o < rows.rows(); ++o)
      if (o != r) squares.push_back(square_of(rows.row(r), rows.row(o)));
    std::ranges::sort(squares);
    cores.push_back(m == 0 ? 0 : squares[std::min(m, squares.size()) - 1]);
  }
  return cores;
}

void expect_spanning(const SpanningTree& tree, std::size_t n) {
  ASSERT_EQ(tree.edges.size(), n - 1);
  Parts parts(n);
  for (const TreeEdge& edge : tree.edges) EXPECT_TRUE(parts.join(edge.a, edge.b)) << "an edge closes a ring";
}

/// Whole numbers: equal rows and equal distances.
Matrix<float> grid(std::size_t n, std::size_t dim) {
  Rng rng(n + dim);
  Matrix<float> rows(n, dim);
  for (std::size_t i = 0; i < rows.size(); ++i) rows.data()[i] = static_cast<float>(rng.below(5));
  return rows;
}

TEST(SpanningTree, IsAsShortAsPrimsForFewAndForManyNumbers) {
  Context context(2);
  for (const std::size_t n : {2, 3, 30, 400}) {
    for (const std::size_t dim : {1, 2, 5, 12, 13, 40}) {
      for (const std::size_t m : {0, 1, 4, 50}) {
        for (const Matrix<float>& rows : {blobs(n, dim, 6, 1, n), grid(n, dim)}) {
          const SpanningTree tree = spanning_tree(rows.view(), m, context);
          expect_spanning(tree, n);
          const std::vector<float> cores = plain_cores(rows.view(), m), wanted = plain_lengths(rows.view(), cores);
          std::vector<float> got;
          for (const TreeEdge& edge : tree.edges) got.push_back(edge.square);
          std::ranges::sort(got);
          // Sums of up to 40 squares in another order than the kernel's.
          for (std::size_t i = 0; i < got.size(); ++i) ASSERT_NEAR(got[i], wanted[i], 1e-5 * wanted[i]) << n << " " << dim << " " << m;
          for (std::size_t r = 0; r < n; ++r) ASSERT_NEAR(tree.cores[r], cores[r], 1e-5 * cores[r]);
        }
      }
    }
  }
}

TEST(SpanningTree, HasTheSameEdgesOnAnyNumberOfThreads) {
  Context one(1), two(2), five(5);
  for (const Matrix<float>& rows : {blobs(6000, 3, 20, 1, 1), grid(3000, 4), blobs(1500, 30, 20, 2, 1), grid(900, 20)}) {
    const SpanningTree tree = spanning_tree(rows.view(), 5, one);
    for (Context* context : {&one, &two, &five}) {
      const SpanningTree other = spanning_tree(rows.view(), 5, *context);
      ASSERT_EQ(tree.edges.size(), other.edges.size());
      for (std::size_t i = 0; i < tree.edges.size(); ++i) {
        EXPECT_EQ(tree.edges[i].a, other.edges[i].a);
        EXPECT_EQ(tree.edges[i].b, other.edges[i].b);
        EXPECT_EQ(tree.edges[i].square, other.edges[i].square);
      }
    }
  }
}

TEST(SpanningTree, OfEqualRowsHasNoLengthAndIsSoonFound) {
  Context context(2);
  for (const std::size_t dim : {2, 20}) {
    const Matrix<float> rows = equal_rows(dim == 2 ? 100'000 : 3000, dim, 0.3F);
    const SpanningTree tree = spanning_tree(rows.view(), 5, context);
    expect_spanning(tree, rows.rows());
    for (const TreeEdge& edge : tree.edges) EXPECT_EQ(edge.square, 0);
  }
}

TEST(SpanningTree, OfOneRowHasNoEdges) {
  Context context(1);
  EXPECT_TRUE(spanning_tree(equal_rows(1, 2, 1).view(), 5, context).edges.empty());
}

TEST(SpanningTree, StopsWhenItIsCancelled) {
  Context context(1);
  context.cancel.cancel();
  EXPECT_THROW(spanning_tree(blobs(50, 2, 2, 1, 1).view(), 5, context), Error);
}

/// One round from a known state, both ways.
TEST(Outside, FindsTheSameByTreeAndByScan) {
  Context context(2);
  const Matrix<float> rows = blobs(800, 4, 12, 1, 1);
  std::vector<std::uint32_t> part_of, all;
  std::vector<float> cores;
  for (std::uint32_t r = 0; r < 800; ++r) {
    part_of.push_back(r % 12);
    cores.push_back(static_cast<float>(r % 7) * 0.1F);
    all.push_back(r);
  }
  const auto search = [&](Outside& outside) {
    std::vector<WayOut> ways(800);
    PartBounds bounds(800);
    bounds.reset();
    outside.search(all, {part_of, cores, ways, bounds}, context);
    std::vector<Reach> shortest(12);
    for (std::uint32_t r = 0; r < 800; ++r)
      if (ways[r].is_best) shortest[part_of[r]] = std::min(shortest[part_of[r]], ways[r].best);
    return shortest;
  };
  const auto by_tree = search(*make_outside_by_tree(rows.view(), context)), by_scan = search(*make_outside_by_scan(rows.view()));
  for (std::size_t part = 0; part < 12; ++part) {
    EXPECT_NEAR(by_tree[part].square, by_scan[part].square, 1e-5);  // four squares in another order
    EXPECT_EQ(by_tree[part].to, by_scan[part].to);
  }
}

}  // namespace
}  // namespace akin::analysis
