// The vector source of distance.h for every CPU target: included once a target through foreach_target. No include guard but Highway's.
#if defined(AKIN_KERNELS_DISTANCE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AKIN_KERNELS_DISTANCE_INL_H_
#undef AKIN_KERNELS_DISTANCE_INL_H_
#else
#define AKIN_KERNELS_DISTANCE_INL_H_
#endif

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "hwy/highway.h"

// Arrays of vectors live in registers only if the loops over them are unrolled.
#if defined(__clang__)
#define AKIN_UNROLL _Pragma("clang loop unroll(full)")
#else
#define AKIN_UNROLL _Pragma("GCC unroll 32")
#endif

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;
using D4 = hn::FixedTag<float, 4>;
using V4 = hn::Vec<D4>;
constexpr std::size_t kLanes = hn::MaxLanes(D());
static_assert(kLanes >= 4, "the fold works on blocks of four lanes");

// One dimension's share of each distance, added to `sum`.
struct DotStep {
  static HWY_INLINE V add(V sum, V a, V b) { return hn::MulAdd(a, b, sum); }
};
struct SquaredL2Step {
  static HWY_INLINE V add(V sum, V a, V b) {
    const V difference = hn::Sub(a, b);
    return hn::MulAdd(difference, difference, sum);
  }
};
struct ManhattanStep {
  static HWY_INLINE V add(V sum, V a, V b) { return hn::Add(sum, hn::Abs(hn::Sub(a, b))); }
};

// The last count < kLanes floats, zeros behind them: zeros add nothing to any of the distances.
HWY_INLINE V load_tail(const float* p, std::size_t count) {
  const D d;
#if HWY_MEM_OPS_MIGHT_FAULT
  HWY_ALIGN float padded[kLanes] = {};
  std::memcpy(padded, p, count * sizeof(float));
  return hn::Load(d, padded);
#else
  return hn::MaskedLoad(hn::FirstN(d, count), d, p);
#endif
}

#if HWY_MAX_BYTES == 64
HWY_INLINE V4 fold_blocks(V v) {
  const hn::Half<D> half;
  const auto sum = hn::Add(hn::LowerHalf(half, v), hn::UpperHalf(half, v));
  const hn::Half<decltype(half)> quarter;
  return hn::Add(hn::LowerHalf(quarter, sum), hn::UpperHalf(quarter, sum));
}
#elif HWY_MAX_BYTES == 32
HWY_INLINE V4 fold_blocks(V v) {
  const hn::Half<D> half;
  return hn::Add(hn::LowerHalf(half, v), hn::UpperHalf(half, v));
}
#else
HWY_INLINE V4 fold_blocks(V v) { return v; }
#endif

// Sums of four accumulators at once: a transposing fold inside each block of four lanes, then over the blocks.
HWY_INLINE V4 fold4(V a, V b, V c, V e) {
  const D d;
  const V ac = hn::Add(hn::InterleaveLower(d, a, c), hn::InterleaveUpper(d, a, c));
  const V be = hn::Add(hn::InterleaveLower(d, b, e), hn::InterleaveUpper(d, b, e));
  return fold_blocks(hn::Add(hn::InterleaveLower(d, ac, be), hn::InterleaveUpper(d, ac, be)));
}

template <class Step>
HWY_INLINE float pair(const float* a, const float* b, std::size_t dim) {
  const D d;
  V sum = hn::Zero(d);
  std::size_t i = 0;
  for (; i + kLanes <= dim; i += kLanes) sum = Step::add(sum, hn::LoadU(d, a + i), hn::LoadU(d, b + i));
  if (i < dim) sum = Step::add(sum, load_tail(a + i, dim - i), load_tail(b + i, dim - i));
  const V zero = hn::Zero(d);
  return hn::GetLane(fold4(sum, zero, zero, zero));
}

// Where the rows of a block lie: one after the other, or picked by number.
struct InOrder {
  const float* data;
  std::size_t stride;
  HWY_INLINE const float* operator()(std::size_t i) const { return data + i * stride; }
};
struct Picked {
  const float* data;
  std::size_t stride;
  const std::uint32_t* ids;
  HWY_INLINE const float* operator()(std::size_t i) const { return data + ids[i] * stride; }
};

// Rows read at once. Four streams hide the latency of the additions and keep within what the prefetchers follow.
constexpr std::size_t kRows = 4;

template <class Step>
HWY_INLINE void four_rows(const float* query, const float* const (&row)[kRows], const float* const (&ahead)[kRows], std::size_t dim,
                          float* out) {
  const D d;
  V s0 = hn::Zero(d), s1 = s0, s2 = s0, s3 = s0;
  std::size_t i = 0;
  for (; i + kLanes <= dim; i += kLanes) {
    hwy::Prefetch(ahead[0] + i);
    hwy::Prefetch(ahead[1] + i);
    hwy::Prefetch(ahead[2] + i);
    hwy::Prefetch(ahead[3] + i);
    const V q = hn::LoadU(d, query + i);
    s0 = Step::add(s0, q, hn::LoadU(d, row[0] + i));
    s1 = Step::add(s1, q, hn::LoadU(d, row[1] + i));
    s2 = Step::add(s2, q, hn::LoadU(d, row[2] + i));
    s3 = Step::add(s3, q, hn::LoadU(d, row[3] + i));
  }
  if (const std::size_t rest = dim - i; rest != 0) {
    const V q = load_tail(query + i, rest);
    s0 = Step::add(s0, q, load_tail(row[0] + i, rest));
    s1 = Step::add(s1, q, load_tail(row[1] + i, rest));
    s2 = Step::add(s2, q, load_tail(row[2] + i, rest));
    s3 = Step::add(s3, q, load_tail(row[3] + i, rest));
  }
  hn::StoreU(fold4(s0, s1, s2, s3), D4(), out);
}

