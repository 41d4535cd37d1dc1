// attention.h in bfloat16 on CPUs that multiply pairs of it (AVX-512 BF16: Zen 4, Cooper Lake and later): the blocks of attention-inl.h
// with two numbers of the summed dimension in each 32-bit lane. Highway 1.0 has no such product, so this one file says it in intrinsics;
// it is compiled for AVX3_DL alone and chosen at run time. Sums, softmax and running maxima are f32 as before.
#if defined(AKIN_KERNELS_ATTENTION_BF16_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AKIN_KERNELS_ATTENTION_BF16_INL_H_
#undef AKIN_KERNELS_ATTENTION_BF16_INL_H_
#else
#define AKIN_KERNELS_ATTENTION_BF16_INL_H_
#endif

#include "attention-inl.h"

#if HWY_TARGET == HWY_AVX3_DL
#include <immintrin.h>

#include <cstdint>

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

#define AKIN_BF16_ATTR __attribute__((target(HWY_TARGET_STR ",avx512bf16")))
#define AKIN_BF16_INLINE __attribute__((always_inline)) AKIN_BF16_ATTR inline

/// (low[i], high[i]) rounded to bfloat16, a pair a lane.
AKIN_BF16_INLINE __m512i pair_up(__m512 low, __m512 high) {
  const __m512i both = reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(high, low));
  const __m512i order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21, 5, 20, 4, 19, 3,
                                         18, 2, 17, 1, 16, 0);
  return _mm512_permutexvar_epi16(order, both);
}

AKIN_BF16_INLINE __m512 multiply_pairs(__m512 sum, __m512i a, __m512i b) {
  return _mm512_dpbf16_ps(sum, reinterpret_cast<__m512bh>(a), reinterpret_cast<__m512bh>(b));
}

/// Lanes of the next 16 that are below `n`.
AKIN_BF16_INLINE __mmask16 lanes_below(std::size_t n) { return static_cast<__mmask16>(n >= 16 ? 0xFFFFU : (1U << n) - 1U); }

/// out[0 … ⌈n / 2⌉) = pairs (in[2i], in[2i + 1]) · factor; an odd last one with 0.
AKIN_BF16_INLINE void pairs_along_row(const float* in, std::size_t n, float factor, std::uint32_t* out) {
  const __m512 scale = _mm512_set1_ps(factor);
  for (std::size_t c = 0; c < n; c += 32) {
    const std::size_t left = n - c;
    const __m512 low = _mm512_maskz_loadu_ps(lanes_below(left), in + c);
    const __m512 high = left > 16 ? _mm512_maskz_loadu_ps(lanes_below(left - 16), in + c + 16) : _mm512_setzero_ps();
    const __m512i both = reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(_mm512_mul_ps(high, scale), _mm512_mul_ps(low, scale)));
    _mm512_mask_storeu_epi32(out + c / 2, lanes_below((left + 1) / 2), both);
  }
}

/// Keys and values of one head as pairs, and the workspace of a block.
struct PairedHead {
  const std::uint32_t* keys;    ///< (n_keys, n_pairs): pairs along the dimension
  const std::uint32_t* values;  ///< (⌈n_keys / 2⌉, dim rounded up to 16): pairs of keys
  std::size_t n_pairs;
  std::size_t value_stride;
};

AKIN_BF16_INLINE void pair_values(MatrixView<const float> v, std::size_t column, std::size_t dim, std::size_t stride, std::uint32_t* out) {
  for (std::size_t j = 0; j < v.rows(); j += 2) {
    const float* low = v.row_data(j) + column;
    const float* high = v.row_data(std::min(j + 1, v.rows() - 1)) + column;
    for (std::size_t c = 0; c < dim; c += 16) {
      const __mmask16 mask = lanes_below(dim - c);
      const __m512 next = j + 1 < v.rows() ? _mm512_maskz_loadu_ps(mask, high + c) : _mm512_setzero_ps();
      _mm512_storeu_si512(out + j / 2 * stride + c, pair_up(_mm512_maskz_loadu_ps(mask, low + c), next));
    }
  }
}

