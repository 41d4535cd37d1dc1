// The block kernels of attention.h, once a CPU target. A block is a few vectors of queries side by side in lanes:
//   scores[key][query]  keys one by one against queries in lanes, so that keys are read where they lie and softmax runs down the lanes;
//   out[query][column]  columns in lanes, probabilities broadcast.
// Only the queries are transposed. Scores of a block and KeyBlock keys stay in the first cache; longer sequences go key block by key block
// with a running maximum (Milakov & Gimelshein, 2018).
#if defined(AKIN_KERNELS_ATTENTION_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AKIN_KERNELS_ATTENTION_INL_H_
#undef AKIN_KERNELS_ATTENTION_INL_H_
#else
#define AKIN_KERNELS_ATTENTION_INL_H_
#endif

#include <algorithm>
#include <cstddef>
#include <limits>

#include "akin/kernels/attention.h"
#include "vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

// Vectors of queries in a block: 32 queries on AVX-512, 16 on AVX2, 8 on SSE4; half of that where so few are left.
inline constexpr std::size_t kWideBlock = 2;
inline constexpr std::size_t kMaxQueries = kWideBlock * hn::MaxLanes(FloatTag());
// 512 keys × 32 queries of scores are 64 KB on AVX-512; sequences up to that length need no second pass.
inline constexpr std::size_t kKeyBlock = 512;
// Sums in registers: 8 × 2 of 32 registers on AVX-512, 4 × 2 of 16 below.
inline constexpr std::size_t kRowsAtOnce = hn::MaxLanes(FloatTag()) >= 16 ? 8 : 4;

/// out[c][i] = rows[i][c] for n_rows (a multiple of 4) rows of `n` lanes' worth of bits.
HWY_INLINE void transpose(const float* const* rows, std::size_t n_rows, std::size_t n, float* out) {
  std::size_t done = 0;
#if HWY_TARGET != HWY_SCALAR
  const FloatTag d;
  HWY_ALIGN float block[4][hn::MaxLanes(FloatTag())];
  done = n / n_lanes() * n_lanes();
  for (std::size_t i = 0; i < n_rows; i += 4) {
    for (std::size_t c = 0; c < done; c += n_lanes()) {
      const auto r0 = hn::LoadU(d, rows[i] + c), r1 = hn::LoadU(d, rows[i + 1] + c);
      const auto r2 = hn::LoadU(d, rows[i + 2] + c), r3 = hn::LoadU(d, rows[i + 3] + c);
      const auto low02 = hn::InterleaveLower(d, r0, r2), low13 = hn::InterleaveLower(d, r1, r3);
      const auto high02 = hn::InterleaveUpper(d, r0, r2), high13 = hn::InterleaveUpper(d, r1, r3);
      hn::Store(hn::InterleaveLower(d, low02, low13), d, block[0]);
      hn::Store(hn::InterleaveUpper(d, low02, low13), d, block[1]);
      hn::Store(hn::InterleaveLower(d, high02, high13), d, block[2]);
      hn::Store(hn::InterleaveUpper(d, high02, high13), d, block[3]);
      for (std::size_t k = 0; k < n_lanes(); ++k) std::copy_n(block[k % 4] + k / 4 * 4, 4, out + (c + k) * n_rows + i);
    }
  }
#endif
  for (std::size_t i = 0; i < n_rows; ++i) {
    for (std::size_t c = done; c < n; ++c) out[c * n_rows + i] = rows[i][c];
  }
}

/// out[0 … n) = in · factor.
HWY_INLINE void scale_into(const float* in, std::size_t n, float factor, float* out) {
  const FloatTag d;
  std::size_t c = 0;
  for (; c + n_lanes() <= n; c += n_lanes()) hn::StoreU(hn::Mul(hn::LoadU(d, in + c), hn::Set(d, factor)), d, out + c);
  for (; c < n; ++c) out[c] = in[c] * factor;
}

/// queries[c][query] = scale · q[first + query][c], zeros past the end. `rows` is scratch for kQueries × dim numbers.
template <std::size_t kQueries>
HWY_INLINE void transpose_queries(MatrixView<const float> q, std::size_t first, std::size_t count, std::size_t column, std::size_t dim,
                                  float scale, float* rows, float* queries) {
  if constexpr (kQueries % 4 == 0) {
    const float* starts[kQueries];
    for (std::size_t i = 0; i < kQueries; ++i) {
      float* row = rows + i * dim;
      starts[i] = row;
      if (i < count) {
        scale_into(q.row_data(first + i) + column, dim, scale, row);
      } else {
        std::fill_n(row, dim, 0.0F);
      }
    }
    transpose(starts, kQueries, dim, queries);
  } else {
    for (std::size_t i = 0; i < kQueries; ++i) {
      for (std::size_t c = 0; c < dim; ++c) queries[c * kQueries + i] = i < count ? q.row_data(first + i)[column + c] * scale : 0.0F;
    }
  }
}

