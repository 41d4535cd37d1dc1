// Both steps on every CPU target, against the same step in double precision, written from the definition.
#include "akin/kernels/word_step.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "akin/base/matrix.h"
#include "akin/base/rng.h"
#include "akin/kernels/target.h"

namespace akin::kernels {
namespace {

using Rows = std::vector<std::vector<double>>;

/// Rows of random numbers, padded with zeros, and pointers to them.
struct Table {
  Matrix<float> rows;
  std::vector<float*> pointers;

  Table(std::size_t n, std::size_t dim, std::uint64_t seed) : rows(n, padded_row(dim)) {
    Rng rng(seed);
    for (std::size_t r = 0; r < n; ++r) {
      for (std::size_t c = 0; c < dim; ++c) rows(r, c) = 0.3F * rng.normal();
      pointers.push_back(rows.row(r).data());
    }
  }
  [[nodiscard]] Rows doubles() const {
    Rows copy;
    for (std::size_t r = 0; r < rows.rows(); ++r) copy.emplace_back(rows.row(r).begin(), rows.row(r).end());
    return copy;
  }
};

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t c = 0; c < a.size(); ++c) sum += a[c] * b[c];
  return sum;
}

double gradient(double label, double score, double rate) { return rate * (label - 1 / (1 + std::exp(-score))); }

void add(std::vector<double>& to, double factor, const std::vector<double>& row) {
  for (std::size_t c = 0; c < to.size(); ++c) to[c] += factor * row[c];
}

struct Shape {
  std::size_t inputs, targets, dim;
};
// One more and one less than what the loops take at once; hierarchical softmax has many targets, wide windows many inputs.
constexpr Shape kShapes[] = {{1, 1, 1}, {6, 6, 100}, {10, 7, 33}, {3, 5, 16}, {70, 2, 20}, {9, 19, 48}, {2, 13, 300}};
constexpr float kRate = 0.1F;
// A score is a sum of up to 300 products of numbers near 0.3: float keeps 1e-5 of it, and a row moves by a tenth of that.
constexpr double kTolerance = 2e-5;

void expect_near(const Table& table, const Rows& wanted, std::string_view target) {
  for (std::size_t r = 0; r < wanted.size(); ++r)
    for (std::size_t c = 0; c < wanted[r].size(); ++c) ASSERT_NEAR(table.rows(r, c), wanted[r][c], kTolerance) << target;
}

std::vector<float> labels_of(std::size_t n) {
  std::vector<float> labels(n, 0.0F);
  for (std::size_t t = 0; t < n; t += 3) labels[t] = 1;
  return labels;
}

TEST(WordStep, PairsMoveAsTheDefinitionSays) {
  for_each_target([](std::string_view target) {
    for (const Shape& shape : kShapes) {
      Table in(shape.inputs, shape.dim, 1), out(shape.targets, shape.dim, 2);
      const Rows x = in.doubles(), y = out.doubles();
      Rows wanted_in = x, wanted_out = y;
      const std::vector<float> labels = labels_of(shape.targets);
      for (std::size_t i = 0; i < x.size(); ++i) {
        for (std::size_t t = 0; t < y.size(); ++t) {
          const double g = gradient(labels[t], dot(x[i], y[t]), kRate);
          add(wanted_in[i], g, y[t]);
          add(wanted_out[t], g, x[i]);
        }
      }
      WordScratch scratch;
      learn_pairs({in.pointers, out.pointers, labels, {}, padded_row(shape.dim), kRate}, scratch);
      expect_near(in, wanted_in, target);
      expect_near(out, wanted_out, target);
      EXPECT_NEAR(scratch.scores()[x.size() * y.size() - 1], dot(x.back(), y.back()), 1e-4) << target;  // a sum of 300 products
    }
  });
}

TEST(WordStep, AnInputThatComesTwiceMovesTwice) {
  for_each_target([](std::string_view target) {
    Table in(2, 40, 1), out(3, 40, 2), once_in(2, 40, 1), once_out(3, 40, 2);
    const std::vector<float> labels = {1, 0, 0};
    WordScratch scratch;
    const std::vector<float*> twice = {in.pointers[0], in.pointers[1], in.pointers[0]};
    learn_pairs({twice, out.pointers, labels, {}, padded_row(40), kRate}, scratch);
    learn_pairs({once_in.pointers, once_out.pointers, labels, {}, padded_row(40), kRate}, scratch);
    const Table start(2, 40, 1);
    for (std::size_t c = 0; c < 40; ++c)
      ASSERT_NEAR(in.rows(0, c) - start.rows(0, c), 2 * (once_in.rows(0, c) - start.rows(0, c)), 1e-6)
          << target;  // differences of floats near 1
  });
}