template <std::size_t kQueries, std::size_t kRows>
AKIN_BF16_INLINE void score_key_pairs(const std::uint32_t* keys, std::size_t n_pairs, const std::uint32_t* queries, float* scores) {
  constexpr std::size_t kVectors = kQueries / 16;
  __m512 sums[kRows][kVectors];
  for (auto& row : sums) {
    for (auto& sum : row) sum = _mm512_setzero_ps();
  }
  for (std::size_t c = 0; c < n_pairs; ++c) {
    __m512i q[kVectors];
    for (std::size_t v = 0; v < kVectors; ++v) q[v] = _mm512_loadu_si512(queries + c * kQueries + v * 16);
    for (std::size_t r = 0; r < kRows; ++r) {
      const __m512i key = _mm512_set1_epi32(static_cast<int>(keys[r * n_pairs + c]));
      for (std::size_t v = 0; v < kVectors; ++v) sums[r][v] = multiply_pairs(sums[r][v], q[v], key);
    }
  }
  for (std::size_t r = 0; r < kRows; ++r) {
    for (std::size_t v = 0; v < kVectors; ++v) _mm512_store_ps(scores + r * kQueries + v * 16, sums[r][v]);
  }
}

template <std::size_t kQueries>
AKIN_BF16_ATTR void score_pair_block(const PairedHead& head, std::size_t key, std::size_t n_keys, const std::uint32_t* queries,
                                     float* scores) {
  const std::uint32_t* keys = head.keys + key * head.n_pairs;
  std::size_t j = 0;
  for (; j + kRowsAtOnce <= n_keys; j += kRowsAtOnce) {
    score_key_pairs<kQueries, kRowsAtOnce>(keys + j * head.n_pairs, head.n_pairs, queries, scores + j * kQueries);
  }
  for (; j < n_keys; ++j) score_key_pairs<kQueries, 1>(keys + j * head.n_pairs, head.n_pairs, queries, scores + j * kQueries);
}

/// exp_score with a polynomial of degree 3: its relative error of 7.5e-5 is a twentieth of what rounding to bfloat16 takes.
HWY_INLINE FloatVec exp_score_short(FloatVec score, FloatVec largest) {
  const FloatTag d;
  const hn::RebindToSigned<FloatTag> di;
  const Exponent e = exponent_of(score, largest);
  auto p = hn::MulAdd(hn::Set(d, 0.05517164617776871F), e.fraction, hn::Set(d, 0.2426111400127411F));
  p = hn::MulAdd(p, e.fraction, hn::Set(d, 0.6932609677314758F));
  p = hn::MulAdd(p, e.fraction, hn::Set(d, 0.9999280571937561F));
  return hn::BitCast(d, hn::Add(hn::BitCast(di, p), hn::ShiftLeft<23>(hn::BitCast(di, e.whole))));
}

/// exp_scores, leaving pairs of keys: row j of `scores` becomes (p[2j], p[2j + 1]). Written behind where it reads.
template <std::size_t kQueries>
AKIN_BF16_ATTR void exp_score_pairs(float* scores, std::size_t n_keys, Running& running) {
  const FloatTag d;
  for (std::size_t lane = 0; lane < kQueries; lane += 16) {
    float* column = scores + lane;
    const auto largest = largest_score(column, kQueries, n_keys, hn::Load(d, running.largest + lane));
    auto sum = hn::Zero(d);
    for (std::size_t j = 0; j < n_keys; j += 2) {
      const auto low = exp_score_short(hn::Load(d, column + j * kQueries), largest);
      const auto high = j + 1 < n_keys ? exp_score_short(hn::Load(d, column + (j + 1) * kQueries), largest) : hn::Zero(d);
      sum = hn::Add(sum, hn::Add(low, high));
      _mm512_storeu_si512(column + j / 2 * kQueries, pair_up(low.raw, high.raw));
    }
    update_running(largest, sum, lane, running);
  }
}

