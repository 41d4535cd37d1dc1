#include "akin/kernels/pooling.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "akin/base/rng.h"
#include "akin/kernels/target.h"

namespace akin::kernels {
namespace {

/// Calls body(target, rows) with views of many shapes, misaligned and with gaps between the rows.
template <class Body>
void for_each_block(const Body& body) {
  for_each_target([&](std::string_view target) {
    for (const std::size_t n_rows : {1, 2, 7, 128}) {
      for (std::size_t n_cols = 0; n_cols <= 35; ++n_cols) {
        Matrix<float> m(n_rows, n_cols + 5);
        Rng rng(n_cols);
        for (std::size_t i = 0; i < m.size(); ++i) m.data()[i] = rng.normal();
        body(target, std::as_const(m).view().middle_cols(3, n_cols));
      }
    }
  });
}

TEST(Pooling, MeanEqualsTheMeanOfEachColumn) {
  for_each_block([](std::string_view target, MatrixView<const float> rows) {
    std::vector<float> out(rows.cols());
    mean_pool(rows, out);
    for (std::size_t c = 0; c < out.size(); ++c) {
      double sum = 0;
      for (std::size_t r = 0; r < rows.rows(); ++r) sum += static_cast<double>(rows(r, c));
      ASSERT_NEAR(static_cast<double>(out[c]), sum / static_cast<double>(rows.rows()), 1e-6) << target;
    }
  });
}

TEST(Pooling, WeightedMeanDividesByTheSumOfWeights) {
  for_each_block([](std::string_view target, MatrixView<const float> rows) {
    std::vector<float> out(rows.cols()), weights(rows.rows());
    for (std::size_t r = 0; r < weights.size(); ++r) weights[r] = static_cast<float>(r + 1);
    weighted_mean_pool(rows, weights, out);
    for (std::size_t c = 0; c < out.size(); ++c) {
      double sum = 0, weight = 0;
      for (std::size_t r = 0; r < rows.rows(); ++r) {
        sum += static_cast<double>(rows(r, c)) * static_cast<double>(weights[r]);
        weight += static_cast<double>(weights[r]);
      }
      ASSERT_NEAR(static_cast<double>(out[c]), sum / weight, 1e-6) << target;
    }
  });
}

TEST(Pooling, MaxIsTheLargestOfEachColumn) {
  for_each_block([](std::string_view target, MatrixView<const float> rows) {
    std::vector<float> out(rows.cols());
    max_pool(rows, out);
    for (std::size_t c = 0; c < out.size(); ++c) {
      float largest = rows(0, c);
      for (std::size_t r = 1; r < rows.rows(); ++r) largest = std::max(largest, rows(r, c));
      ASSERT_EQ(out[c], largest) << target;
    }
  });
}

}  // namespace
}  // namespace akin::kernels
