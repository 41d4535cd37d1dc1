// One layer's products of all-MiniLM-L6-v2: FLOP/s by type, number of rows and shape.
#include "akin/kernels/gemm.h"

#include <benchmark/benchmark.h>

#include "akin/base/rng.h"

namespace akin::kernels {
namespace {

Matrix<float> random(std::size_t rows, std::size_t cols, std::uint64_t seed) {
  Matrix<float> m(rows, cols);
  Rng rng(seed);
  for (std::size_t i = 0; i < m.size(); ++i) m.data()[i] = rng.normal();
  return m;
}

void set_rate(benchmark::State& state, double flop) {
  state.counters["FLOP/s"] = benchmark::Counter(flop, benchmark::Counter::kIsIterationInvariantRate);
}

void product(benchmark::State& state) {
  const auto type = static_cast<GemmType>(state.range(0));
  const auto m = static_cast<std::size_t>(state.range(1)), k = static_cast<std::size_t>(state.range(2)),
             n = static_cast<std::size_t>(state.range(3));
  const Matrix<float> x = random(m, k, 1), w = random(n, k, 2), b = random(1, n, 3);
  const PackedMatrix packed = PackedMatrix::pack(w.view(), b.row(0), type);
  GemmRows rows;
  prepare_rows(x.view(), type, rows);
  Matrix<float> out(m, n);
  for (auto _ : state) gemm(rows, packed, Activation::none, out.view());
  set_rate(state, 2.0 * static_cast<double>(m * n * k));
}
BENCHMARK(product)
    ->ArgNames({"type", "m", "k", "n"})
    ->ArgsProduct({{0, 1, 2}, {16, 128, 512}, {384}, {384, 1152, 1536}})
    ->ArgsProduct({{0, 1, 2}, {16, 128, 512}, {1536}, {384}});

/// fc1 → GELU → fc2, with the rows between in the type's own form.
void mlp(benchmark::State& state) {
  const auto type = static_cast<GemmType>(state.range(0));
  const auto m = static_cast<std::size_t>(state.range(1));
  const Matrix<float> x = random(m, 384, 1), up = random(1536, 384, 2), down = random(384, 1536, 3);
  const PackedMatrix first = PackedMatrix::pack(up.view(), {}, type), second = PackedMatrix::pack(down.view(), {}, type);
  GemmRows rows, inner;
  prepare_rows(x.view(), type, rows);
  Matrix<float> out(m, 384);
  for (auto _ : state) {
    gemm_to_rows(rows, first, Activation::gelu, inner);
    gemm(inner, second, Activation::none, out.view());
  }
  set_rate(state, 4.0 * static_cast<double>(m * 384 * 1536));
}
BENCHMARK(mlp)->ArgNames({"type", "m"})->ArgsProduct({{0, 1, 2}, {14, 16, 128, 200, 256, 512}});

void pack(benchmark::State& state) {
  const auto type = static_cast<GemmType>(state.range(0));
  const Matrix<float> w = random(1536, 384, 1);
  for (auto _ : state) benchmark::DoNotOptimize(PackedMatrix::pack(w.view(), {}, type).bytes());
}
BENCHMARK(pack)->ArgName("type")->DenseRange(0, 2);

}  // namespace
}  // namespace akin::kernels