TEST(WordStep, TheMeanMovesAsTheDefinitionSays) {
  for_each_target([](std::string_view target) {
    for (const Shape& shape : kShapes) {
      Table in(shape.inputs, shape.dim, 3), out(shape.targets, shape.dim, 4);
      const Rows x = in.doubles(), y = out.doubles();
      Rows wanted_in = x, wanted_out = y;
      const std::vector<float> labels = labels_of(shape.targets);
      const std::vector<float> weights(shape.inputs, 1.0F / static_cast<float>(shape.inputs));
      std::vector<double> mean(x[0].size(), 0.0);
      for (const auto& row : x) add(mean, weights[0], row);
      for (std::size_t t = 0; t < y.size(); ++t) {
        const double g = gradient(labels[t], dot(mean, y[t]), kRate);
        for (auto& row : wanted_in) add(row, g, y[t]);
        add(wanted_out[t], g, mean);
      }
      WordScratch scratch;
      learn_mean({in.pointers, out.pointers, labels, weights, padded_row(shape.dim), kRate}, scratch);
      expect_near(in, wanted_in, target);
      expect_near(out, wanted_out, target);
    }
  });
}

TEST(WordStep, RivalsMoveAsSoftmaxSaysAndInputsByTheirShare) {
  for_each_target([](std::string_view target) {
    for (const Shape& shape : kShapes) {
      Table in(shape.inputs, shape.dim, 3), out(shape.targets, shape.dim, 4);
      const Rows x = in.doubles(), y = out.doubles();
      Rows wanted_in = x, wanted_out = y;
      std::vector<float> labels(shape.targets, 0.0F);
      labels[shape.targets / 2] = 1;
      const std::vector<float> weights(shape.inputs, 1.0F / static_cast<float>(shape.inputs));
      std::vector<double> mean(x[0].size(), 0.0);
      for (const auto& row : x) add(mean, weights[0], row);
      double sum = 0;
      for (const auto& row : y) sum += std::exp(dot(mean, row));
      for (std::size_t t = 0; t < y.size(); ++t) {
        const double g = kRate * (labels[t] - std::exp(dot(mean, y[t])) / sum);
        for (auto& row : wanted_in) add(row, g * weights[0], y[t]);
        add(wanted_out[t], g, mean);
      }
      WordScratch scratch;
      learn_mean({in.pointers, out.pointers, labels, weights, padded_row(shape.dim), kRate, weights[0], true}, scratch);
      expect_near(in, wanted_in, target);
      expect_near(out, wanted_out, target);
    }
  });
}

TEST(WordStep, PaddingStaysZero) {
  Table in(4, 20, 5), out(6, 20, 6);
  const std::vector<float> labels = labels_of(6);
  WordScratch scratch;
  learn_pairs({in.pointers, out.pointers, labels, {}, padded_row(20), kRate}, scratch);
  for (std::size_t c = 20; c < padded_row(20); ++c) {
    EXPECT_EQ(in.rows(3, c), 0);
    EXPECT_EQ(out.rows(5, c), 0);
  }
}

TEST(WordStep, AddsAScaledRowOfAnyLength) {
  for_each_target([](std::string_view target) {
    for (std::size_t n = 0; n < 40; ++n) {
      std::vector<float> x(n, 2.0F), out(n, 1.0F);
      add_scaled(x, 0.25F, out);
      for (const float value : out) ASSERT_EQ(value, 1.5F) << target;
    }
  });
}

TEST(WordStep, AddsTheSumOfMovesAndOfWhatEndsAreAwayFromTheRow) {
  for_each_target([](std::string_view target) {
    for (const std::size_t dim : {16U, 100U, 300U}) {
      for (const std::size_t n : {1U, 2U, 7U}) {
        Table others(n, dim, 1), ends(1, dim, 2), moves(1, dim, 2);
        const Rows x = others.doubles(), start = ends.doubles();
        Rows by_ends = start, by_moves = start;
        for (const auto& row : x) {
          add(by_moves[0], 0.5, row);
          add(by_ends[0], 0.5, row);
          add(by_ends[0], -0.5, start[0]);
        }
        add_moves(others.pointers, 0.5F, ends.rows.row(0));
        add_sum(others.pointers, 0.5F, moves.rows.row(0));
        expect_near(ends, by_ends, target);
        expect_near(moves, by_moves, target);
      }
    }
  });
}

TEST(WordStep, ARowThatNothingMovesKeepsItsBits) {
  for_each_target([](std::string_view target) {
    Table row(1, 100, 7);
    const Table start(1, 100, 7);
    const std::vector<const float*> ends = {start.pointers[0], start.pointers[0]};
    add_moves(ends, 0.7F, row.rows.row(0));
    for (std::size_t c = 0; c < 100; ++c) ASSERT_EQ(row.rows(0, c), start.rows(0, c)) << target;
  });
}

}  // namespace
}  // namespace akin::kernels