/// scores[key][query] for kRows keys.
template <std::size_t kQueries, std::size_t kRows>
HWY_INLINE void score_keys(const float* key, std::size_t stride, std::size_t dim, const float* queries, float* scores) {
  const FloatTag d;
  constexpr std::size_t kQueryVectors = kQueries / n_lanes();
  hn::Vec<FloatTag> sums[kRows][kQueryVectors];
  for (auto& row : sums) {
    for (auto& sum : row) sum = hn::Zero(d);
  }
  for (std::size_t c = 0; c < dim; ++c) {
    hn::Vec<FloatTag> q[kQueryVectors];
    for (std::size_t v = 0; v < kQueryVectors; ++v) q[v] = hn::Load(d, queries + c * kQueries + v * n_lanes());
    for (std::size_t r = 0; r < kRows; ++r) {
      const auto k = hn::Set(d, key[r * stride + c]);
      for (std::size_t v = 0; v < kQueryVectors; ++v) sums[r][v] = hn::MulAdd(k, q[v], sums[r][v]);
    }
  }
  for (std::size_t r = 0; r < kRows; ++r) {
    for (std::size_t v = 0; v < kQueryVectors; ++v) hn::Store(sums[r][v], d, scores + r * kQueries + v * n_lanes());
  }
}

template <std::size_t kQueries>
HWY_INLINE void score_block(MatrixView<const float> keys, std::size_t column, std::size_t dim, const float* queries, float* scores) {
  std::size_t j = 0;
  for (; j + kRowsAtOnce <= keys.rows(); j += kRowsAtOnce) {
    score_keys<kQueries, kRowsAtOnce>(keys.row_data(j) + column, keys.stride(), dim, queries, scores + j * kQueries);
  }
  for (; j < keys.rows(); ++j) score_keys<kQueries, 1>(keys.row_data(j) + column, keys.stride(), dim, queries, scores + j * kQueries);
}

/// What a block's softmax has seen so far, a lane a query.
struct Running {
  HWY_ALIGN float largest[kMaxQueries];
  HWY_ALIGN float sum[kMaxQueries];
  HWY_ALIGN float shrink[kMaxQueries];  ///< what earlier sums and outputs are multiplied by for the new maximum
};

/// The largest score of each lane over the keys, and of `before`. Finite, so that −∞ − −∞ never comes up.
HWY_INLINE FloatVec largest_score(const float* scores, std::size_t stride, std::size_t n_keys, FloatVec before) {
  const FloatTag d;
  auto largest0 = before, largest1 = hn::Set(d, -1e30F);
  std::size_t j = 0;
  for (; j + 2 <= n_keys; j += 2) {
    largest0 = hn::Max(largest0, hn::Load(d, scores + j * stride));
    largest1 = hn::Max(largest1, hn::Load(d, scores + (j + 1) * stride));
  }
  if (j < n_keys) largest0 = hn::Max(largest0, hn::Load(d, scores + j * stride));
  return hn::Max(largest0, largest1);
}

/// The exponent of 2^(score − largest) in two parts, for exp2_split(). log2(e) is in the scores already; what is hidden becomes 2^−126,
/// which no sum of larger numbers feels.
struct Exponent {
  FloatVec whole, fraction;
};

HWY_INLINE Exponent exponent_of(FloatVec score, FloatVec largest) {
  const FloatTag d;
  const auto t = hn::Max(hn::Sub(score, largest), hn::Set(d, -126.0F));
  const auto whole = hn::Add(t, hn::Set(d, kRoundMagic));
  return {whole, hn::Sub(t, hn::Sub(whole, hn::Set(d, kRoundMagic)))};
}

HWY_INLINE FloatVec exp_score(FloatVec score, FloatVec largest) {
  const Exponent e = exponent_of(score, largest);
  return exp2_split(e.whole, e.fraction);
}

/// Takes a lane vector's new maximum and sum of exponentials into what was seen before.
HWY_INLINE void update_running(FloatVec largest, FloatVec sum, std::size_t lane, Running& running) {
  const FloatTag d;
  const auto shrink = exp_score(hn::Load(d, running.largest + lane), largest);
  hn::Store(shrink, d, running.shrink + lane);
  hn::Store(hn::MulAdd(hn::Load(d, running.sum + lane), shrink, sum), d, running.sum + lane);
  hn::Store(largest, d, running.largest + lane);
}

