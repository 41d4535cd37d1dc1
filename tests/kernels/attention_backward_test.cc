#include "akin/kernels/attention_backward.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <vector>

#include "akin/kernels/reference.h"
#include "akin/kernels/target.h"
#include "row_cases.h"

namespace akin::kernels {
namespace {

Matrix<float> random_rows(std::size_t rows, std::size_t cols, std::uint64_t seed) {
  Matrix<float> m(rows, cols);
  Rng rng(seed);
  for (std::size_t i = 0; i < m.size(); ++i) m.data()[i] = rng.normal();
  return m;
}

struct Case {
  Matrix<float> q, k, v, d_out;
  AttentionOptions options;
  Dropout dropout;

  [[nodiscard]] AttentionRows rows() const { return {q.view(), k.view(), v.view()}; }
};

Case make_case(std::size_t n, const AttentionOptions& options, const Dropout& dropout = {}) {
  const std::size_t wide = options.n_heads * options.head_dim, narrow = options.n_kv_heads * options.head_dim;
  return {random_rows(n, wide, 1), random_rows(n, narrow, 2), random_rows(n, narrow, 3), random_rows(n, wide, 4), options, dropout};
}

/// The definition with the mask of dropout, which drop() of ones gives: all n keys of a query are in sight of its block.
Matrix<double> definition(const Case& c) {
  const AttentionOptions& o = c.options;
  const std::size_t n = c.q.rows(), d = o.head_dim;
  Matrix<double> out(n, o.n_heads * d);
  for (std::size_t head = 0; head < o.n_heads; ++head) {
    const std::size_t kv = head / (o.n_heads / o.n_kv_heads);
    for (std::size_t i = 0; i < n; ++i) {
      std::vector<double> scores(n);
      for (std::size_t j = 0; j < n; ++j) {
        scores[j] = reference::product(c.q.row(i).subspan(head * d, d), c.k.row(j).subspan(kv * d, d)) * static_cast<double>(o.scale) +
                    reference::score_bias(o, n, head, i, j);
      }
      const std::vector<double> p = reference::softmax(scores);
      std::vector<float> mask(n, 1.0F);
      drop(c.dropout, head * n + i, mask);
      for (std::size_t j = 0; j < n; ++j) {
        for (std::size_t x = 0; x < d; ++x) {
          out(i, head * d + x) += p[j] * static_cast<double>(mask[j]) * static_cast<double>(c.v(j, kv * d + x));
        }
      }
    }
  }
  return out;
}

double weighted_sum(const Case& c) {
  const Matrix<double> out = definition(c);
  double sum = 0;
  for (std::size_t i = 0; i < out.size(); ++i) sum += out.data()[i] * static_cast<double>(c.d_out.data()[i]);
  return sum;
}

/// d weighted_sum / d x by central differences of two widths, whose combination is off by their fourth power.
double difference(Case& c, float& x) {
  const auto central = [&](float h) {
    const float before = x;
    x = before + h;
    const float above = x;
    double sum = weighted_sum(c);
    x = before - h;
    const float below = x;
    sum -= weighted_sum(c);
    x = before;
    return sum / (static_cast<double>(above) - static_cast<double>(below));
  };
  return (4 * central(1.0F / 128) - central(1.0F / 64)) / 3;
}

void expect_gradients(Case& c) {
  Matrix<float> d_q(c.q.rows(), c.q.cols()), d_k(c.k.rows(), c.k.cols()), d_v(c.v.rows(), c.v.cols());
  AttentionTrainingScratch scratch;
  attention_backward(c.rows(), c.options, c.dropout, c.d_out.view(), scratch, {d_q.view(), d_k.view(), d_v.view()});
  struct Part {
    Matrix<float>*x, *d;
  };
  for (const Part& part : {Part{&c.q, &d_q}, Part{&c.k, &d_k}, Part{&c.v, &d_v}}) {
    for (std::size_t i = 0; i < part.x->size(); i += 5) {
      // Gradients of size 1 to 10 from sums of up to n · head_dim products in f32.
      ASSERT_NEAR(static_cast<double>(part.d->data()[i]), difference(c, part.x->data()[i]), 5e-5) << "number " << i;
    }
  }
}

AttentionOptions heads(std::size_t n_heads, std::size_t n_kv_heads, std::size_t head_dim) {
  AttentionOptions o;
  o.n_heads = n_heads;
  o.n_kv_heads = n_kv_heads;
  o.head_dim = head_dim;
  o.scale = 1 / std::sqrt(static_cast<float>(head_dim));
  return o;
}

TEST(AttentionBackward, IsTheGradientOfTheDefinition) {
  Case c = make_case(9, heads(2, 2, 8));
  expect_gradients(c);
}

TEST(AttentionBackward, OfCausalAndGroupedHeads) {
  AttentionOptions options = heads(4, 2, 5);
  options.causal = true;
  Case c = make_case(11, options);
  expect_gradients(c);
}

TEST(AttentionBackward, OfWindowsAndLinearBiases) {
  const std::vector<float> slopes = {0.5F, 0.125F};
  AttentionOptions options = heads(2, 1, 4);
  options.window = 3;
  options.alibi_slopes = slopes;
  Case c = make_case(12, options);
  expect_gradients(c);
}

TEST(AttentionBackward, OfBiasesByPlaceAndByDistance) {
  const std::size_t n = 7;
  const Matrix<float> bias = random_rows(2, n * n, 8), by_distance = random_rows(2, 2 * n - 1, 9);
  AttentionOptions options = heads(2, 2, 4);
  options.bias = {bias.data(), bias.size()};
  options.distance_bias = {by_distance.data(), by_distance.size()};
  Case c = make_case(n, options);
  expect_gradients(c);
}

TEST(AttentionBackward, OfDroppedProbabilities) {
  Case c = make_case(10, heads(2, 2, 4), {0.4F, 77});
  expect_gradients(c);
  AttentionOptions causal = heads(1, 1, 4);
  causal.causal = true;
  Case d = make_case(10, causal, {0.4F, 78});
  expect_gradients(d);
}

TEST(AttentionBackward, OfSeveralBlocksOfQueries) {
  AttentionOptions options = heads(1, 1, 4);
  options.causal = true;
  Case c = make_case(70, options);
  Matrix<float> d_q(70, 4), d_k(70, 4), d_v(70, 4);
  AttentionTrainingScratch scratch;
  attention_backward(c.rows(), options, {}, c.d_out.view(), scratch, {d_q.view(), d_k.view(), d_v.view()});
  for (const std::size_t i : {0U, 3U, 63U * 4, 64U * 4, 69U * 4 + 3}) {
    EXPECT_NEAR(static_cast<double>(d_q.data()[i]), difference(c, c.q.data()[i]), 5e-5) << i;
    EXPECT_NEAR(static_cast<double>(d_k.data()[i]), difference(c, c.k.data()[i]), 5e-5) << i;
    EXPECT_NEAR(static_cast<double>(d_v.data()[i]), difference(c, c.v.data()[i]), 5e-5) << i;
  }
}

TEST(AttentionWithDropout, EqualsTheDefinitionWithItsMask) {
  for (const float p : {0.0F, 0.3F}) {
    const Case c = make_case(50, heads(3, 3, 8), {p, 5});
    Matrix<float> out(50, 24);
    AttentionTrainingScratch scratch;
    attention_with_dropout(c.rows(), c.options, c.dropout, scratch, out.view());
    const Matrix<double> want = definition(c);
    for (std::size_t i = 0; i < out.size(); ++i) ASSERT_NEAR(static_cast<double>(out.data()[i]), want.data()[i], 1e-5);
  }
}

TEST(AttentionBackward, RefusesGradientsOfAnotherShape) {
  const Case c = make_case(4, heads(2, 2, 4));
  Matrix<float> d_q(4, 8), d_k(4, 4), d_v(4, 8);
  AttentionTrainingScratch scratch;
  EXPECT_THROW(attention_backward(c.rows(), c.options, {}, c.d_out.view(), scratch, {d_q.view(), d_k.view(), d_v.view()}), Error);
}

}  // namespace
}  // namespace akin::kernels
