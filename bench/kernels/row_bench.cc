// The passes between the products: numbers a second on rows of all-MiniLM-L6-v2's widths.
#include <benchmark/benchmark.h>

#include <vector>

#include "akin/base/rng.h"
#include "akin/kernels/activation.h"
#include "akin/kernels/gemm.h"
#include "akin/kernels/norm.h"
#include "akin/kernels/softmax.h"

namespace akin::kernels {
namespace {

Matrix<float> random(std::size_t rows, std::size_t cols) {
  Matrix<float> m(rows, cols);
  Rng rng(1);
  for (std::size_t i = 0; i < m.size(); ++i) m.data()[i] = rng.normal();
  return m;
}

void set_rate(benchmark::State& state, const Matrix<float>& x) {
  state.counters["numbers/s"] = benchmark::Counter(static_cast<double>(x.size()), benchmark::Counter::kIsIterationInvariantRate);
}

void activation(benchmark::State& state) {
  Matrix<float> x = random(32, 1536);
  for (auto _ : state) activate(static_cast<Activation>(state.range(0)), {x.data(), x.size()});
  set_rate(state, x);
}
BENCHMARK(activation)->ArgName("kind")->DenseRange(1, 5);

void layer_norm_and_prepare(benchmark::State& state) {
  const Matrix<float> x = random(128, 384), residual = random(128, 384);
  Matrix<float> out(128, 384);
  const std::vector<float> gamma(384, 1.0F), beta(384, 0.0F);
  GemmRows rows;
  for (auto _ : state) {
    add_layer_norm(x.view(), residual.view(), gamma, beta, 1e-12F, out.view(), static_cast<GemmType>(state.range(0)), rows);
  }
  set_rate(state, x);
}
BENCHMARK(layer_norm_and_prepare)->ArgName("type")->DenseRange(0, 2);

void softmax_rows(benchmark::State& state) {
  Matrix<float> x = random(128, 128);
  for (auto _ : state) {
    for (std::size_t r = 0; r < x.rows(); ++r) softmax(x.row(r));
  }
  set_rate(state, x);
}
BENCHMARK(softmax_rows);

}  // namespace
}  // namespace akin::kernels
