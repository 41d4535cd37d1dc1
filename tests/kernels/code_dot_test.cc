// Products of 8-bit codes on every CPU target: whole numbers, so the same as a plain loop to the last bit.
#include "akin/kernels/code_dot.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "akin/base/rng.h"
#include "akin/kernels/target.h"

namespace akin::kernels {
namespace {

struct Case {
  Matrix<std::int8_t> queries, rows;
  std::vector<std::uint8_t> panels;
  std::vector<float> query_scales, row_scales;
  std::vector<std::int32_t> sums;
  CodeQueries coded() const { return {queries.view(), query_scales, sums}; }
  CodePanels coded_rows() const { return {panels.data(), row_scales.data(), rows.rows() / kPanelRows, rows.cols()}; }
};

// Scales are powers of two: the products of sums below 2^24 with them are exact.
Case make_case(std::size_t n_queries, std::size_t n_panels, std::size_t dim, bool extreme) {
  Rng rng(n_queries * 1000 + dim);
  Case c;
  c.queries = Matrix<std::int8_t>(n_queries, dim);
  c.rows = Matrix<std::int8_t>(n_panels * kPanelRows, dim);
  const auto code = [&] {
    return static_cast<std::int8_t>(extreme ? (rng.below(2) == 0 ? -127 : 127) : static_cast<int>(rng.below(255)) - 127);
  };
  for (std::size_t i = 0; i < c.queries.size(); ++i) c.queries.data()[i] = code();
  for (std::size_t i = 0; i < c.rows.size(); ++i) c.rows.data()[i] = code();
  c.panels.resize(c.rows.size());
  for (std::size_t r = 0; r < c.rows.rows(); ++r)
    for (std::size_t i = 0; i < dim; ++i)
      c.panels[r / kPanelRows * kPanelRows * dim + panel_offset(r % kPanelRows, i)] = static_cast<std::uint8_t>(c.rows(r, i) + 128);
  for (std::size_t q = 0; q < n_queries; ++q) {
    c.query_scales.push_back(q % 2 == 0 ? 0.5F : -0.25F);
    c.sums.push_back(std::accumulate(c.queries.row(q).begin(), c.queries.row(q).end(), 0));
  }
  for (std::size_t r = 0; r < c.rows.rows(); ++r) c.row_scales.push_back(r % 3 == 0 ? 2.0F : 0.125F);
  return c;
}

void expect_exact(const Case& c, std::string_view target) {
  Matrix<float> out(c.queries.rows(), c.rows.rows());
  code_dots(c.coded(), c.coded_rows(), out.view());
  for (std::size_t q = 0; q < out.rows(); ++q)
    for (std::size_t r = 0; r < out.cols(); ++r) {
      std::int32_t sum = 0;
      for (std::size_t i = 0; i < c.rows.cols(); ++i) sum += c.queries(q, i) * c.rows(r, i);
      ASSERT_EQ(out(q, r), static_cast<float>(sum) * c.row_scales[r] * c.query_scales[q])
          << target << " query " << q << " of " << out.rows() << " row " << r << " dim " << c.rows.cols();
    }
}

TEST(CodeDots, EqualThePlainLoopOnEveryTarget) {
  for (const std::size_t dim : {4, 8, 12, 100, 384})
    for (const std::size_t n_queries : {1, 2, 5, 6, 7, 13})
      for (const std::size_t n_panels : {1, 3, 4, 9}) {
        const Case c = make_case(n_queries, n_panels, dim, false);
        for_each_target([&](std::string_view target) { expect_exact(c, target); });
      }
}

TEST(CodeDots, HoldTheLargestSumsWithoutSaturation) {
  // 1,000 products of 127 · 127 stay below 2^24, where floats are exact.
  const Case c = make_case(7, 5, 1000, true);
  for_each_target([&](std::string_view target) { expect_exact(c, target); });
}

TEST(CodeDots, TakeNoRowsAndNoQueries) {
  const Case c = make_case(1, 1, 8, false);
  for_each_target([&](std::string_view target) {
    Matrix<float> none(1, 0);
    code_dots(c.coded(), {c.panels.data(), c.row_scales.data(), 0, 8}, none.view());
    Matrix<float> empty(0, kPanelRows);
    code_dots({c.queries.view().middle_rows(0, 0), {}, {}}, c.coded_rows(), empty.view());
    EXPECT_EQ(none.size() + empty.size(), 0U) << target;
  });
}

}  // namespace
}  // namespace akin::kernels