// Groups of rows between the one computed and the one prefetched: about 12 KB ahead at 384 dimensions.
constexpr std::size_t kGroupsAhead = 2;

template <class Step, class Rows>
HWY_INLINE void block(const float* query, Rows rows, std::size_t n, std::size_t dim, float* out) {
  std::size_t r = 0;
  for (; r + kRows <= n; r += kRows) {
    const float* const row[kRows] = {rows(r), rows(r + 1), rows(r + 2), rows(r + 3)};
    const std::size_t next = std::min(r + kGroupsAhead * kRows, n - kRows);
    const float* const ahead[kRows] = {rows(next), rows(next + 1), rows(next + 2), rows(next + 3)};
    four_rows<Step>(query, row, ahead, dim, out + r);
  }
  for (; r < n; ++r) out[r] = pair<Step>(query, rows(r), dim);
}

// A tile keeps Q × R accumulators, Q query vectors and one row vector in registers: 32 of them with 64-byte vectors, 16 otherwise.
#if HWY_MAX_BYTES == 64
constexpr std::size_t kTileQueries = 4, kTileRows = 6;
#else
constexpr std::size_t kTileQueries = 3, kTileRows = 4;
#endif

struct Block {
  const float* data;
  std::size_t stride;
};

template <class Step, bool kTail>
HWY_INLINE void tile_step(V (&sum)[kTileQueries][kTileRows], Block queries, Block rows, std::size_t i, std::size_t rest) {
  const D d;
  V q[kTileQueries];
  AKIN_UNROLL
  for (std::size_t a = 0; a < kTileQueries; ++a) {
    const float* p = queries.data + a * queries.stride + i;
    q[a] = kTail ? load_tail(p, rest) : hn::LoadU(d, p);
  }
  AKIN_UNROLL
  for (std::size_t b = 0; b < kTileRows; ++b) {
    const float* p = rows.data + b * rows.stride + i;
    const V r = kTail ? load_tail(p, rest) : hn::LoadU(d, p);
    AKIN_UNROLL
    for (std::size_t a = 0; a < kTileQueries; ++a) sum[a][b] = Step::add(sum[a][b], q[a], r);
  }
}

// out(a, b) for kTileQueries × kTileRows pairs.
template <class Step>
HWY_INLINE void tile(Block queries, Block rows, std::size_t dim, float* out, std::size_t out_stride) {
  const D d;
  V sum[kTileQueries][kTileRows];
  AKIN_UNROLL
  for (std::size_t a = 0; a < kTileQueries; ++a) {
    AKIN_UNROLL
    for (std::size_t b = 0; b < kTileRows; ++b) sum[a][b] = hn::Zero(d);
  }
  std::size_t i = 0;
  for (; i + kLanes <= dim; i += kLanes) tile_step<Step, false>(sum, queries, rows, i, 0);
  if (i < dim) tile_step<Step, true>(sum, queries, rows, i, dim - i);
  AKIN_UNROLL
  for (std::size_t a = 0; a < kTileQueries; ++a) {
    // The last four columns overlap the first four where a tile is six wide: the same bits are written twice.
    hn::StoreU(fold4(sum[a][0], sum[a][1], sum[a][2], sum[a][3]), D4(), out + a * out_stride);
    if constexpr (kTileRows > 4) {
      constexpr std::size_t b = kTileRows - 4;
      hn::StoreU(fold4(sum[a][b], sum[a][b + 1], sum[a][b + 2], sum[a][b + 3]), D4(), out + a * out_stride + b);
    }
  }
}

// Queries that stay in the first-level cache while one group of rows passes.
constexpr std::size_t kQueryGroup = 3 * kTileQueries;

template <class Step>
HWY_INLINE void many(Block queries, std::size_t n_queries, Block rows, std::size_t n_rows, std::size_t dim, float* out,
                     std::size_t out_stride) {
  if (n_queries < kTileQueries || n_rows < kTileRows) {
    for (std::size_t q = 0; q < n_queries; ++q)
      block<Step>(queries.data + q * queries.stride, InOrder{rows.data, rows.stride}, n_rows, dim, out + q * out_stride);
    return;
  }
  // What is left over at an edge is covered by a last tile that overlaps the one before it; its pairs get the same bits again.
  for (std::size_t group = 0; group < n_queries; group += kQueryGroup) {
    const std::size_t group_end = std::min(group + kQueryGroup, n_queries);
    for (std::size_t r = 0; r < n_rows; r += kTileRows) {
      const std::size_t r0 = std::min(r, n_rows - kTileRows);
      for (std::size_t q = group; q < group_end; q += kTileQueries) {
        const std::size_t q0 = std::min(q, n_queries - kTileQueries);
        tile<Step>({queries.data + q0 * queries.stride, queries.stride}, {rows.data + r0 * rows.stride, rows.stride}, dim,
                   out + q0 * out_stride + r0, out_stride);
      }
    }
  }
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // AKIN_KERNELS_DISTANCE_INL_H_
