// The loops of word_step.h, compiled once a CPU target. Scores: a row of inputs against three targets at a time. The move: columns of one
// vector go over all pairs while up to six targets stay in registers; what the inputs get is kept apart until all targets have seen them.
#include "akin/kernels/word_step.h"

#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "akin/base/error.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "word_step.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
// After foreach_target.
#include "vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

constexpr std::size_t kScored = 3;   // targets at once
constexpr std::size_t kColumns = 4;  // vectors of a mean at once
constexpr std::size_t kTile = 6;     // targets in registers: one word and five negatives

/// out[k] = x · targets[k] for N targets.
template <std::size_t N>
HWY_INLINE void score(const float* x, float* const* targets, std::size_t length, float* out) {
  const FloatTag d;
  FloatVec sums[N];
  for (std::size_t k = 0; k < N; ++k) sums[k] = hn::Zero(d);
  for (std::size_t c = 0; c < length; c += n_lanes()) {
    const auto v = hn::Load(d, x + c);
    for (std::size_t k = 0; k < N; ++k) sums[k] = hn::MulAdd(v, hn::Load(d, targets[k] + c), sums[k]);
  }
  for (std::size_t k = 0; k < N; ++k) out[k] = sum_of(sums[k]);
}

void score_all(const WordStep& step, const float* const* inputs, std::size_t n_inputs, float* scores) {
  const std::size_t n = step.targets.size();
  for (std::size_t i = 0; i < n_inputs; ++i) {
    float* out = scores + i * n;
    std::size_t t = 0;
    for (; t + kScored <= n; t += kScored) score<kScored>(inputs[i], step.targets.data() + t, step.length, out + t);
    for (; t < n; ++t) score<1>(inputs[i], step.targets.data() + t, step.length, out + t);
  }
}

/// gradients = rate · (label − σ(score)). Both buffers have room for whole vectors.
void gradients_of(const WordStep& step, std::size_t n_inputs, const float* scores, float* gradients) {
  const FloatTag d;
  const auto one = hn::Set(d, 1.0F);
  const std::size_t n = step.targets.size(), all = n_inputs * n;
  for (std::size_t i = 0; i < all; i += n_lanes())
    hn::StoreU(hn::Div(one, hn::Add(one, exp(hn::Neg(hn::LoadU(d, scores + i))))), d, gradients + i);
  for (std::size_t i = 0; i < n_inputs; ++i)
    for (std::size_t t = 0; t < n; ++t) gradients[i * n + t] = step.rate * (step.labels[t] - gradients[i * n + t]);
}

/// gradients = rate · (label − softmax(score)) of one input. Both buffers have room for whole vectors.
void softmax_gradients(const WordStep& step, const float* scores, float* gradients) {
  const FloatTag d;
  const std::size_t n = step.targets.size();
  const float largest = *std::max_element(scores, scores + n);
  const auto shift = hn::Set(d, largest);
  for (std::size_t i = 0; i < n; i += n_lanes()) hn::StoreU(exp(hn::Sub(hn::LoadU(d, scores + i), shift)), d, gradients + i);
  float sum = 0;
  for (std::size_t t = 0; t < n; ++t) sum += gradients[t];
  for (std::size_t t = 0; t < n; ++t) gradients[t] = step.rate * (step.labels[t] - gradients[t] / sum);
}

/// One column of vectors of N targets against all inputs; moves[i] is what input i gets of them.
template <std::size_t N>
HWY_INLINE void move_column(const WordStep& step, const float* gradients, std::size_t first, std::size_t c, float* moves) {
  const FloatTag d;
  FloatVec old[N], now[N];
  for (std::size_t k = 0; k < N; ++k) now[k] = old[k] = hn::Load(d, step.targets[first + k] + c);
  for (std::size_t i = 0; i < step.inputs.size(); ++i) {
    const float* g = gradients + i * step.targets.size() + first;
    const auto x = hn::Load(d, step.inputs[i] + c);
    auto move = hn::Load(d, moves + i * n_lanes());
    for (std::size_t k = 0; k < N; ++k) {
      const auto factor = hn::Set(d, g[k]);
      move = hn::MulAdd(factor, old[k], move);
      now[k] = hn::MulAdd(factor, x, now[k]);
    }
    hn::Store(move, d, moves + i * n_lanes());
  }
  for (std::size_t k = 0; k < N; ++k) hn::Store(now[k], d, step.targets[first + k] + c);
}

HWY_INLINE void move_tile(const WordStep& step, const float* gradients, std::size_t first, std::size_t c, float* moves) {
  switch (std::min(kTile, step.targets.size() - first)) {
    case 6:
      return move_column<6>(step, gradients, first, c, moves);
    case 5:
      return move_column<5>(step, gradients, first, c, moves);
    case 4:
      return move_column<4>(step, gradients, first, c, moves);
    case 3:
      return move_column<3>(step, gradients, first, c, moves);
    case 2:
      return move_column<2>(step, gradients, first, c, moves);
    default:
      return move_column<1>(step, gradients, first, c, moves);
  }
}

/// `moves` has a vector for each input.
void learn_pairs_rows(const WordStep& step, WordScratch& scratch, float* moves) {
  const FloatTag d;
  const auto& inputs = step.inputs;
  score_all(step, inputs.data(), inputs.size(), scratch.scores_.data());
  gradients_of(step, inputs.size(), scratch.scores_.data(), scratch.gradients_.data());
  for (std::size_t c = 0; c < step.length; c += n_lanes()) {
    for (std::size_t i = 0; i < inputs.size(); ++i) hn::Store(hn::Zero(d), d, moves + i * n_lanes());
    for (std::size_t t = 0; t < step.targets.size(); t += kTile) move_tile(step, scratch.gradients_.data(), t, c, moves);
    for (std::size_t i = 0; i < inputs.size(); ++i)
      hn::Store(hn::Add(hn::Load(d, inputs[i] + c), hn::Load(d, moves + i * n_lanes())), d, inputs[i] + c);
  }
}

/// N vectors of columns of the weighted mean.
template <std::size_t N>
HWY_INLINE void mean_columns(const WordStep& step, std::size_t c, float* out) {
  const FloatTag d;
  FloatVec sums[N];
  for (std::size_t k = 0; k < N; ++k) sums[k] = hn::Zero(d);
  for (std::size_t i = 0; i < step.inputs.size(); ++i) {
    const auto weight = hn::Set(d, step.weights[i]);
    const float* input = step.inputs[i] + c;
    for (std::size_t k = 0; k < N; ++k) sums[k] = hn::MulAdd(weight, hn::Load(d, input + k * n_lanes()), sums[k]);
  }
  for (std::size_t k = 0; k < N; ++k) hn::Store(sums[k], d, out + c + k * n_lanes());
}

/// N vectors of columns of all targets move by the mean; `moved` gets what the mean moves by.
template <std::size_t N>
HWY_INLINE void move_by_mean(const WordStep& step, const float* gradients, std::size_t c, const float* mean, float* moved) {
  const FloatTag d;
  FloatVec x[N], moves[N];
  for (std::size_t k = 0; k < N; ++k) {
    x[k] = hn::Load(d, mean + c + k * n_lanes());
    moves[k] = hn::Zero(d);
  }
  for (std::size_t t = 0; t < step.targets.size(); ++t) {
    const auto factor = hn::Set(d, gradients[t]);
    float* target = step.targets[t] + c;
    for (std::size_t k = 0; k < N; ++k) {
      const auto old = hn::Load(d, target + k * n_lanes());
      moves[k] = hn::MulAdd(factor, old, moves[k]);
      hn::Store(hn::MulAdd(factor, x[k], old), d, target + k * n_lanes());
    }
  }
  for (std::size_t k = 0; k < N; ++k) hn::Store(hn::Mul(hn::Set(d, step.share), moves[k]), d, moved + c + k * n_lanes());
}

/// Calls run<N>(column) so that all columns are visited, kColumns vectors at once while there are so many.
template <class Run>
HWY_INLINE void each_columns(std::size_t length, const Run& run) {
  std::size_t c = 0;
  for (; c + kColumns * n_lanes() <= length; c += kColumns * n_lanes()) run(std::integral_constant<std::size_t, kColumns>(), c);
  for (; c < length; c += n_lanes()) run(std::integral_constant<std::size_t, 1>(), c);
}

/// `mean` and `moved` have step.length numbers each, at any address a multiple of 64 bytes.
void learn_mean_rows(const WordStep& step, WordScratch& scratch, float* mean, float* moved) {
  const FloatTag d;
  each_columns(step.length, [&](auto n, std::size_t c) { mean_columns<decltype(n)::value>(step, c, mean); });
  score_all(step, &mean, 1, scratch.scores_.data());
  if (step.softmax) {
    softmax_gradients(step, scratch.scores_.data(), scratch.gradients_.data());
  } else {
    gradients_of(step, 1, scratch.scores_.data(), scratch.gradients_.data());
  }
  const float* g = scratch.gradients_.data();
  each_columns(step.length, [&](auto n, std::size_t c) { move_by_mean<decltype(n)::value>(step, g, c, mean, moved); });
  for (float* input : step.inputs)
    for (std::size_t c = 0; c < step.length; c += n_lanes())
      hn::Store(hn::Add(hn::Load(d, input + c), hn::Load(d, moved + c)), d, input + c);
}

void add_scaled_rows(const float* x, float factor, std::size_t n, float* out) {
  const FloatTag d;
  const auto by = hn::Set(d, factor);
  std::size_t i = 0;
  for (; i + n_lanes() <= n; i += n_lanes()) hn::StoreU(hn::MulAdd(by, hn::LoadU(d, x + i), hn::LoadU(d, out + i)), d, out + i);
  if (i < n) store_tail(hn::MulAdd(by, load_tail(x + i, n - i), load_tail(out + i, n - i)), out + i, n - i);
}

/// N vectors of columns of out += factor · Σ rows, or factor · Σ (row − out as it was).
template <bool kAreEnds, std::size_t N>
HWY_INLINE void add_columns(const float* const* rows, std::size_t n_rows, float factor, float* out, std::size_t c) {
  const FloatTag d;
  FloatVec old[N], sums[N];
  for (std::size_t k = 0; k < N; ++k) {
    old[k] = hn::Load(d, out + c + k * n_lanes());
    sums[k] = hn::Zero(d);
  }
  for (std::size_t i = 0; i < n_rows; ++i) {
    for (std::size_t k = 0; k < N; ++k) {
      const auto row = hn::Load(d, rows[i] + c + k * n_lanes());
      sums[k] = hn::Add(sums[k], kAreEnds ? hn::Sub(row, old[k]) : row);
    }
  }
  for (std::size_t k = 0; k < N; ++k) hn::Store(hn::MulAdd(hn::Set(d, factor), sums[k], old[k]), d, out + c + k * n_lanes());
}

template <bool kAreEnds>
HWY_INLINE void add_all(const float* const* rows, std::size_t n_rows, float factor, std::span<float> out) {
  each_columns(out.size(), [&](auto n, std::size_t c) { add_columns<kAreEnds, decltype(n)::value>(rows, n_rows, factor, out.data(), c); });
}

void add_moves_rows(const float* const* ends, std::size_t n, float factor, std::span<float> row) { add_all<true>(ends, n, factor, row); }
void add_sum_rows(const float* const* moves, std::size_t n, float factor, std::span<float> row) { add_all<false>(moves, n, factor, row); }

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin::kernels {

HWY_EXPORT(learn_pairs_rows);
HWY_EXPORT(learn_mean_rows);
HWY_EXPORT(add_scaled_rows);
HWY_EXPORT(add_moves_rows);
HWY_EXPORT(add_sum_rows);

namespace {

void make_room(const WordStep& step, std::size_t n_inputs, WordScratch& scratch) {
  AKIN_DCHECK(step.length % kRowGrain == 0 && step.labels.size() == step.targets.size());
  scratch.scores_.resize(padded_row(n_inputs * step.targets.size()));
  scratch.gradients_.resize(scratch.scores_.size());
}

float* aligned(float* p) {
  const auto address = reinterpret_cast<std::uintptr_t>(p);
  return reinterpret_cast<float*>((address + 63) / 64 * 64);
}

}  // namespace

void learn_pairs(const WordStep& step, WordScratch& scratch) {
  make_room(step, step.inputs.size(), scratch);
  scratch.moves_.resize((step.inputs.size() + 1) * kRowGrain);
  HWY_DYNAMIC_DISPATCH(learn_pairs_rows)(step, scratch, aligned(scratch.moves_.data()));
}

void learn_mean(const WordStep& step, WordScratch& scratch) {
  AKIN_DCHECK(step.weights.size() == step.inputs.size());
  make_room(step, 1, scratch);
  scratch.moves_.resize(2 * step.length + kRowGrain);
  float* hidden = aligned(scratch.moves_.data());
  HWY_DYNAMIC_DISPATCH(learn_mean_rows)(step, scratch, hidden, hidden + step.length);
}

void add_scaled(std::span<const float> x, float factor, std::span<float> out) noexcept {
  AKIN_DCHECK(x.size() == out.size());
  HWY_DYNAMIC_DISPATCH(add_scaled_rows)(x.data(), factor, x.size(), out.data());
}

void add_moves(std::span<const float* const> ends, float factor, std::span<float> row) noexcept {
  AKIN_DCHECK(row.size() % kRowGrain == 0);
  HWY_DYNAMIC_DISPATCH(add_moves_rows)(ends.data(), ends.size(), factor, row);
}

void add_sum(std::span<const float* const> moves, float factor, std::span<float> row) noexcept {
  AKIN_DCHECK(row.size() % kRowGrain == 0);
  HWY_DYNAMIC_DISPATCH(add_sum_rows)(moves.data(), moves.size(), factor, row);
}

}  // namespace akin::kernels
#endif
