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

// Vectors of queries in a block: 32 queries on AVX-512, 16 on AVX2, 8 on SSE4.
inline constexpr std::size_t kQueryVectors = 2;
inline constexpr std::size_t kQueries = kQueryVectors * hn::MaxLanes(FloatTag());
// 512 keys × 32 queries of scores are 64 KB on AVX-512; sequences up to that length need no second pass.
inline constexpr std::size_t kKeyBlock = 512;
// Sums in registers: 8 × 2 of 32 registers on AVX-512, 4 × 2 of 16 below.
inline constexpr std::size_t kRowsAtOnce = hn::MaxLanes(FloatTag()) >= 16 ? 8 : 4;

/// queries[c][query] = scale · q[first + query][c], zeros past the end.
HWY_INLINE void transpose_queries(MatrixView<const float> q, std::size_t first, std::size_t count, std::size_t column, std::size_t dim,
                                  float scale, float* queries) {
  for (std::size_t i = 0; i < kQueries; ++i) {
    if (i >= count) {
      for (std::size_t c = 0; c < dim; ++c) queries[c * kQueries + i] = 0;
      continue;
    }
    const float* row = q.row_data(first + i) + column;
    for (std::size_t c = 0; c < dim; ++c) queries[c * kQueries + i] = row[c] * scale;
  }
}

/// scores[key][query] for kRows keys.
template <std::size_t kRows>
HWY_INLINE void score_keys(const float* key, std::size_t stride, std::size_t dim, const float* queries, float* scores) {
  const FloatTag d;
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

HWY_INLINE void score_block(MatrixView<const float> keys, std::size_t column, std::size_t dim, const float* queries, float* scores) {
  std::size_t j = 0;
  for (; j + kRowsAtOnce <= keys.rows(); j += kRowsAtOnce) {
    score_keys<kRowsAtOnce>(keys.row_data(j) + column, keys.stride(), dim, queries, scores + j * kQueries);
  }
  for (; j < keys.rows(); ++j) score_keys<1>(keys.row_data(j) + column, keys.stride(), dim, queries, scores + j * kQueries);
}

/// What a block's softmax has seen so far, a lane a query.
struct Running {
  HWY_ALIGN float largest[kQueries];
  HWY_ALIGN float sum[kQueries];
  HWY_ALIGN float shrink[kQueries];  ///< what earlier sums and outputs are multiplied by for the new maximum
};

/// scores → e^(score − running maximum), with the sums; log2(e) is in the scores already, so it is 2^.
HWY_INLINE void exp_scores(float* scores, std::size_t n_keys, Running& running) {
  const FloatTag d;
  for (std::size_t v = 0; v < kQueryVectors; ++v) {
    float* column = scores + v * n_lanes();
    const auto before = hn::Load(d, running.largest + v * n_lanes());
    auto largest0 = before, largest1 = before;
    std::size_t j = 0;
    for (; j + 2 <= n_keys; j += 2) {
      largest0 = hn::Max(largest0, hn::Load(d, column + j * kQueries));
      largest1 = hn::Max(largest1, hn::Load(d, column + (j + 1) * kQueries));
    }
    if (j < n_keys) largest0 = hn::Max(largest0, hn::Load(d, column + j * kQueries));
    // Finite even where nothing is seen yet, so that −∞ − −∞ never comes up.
    const auto largest = hn::Max(hn::Max(largest0, largest1), hn::Set(d, -1e30F));
    auto sum = hn::Zero(d);
    for (j = 0; j < n_keys; ++j) {
      const auto t = hn::Sub(hn::Load(d, column + j * kQueries), largest);
      const auto e = hn::IfThenElseZero(hn::Gt(t, hn::Set(d, -126.0F)), exp2(t));
      hn::Store(e, d, column + j * kQueries);
      sum = hn::Add(sum, e);
    }
    const auto change = hn::Sub(before, largest);
    const auto shrink = hn::IfThenElseZero(hn::Gt(change, hn::Set(d, -126.0F)), exp2(change));
    hn::Store(shrink, d, running.shrink + v * n_lanes());
    hn::Store(hn::MulAdd(hn::Load(d, running.sum + v * n_lanes()), shrink, sum), d, running.sum + v * n_lanes());
    hn::Store(largest, d, running.largest + v * n_lanes());
  }
}

/// out[query][column …] (+)= Σ_j p[j][query] · value[j][column …] for kRows queries and kWide vectors of columns.
template <std::size_t kRows, std::size_t kWide>
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

template <std::size_t kWide>
HWY_INLINE void weigh_columns(const float* p, MatrixView<const float> values, std::size_t column, std::size_t count, const float* shrink,
                              float* out, std::size_t out_stride) {
  const float* value = values.row_data(0) + column;
  std::size_t r = 0;
  for (; r + kRowsAtOnce <= count; r += kRowsAtOnce) {
    weigh_values<kRowsAtOnce, kWide>(p + r, value, values.stride(), values.rows(), shrink != nullptr ? shrink + r : nullptr,
                                     out + r * out_stride, out_stride);
  }
  for (; r < count; ++r) {
    weigh_values<1, kWide>(p + r, value, values.stride(), values.rows(), shrink != nullptr ? shrink + r : nullptr, out + r * out_stride,
                           out_stride);
  }
}

/// out[query][0 … dim) (+)= pᵀ · values, `shrink` == nullptr for the first key block.
HWY_INLINE void weigh_block(const float* p, MatrixView<const float> values, std::size_t column, std::size_t dim, std::size_t count,
                            const float* shrink, float* out, std::size_t out_stride) {
  std::size_t c = 0;
  for (; c + 2 * n_lanes() <= dim; c += 2 * n_lanes()) weigh_columns<2>(p, values, column + c, count, shrink, out + c, out_stride);
  for (; c + n_lanes() <= dim; c += n_lanes()) weigh_columns<1>(p, values, column + c, count, shrink, out + c, out_stride);
  if (c < dim) weigh_last_columns(p, values, column + c, dim - c, count, shrink, out + c, out_stride);
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard
