// Attention of one sequence with all-MiniLM-L6-v2's 12 heads of 32.
#include "akin/kernels/attention.h"

#include <benchmark/benchmark.h>

#include <cmath>

#include "akin/base/rng.h"

namespace akin::kernels {
namespace {

void attend(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(1));
  Matrix<float> qkv(n, 1152), out(n, 384);
  Rng rng(1);
  for (std::size_t i = 0; i < qkv.size(); ++i) qkv.data()[i] = rng.normal();
  AttentionOptions options;
  options.n_heads = options.n_kv_heads = 12;
  options.head_dim = 32;
  options.scale = 1 / std::sqrt(32.0F);
  options.type = static_cast<AttentionType>(state.range(0));
  AttentionScratch scratch;
  const MatrixView<const float> all = std::as_const(qkv).view();
  for (auto _ : state) {
    attention(all.middle_cols(0, 384), all.middle_cols(384, 384), all.middle_cols(768, 384), options, scratch, out.view());
  }
  state.counters["FLOP/s"] = benchmark::Counter(4.0 * static_cast<double>(n * n) * 384, benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(attend)->ArgNames({"bf16", "n"})->ArgsProduct({{0, 1}, {14, 16, 64, 128, 256, 512, 2048}});

}  // namespace
}  // namespace akin::kernels
