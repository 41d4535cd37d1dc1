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

#include "hwy/cache_control.h"
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
constexpr std::size_t kLanes = hn::MaxLanes(D());

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

#if HWY_TARGET == HWY_SCALAR
HWY_INLINE void fold4(V a, V b, V c, V e, float* out) {
  out[0] = hn::GetLane(a);
  out[1] = hn::GetLane(b);
  out[2] = hn::GetLane(c);
  out[3] = hn::GetLane(e);
}
#else
HWY_INLINE hn::Vec<hn::FixedTag<float, 4>> fold_blocks(V v) {
#if HWY_MAX_BYTES == 64
  const hn::Half<D> half;
  const auto sum = hn::Add(hn::LowerHalf(half, v), hn::UpperHalf(half, v));
  const hn::Half<decltype(half)> quarter;
  return hn::Add(hn::LowerHalf(quarter, sum), hn::UpperHalf(quarter, sum));
#elif HWY_MAX_BYTES == 32
  const hn::Half<D> half;
  return hn::Add(hn::LowerHalf(half, v), hn::UpperHalf(half, v));
#else
  return v;
#endif
}

// The sums of four accumulators at once: a transposing fold inside each block of four lanes, then over the blocks.
HWY_INLINE void fold4(V a, V b, V c, V e, float* out) {
  const D d;
  const V ac = hn::Add(hn::InterleaveLower(d, a, c), hn::InterleaveUpper(d, a, c));
  const V be = hn::Add(hn::InterleaveLower(d, b, e), hn::InterleaveUpper(d, b, e));
  const auto sums = fold_blocks(hn::Add(hn::InterleaveLower(d, ac, be), hn::InterleaveUpper(d, ac, be)));
  hn::StoreU(sums, hn::FixedTag<float, 4>(), out);
}
#endif

// The terms of one pair, in one register: the order that every form keeps to.
template <class Step>
HWY_INLINE V terms(const float* a, const float* b, std::size_t dim) {
  const D d;
  V sum = hn::Zero(d);
  std::size_t i = 0;
  for (; i + kLanes <= dim; i += kLanes) sum = Step::add(sum, hn::LoadU(d, a + i), hn::LoadU(d, b + i));
  if (i < dim) sum = Step::add(sum, load_tail(a + i, dim - i), load_tail(b + i, dim - i));
  return sum;
}

template <class Step>
HWY_INLINE float pair(const float* a, const float* b, std::size_t dim) {
  const V zero = hn::Zero(D());
  float sums[4];
  fold4(terms<Step>(a, b, dim), zero, zero, zero, sums);
  return sums[0];
}

constexpr std::size_t kPage = 4096;

// Rows one after the other. The hardware follows a stream but stops at the end of a page, so the head of the next page is asked for one
// page early: measured 18 → 25 GB/s with 4 KB pages. Asking for every line, or reading several rows side by side, is slower than either.
struct InOrder {
  const float* data;
  std::size_t stride;
  const char* asked = nullptr;
  HWY_INLINE const float* operator()(std::size_t i) const { return data + i * stride; }
  HWY_INLINE void will_read(std::size_t i, std::size_t n, std::size_t dim) {
    const auto* row = reinterpret_cast<const char*>(data + i * stride);
    const char* end = row + dim * sizeof(float);
    const char* last = reinterpret_cast<const char*>(data + (n - 1) * stride + dim) - 1;
    if (asked == nullptr) asked = row;
    for (; asked < end + kPage && asked < last; asked += kPage - reinterpret_cast<std::uintptr_t>(asked) % kPage) hwy::Prefetch(asked);
  }
};

// Rows picked by number: nothing but their list tells what comes next, so whole rows are asked for a few rows early.
struct Picked {
  const float* data;
  std::size_t stride;
  const std::uint32_t* ids;
  HWY_INLINE const float* operator()(std::size_t i) const { return data + ids[i] * stride; }
  HWY_INLINE void will_read(std::size_t i, std::size_t n, std::size_t dim) {
    constexpr std::size_t kAhead = 3, kLine = 64 / sizeof(float);
    if (i + kAhead >= n) return;
    const float* row = data + ids[i + kAhead] * stride;
    for (std::size_t c = 0; c < dim; c += kLine) hwy::Prefetch(row + c);
  }
};

template <class Step, class Rows>
HWY_INLINE void block(const float* query, Rows rows, std::size_t n, std::size_t dim, float* out) {
  const auto row_terms = [&](std::size_t r) HWY_ATTR {
    rows.will_read(r, n, dim);
    return terms<Step>(query, rows(r), dim);
  };
  std::size_t r = 0;
  for (; r + 4 <= n; r += 4) {
    const V s0 = row_terms(r), s1 = row_terms(r + 1), s2 = row_terms(r + 2), s3 = row_terms(r + 3);
    fold4(s0, s1, s2, s3, out + r);
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
    fold4(sum[a][0], sum[a][1], sum[a][2], sum[a][3], out + a * out_stride);
    if constexpr (kTileRows > 4) {
      constexpr std::size_t b = kTileRows - 4;
      fold4(sum[a][b], sum[a][b + 1], sum[a][b + 2], sum[a][b + 3], out + a * out_stride + b);
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