template <std::size_t kQueries, std::size_t kRows, std::size_t kWide>
AKIN_BF16_INLINE void weigh_value_pairs(const std::uint32_t* p, const std::uint32_t* values, std::size_t stride, std::size_t n_pairs,
                                        const float* shrink, __mmask16 mask, float* out, std::size_t out_stride) {
  __m512 sums[kRows][kWide];
  for (std::size_t r = 0; r < kRows; ++r) {
    for (std::size_t v = 0; v < kWide; ++v) {
      sums[r][v] = _mm512_setzero_ps();
      if (shrink == nullptr) continue;
      const __m512 before = _mm512_maskz_loadu_ps(v + 1 == kWide ? mask : __mmask16{0xFFFF}, out + r * out_stride + v * 16);
      sums[r][v] = _mm512_mul_ps(_mm512_set1_ps(shrink[r]), before);
    }
  }
  for (std::size_t j = 0; j < n_pairs; ++j) {
    __m512i value[kWide];
    for (std::size_t v = 0; v < kWide; ++v) value[v] = _mm512_loadu_si512(values + j * stride + v * 16);
    for (std::size_t r = 0; r < kRows; ++r) {
      const __m512i weight = _mm512_set1_epi32(static_cast<int>(p[j * kQueries + r]));
      for (std::size_t v = 0; v < kWide; ++v) sums[r][v] = multiply_pairs(sums[r][v], value[v], weight);
    }
  }
  for (std::size_t r = 0; r < kRows; ++r) {
    for (std::size_t v = 0; v < kWide; ++v) {
      _mm512_mask_storeu_ps(out + r * out_stride + v * 16, v + 1 == kWide ? mask : __mmask16{0xFFFF}, sums[r][v]);
    }
  }
}

template <std::size_t kQueries, std::size_t kWide>
AKIN_BF16_ATTR void weigh_pair_columns(const std::uint32_t* p, const std::uint32_t* values, std::size_t stride, std::size_t n_pairs,
                                       const float* shrink, __mmask16 mask, std::size_t count, float* out, std::size_t out_stride) {
  std::size_t r = 0;
  for (; r + kRowsAtOnce <= count; r += kRowsAtOnce) {
    weigh_value_pairs<kQueries, kRowsAtOnce, kWide>(p + r, values, stride, n_pairs, shrink != nullptr ? shrink + r : nullptr, mask,
                                                    out + r * out_stride, out_stride);
  }
  for (; r < count; ++r) {
    weigh_value_pairs<kQueries, 1, kWide>(p + r, values, stride, n_pairs, shrink != nullptr ? shrink + r : nullptr, mask,
                                          out + r * out_stride, out_stride);
  }
}

/// out (+)= pᵀ · values for the keys [key, key + n_keys); key is even.
template <std::size_t kQueries>
AKIN_BF16_ATTR void weigh_pair_block(const float* scores, const PairedHead& head, std::size_t key, std::size_t n_keys, std::size_t dim,
                                     std::size_t count, const float* shrink, float* out, std::size_t out_stride) {
  const auto* p = reinterpret_cast<const std::uint32_t*>(scores);
  const std::uint32_t* values = head.values + key / 2 * head.value_stride;
  const std::size_t n_pairs = (n_keys + 1) / 2;
  std::size_t c = 0;
  for (; c + 16 < dim; c += 32) {
    weigh_pair_columns<kQueries, 2>(p, values + c, head.value_stride, n_pairs, shrink, lanes_below(dim - c - 16), count, out + c,
                                    out_stride);
  }
  if (c < dim) {
    weigh_pair_columns<kQueries, 1>(p, values + c, head.value_stride, n_pairs, shrink, lanes_below(dim - c), count, out + c, out_stride);
  }
}

template <std::size_t kQueries>
AKIN_BF16_ATTR void transpose_query_pairs(MatrixView<const float> q, std::size_t first, std::size_t count, std::size_t column,
                                          std::size_t dim, float scale, float* rows, float* queries) {
  const std::size_t n_pairs = (dim + 1) / 2;
  const float* starts[kQueries];
  for (std::size_t i = 0; i < kQueries; ++i) {
    float* row = rows + i * n_pairs;
    starts[i] = row;
    if (i < count) {
      pairs_along_row(q.row_data(first + i) + column, dim, scale, reinterpret_cast<std::uint32_t*>(row));
    } else {
      std::fill_n(row, n_pairs, 0.0F);
    }
  }
  transpose(starts, kQueries, n_pairs, queries);
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();
#endif  // HWY_TARGET == HWY_AVX3_DL

#endif  // include guard