/// scores → 2^(score − running maximum), with the sums.
template <std::size_t kQueries>
HWY_INLINE void exp_scores(float* scores, std::size_t n_keys, Running& running) {
  const FloatTag d;
  for (std::size_t lane = 0; lane < kQueries; lane += n_lanes()) {
    float* column = scores + lane;
    const auto largest = largest_score(column, kQueries, n_keys, hn::Load(d, running.largest + lane));
    auto sum = hn::Zero(d);
    for (std::size_t j = 0; j < n_keys; ++j) {
      const auto e = exp_score(hn::Load(d, column + j * kQueries), largest);
      hn::Store(e, d, column + j * kQueries);
      sum = hn::Add(sum, e);
    }
    update_running(largest, sum, lane, running);
  }
}

/// out[query][column …] (+)= Σ_j p[j][query] · value[j][column …] for kRows queries and kWide vectors of columns.
template <std::size_t kQueries, std::size_t kRows, std::size_t kWide>
HWY_INLINE void weigh_values(const float* p, const float* value, std::size_t stride, std::size_t n_keys, const float* shrink, float* out,
                             std::size_t out_stride) {
  const FloatTag d;
  hn::Vec<FloatTag> sums[kRows][kWide];
  for (std::size_t r = 0; r < kRows; ++r) {
    for (std::size_t v = 0; v < kWide; ++v) {
      sums[r][v] = hn::Zero(d);
      if (shrink != nullptr) sums[r][v] = hn::Mul(hn::Set(d, shrink[r]), hn::LoadU(d, out + r * out_stride + v * n_lanes()));
    }
  }
  for (std::size_t j = 0; j < n_keys; ++j) {
    hn::Vec<FloatTag> values[kWide];
    for (std::size_t v = 0; v < kWide; ++v) values[v] = hn::LoadU(d, value + j * stride + v * n_lanes());
    for (std::size_t r = 0; r < kRows; ++r) {
      const auto weight = hn::Set(d, p[j * kQueries + r]);
      for (std::size_t v = 0; v < kWide; ++v) sums[r][v] = hn::MulAdd(weight, values[v], sums[r][v]);
    }
  }
  for (std::size_t r = 0; r < kRows; ++r) {
    for (std::size_t v = 0; v < kWide; ++v) hn::StoreU(sums[r][v], d, out + r * out_stride + v * n_lanes());
  }
}

/// The columns that no full vector covers.
template <std::size_t kQueries>
HWY_INLINE void weigh_last_columns(const float* p, MatrixView<const float> values, std::size_t column, std::size_t n_columns,
                                   std::size_t count, const float* shrink, float* out, std::size_t out_stride) {
  for (std::size_t r = 0; r < count; ++r) {
    for (std::size_t c = 0; c < n_columns; ++c) {
      float sum = shrink != nullptr ? out[r * out_stride + c] * shrink[r] : 0.0F;
      for (std::size_t j = 0; j < values.rows(); ++j) sum += p[j * kQueries + r] * values.row_data(j)[column + c];
      out[r * out_stride + c] = sum;
    }
  }
}

template <std::size_t kQueries, std::size_t kWide>
HWY_INLINE void weigh_columns(const float* p, MatrixView<const float> values, std::size_t column, std::size_t count, const float* shrink,
                              float* out, std::size_t out_stride) {
  const float* value = values.row_data(0) + column;
  std::size_t r = 0;
  for (; r + kRowsAtOnce <= count; r += kRowsAtOnce) {
    weigh_values<kQueries, kRowsAtOnce, kWide>(p + r, value, values.stride(), values.rows(), shrink != nullptr ? shrink + r : nullptr,
                                               out + r * out_stride, out_stride);
  }
  for (; r < count; ++r) {
    weigh_values<kQueries, 1, kWide>(p + r, value, values.stride(), values.rows(), shrink != nullptr ? shrink + r : nullptr,
                                     out + r * out_stride, out_stride);
  }
}

/// out[query][0 … dim) (+)= pᵀ · values, `shrink` == nullptr for the first key block.
template <std::size_t kQueries>
HWY_INLINE void weigh_block(const float* p, MatrixView<const float> values, std::size_t column, std::size_t dim, std::size_t count,
                            const float* shrink, float* out, std::size_t out_stride) {
  std::size_t c = 0;
  for (; c + 2 * n_lanes() <= dim; c += 2 * n_lanes())
    weigh_columns<kQueries, 2>(p, values, column + c, count, shrink, out + c, out_stride);
  for (; c + n_lanes() <= dim; c += n_lanes()) weigh_columns<kQueries, 1>(p, values, column + c, count, shrink, out + c, out_stride);
  if (c < dim) weigh_last_columns<kQueries>(p, values, column + c, dim - c, count, shrink, out + c, out_stride);
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard
