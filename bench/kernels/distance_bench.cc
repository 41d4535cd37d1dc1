// Speed of the distance kernels: one query over rows in memory (bytes a second) and tiles in the cache (pairs a second).
#include "akin/kernels/distance.h"

#include <benchmark/benchmark.h>

#include <vector>

#include "akin/base/matrix.h"
#include "akin/base/rng.h"

namespace akin::kernels {
namespace {

Matrix<float> random_rows(std::size_t n, std::size_t dim) {
  Rng rng(1);
  Matrix<float> rows = Matrix<float>::uninitialized(n, dim);
  for (std::size_t i = 0; i < rows.size(); ++i) rows.data()[i] = rng.uniform() - 0.5F;
  return rows;
}

template <auto kRows>
void one_query(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  const Matrix<float> rows = random_rows(n, 384);
  std::vector<float> out(n);
  for (auto _ : state) {
    kRows(rows.row(0), rows.view(), out);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(rows.size() * sizeof(float)));
}
BENCHMARK(one_query<dot_rows>)->Arg(200)->Arg(100'000);
BENCHMARK(one_query<squared_l2_rows>)->Arg(200)->Arg(100'000);
BENCHMARK(one_query<manhattan_rows>)->Arg(200)->Arg(100'000);

template <auto kTile>
void many_queries(benchmark::State& state) {
  const Matrix<float> queries = random_rows(static_cast<std::size_t>(state.range(0)), 384), rows = random_rows(170, 384);
  Matrix<float> out(queries.rows(), rows.rows());
  for (auto _ : state) {
    kTile(queries.view(), rows.view(), out.view());
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(out.size()));
}
BENCHMARK(many_queries<dot_tile>)->Arg(12)->Arg(128);
BENCHMARK(many_queries<squared_l2_tile>)->Arg(128);
BENCHMARK(many_queries<manhattan_tile>)->Arg(128);

}  // namespace
}  // namespace akin::kernels
