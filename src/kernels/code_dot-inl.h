// The vector source of code_dot.h for every CPU target: included once a target through foreach_target. Highway 1.0 has no operation for
// products of bytes summed by fours, so the one target that has the instruction is spoken to directly.
#if defined(AKIN_KERNELS_CODE_DOT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AKIN_KERNELS_CODE_DOT_INL_H_
#undef AKIN_KERNELS_CODE_DOT_INL_H_
#else
#define AKIN_KERNELS_CODE_DOT_INL_H_
#endif

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "akin/kernels/code_dot.h"
#include "hwy/cache_control.h"
#include "hwy/highway.h"

#undef AKIN_CODE_ATTR
#undef AKIN_CODE_UNROLL
#if defined(__clang__)
#define AKIN_CODE_UNROLL _Pragma("clang loop unroll(full)")
#else
#define AKIN_CODE_UNROLL _Pragma("GCC unroll 32")
#endif

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

#if HWY_TARGET == HWY_AVX3_DL
// Highway asks the CPU for VNNI before it takes this target, but does not name it to the compiler.
#define AKIN_CODE_ATTR __attribute__((target(HWY_TARGET_STR ",avx512vnni")))
constexpr bool kFast = true;

// sum += the products of 64 pairs of bytes, by fours. By name, because GCC 12 copies the sum around the intrinsic (half the speed).
AKIN_CODE_ATTR HWY_INLINE void add_products(__m512i& sum, __m512i rows, __m512i codes) {
  asm("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(rows), "v"(codes));
}

AKIN_CODE_ATTR HWY_INLINE __m512i four_codes(const std::int8_t* query) {
  std::int32_t four;
  std::memcpy(&four, query, sizeof four);
  return _mm512_set1_epi32(four);
}

// kQueries × kPanels accumulators of 16 rows each.
template <std::size_t kQueries, std::size_t kPanels>
AKIN_CODE_ATTR HWY_INLINE void tile(const CodeQueries& queries, std::size_t first_query, const CodePanels& panels, std::size_t first_panel,
                                    MatrixView<float> out) {
  const std::size_t panel_bytes = kPanelRows * panels.dim;
  const std::uint8_t* rows = panels.bytes + first_panel * panel_bytes;
  const std::int8_t* query = queries.codes.row_data(first_query);
  const std::size_t stride = queries.codes.stride();
  __m512i sum[kQueries][kPanels];
  AKIN_CODE_UNROLL
  for (std::size_t q = 0; q < kQueries; ++q) {
    // A row's byte is code + 128; beginning below zero by what that adds takes it out again.
    const __m512i start = _mm512_set1_epi32(-128 * queries.sums[first_query + q]);
    AKIN_CODE_UNROLL
    for (std::size_t p = 0; p < kPanels; ++p) sum[q][p] = start;
  }
  for (std::size_t i = 0; i < panels.dim; i += 4) {
    __m512i row[kPanels];
    AKIN_CODE_UNROLL
    for (std::size_t p = 0; p < kPanels; ++p) {
      row[p] = _mm512_loadu_si512(rows + p * panel_bytes + i * kPanelRows);
    }
    AKIN_CODE_UNROLL
    for (std::size_t q = 0; q < kQueries; ++q) {
      const __m512i codes = four_codes(query + q * stride + i);
      AKIN_CODE_UNROLL
      for (std::size_t p = 0; p < kPanels; ++p) add_products(sum[q][p], row[p], codes);
    }
  }
  AKIN_CODE_UNROLL
  for (std::size_t p = 0; p < kPanels; ++p) {
    const __m512 scale = _mm512_loadu_ps(panels.scales + (first_panel + p) * kPanelRows);
    AKIN_CODE_UNROLL
    for (std::size_t q = 0; q < kQueries; ++q) {
      const __m512 value = _mm512_mul_ps(_mm512_cvtepi32_ps(sum[q][p]), scale);
      _mm512_storeu_ps(out.row_data(first_query + q) + (first_panel + p) * kPanelRows,
                       _mm512_mul_ps(value, _mm512_set1_ps(queries.scales[first_query + q])));
    }
  }
}

// One query: the panels are read one after the other, at memory speed; the head of the next page is asked for a page early.
AKIN_CODE_ATTR HWY_INLINE void one_query(const CodeQueries& queries, std::size_t q, const CodePanels& panels, MatrixView<float> out) {
  constexpr std::size_t kPage = 4096;
  const std::size_t panel_bytes = kPanelRows * panels.dim;
  const std::int8_t* query = queries.codes.row_data(q);
  const __m512i start = _mm512_set1_epi32(-128 * queries.sums[q]);
  const __m512 query_scale = _mm512_set1_ps(queries.scales[q]);
  const std::uint8_t* end = panels.bytes + panels.n_panels * panel_bytes;
  const std::uint8_t* asked = panels.bytes;
  for (std::size_t p = 0; p < panels.n_panels; ++p) {
    const std::uint8_t* rows = panels.bytes + p * panel_bytes;
    for (; asked < rows + panel_bytes + kPage && asked < end; asked += kPage - reinterpret_cast<std::uintptr_t>(asked) % kPage)
      hwy::Prefetch(asked);
    __m512i even = start, odd = _mm512_setzero_si512();
    std::size_t i = 0;
    for (; i + 8 <= panels.dim; i += 8) {
      add_products(even, _mm512_loadu_si512(rows + i * kPanelRows), four_codes(query + i));
      add_products(odd, _mm512_loadu_si512(rows + (i + 4) * kPanelRows), four_codes(query + i + 4));
    }
    if (i < panels.dim) add_products(even, _mm512_loadu_si512(rows + i * kPanelRows), four_codes(query + i));
    const __m512 value = _mm512_mul_ps(_mm512_cvtepi32_ps(_mm512_add_epi32(even, odd)), _mm512_loadu_ps(panels.scales + p * kPanelRows));
    _mm512_storeu_ps(out.row_data(q) + p * kPanelRows, _mm512_mul_ps(value, query_scale));
  }
}

constexpr std::size_t kTileQueries = 6, kTilePanels = 4;

template <std::size_t kPanels>
AKIN_CODE_ATTR HWY_INLINE void all_queries(const CodeQueries& queries, const CodePanels& panels, std::size_t first_panel,
                                           MatrixView<float> out) {
  const std::size_t n = queries.codes.rows();
  // The last tile may overlap the one before it: the same numbers are written twice.
  for (std::size_t q = 0; q < n; q += kTileQueries)
    tile<kTileQueries, kPanels>(queries, q + kTileQueries <= n ? q : n - kTileQueries, panels, first_panel, out);
}

AKIN_CODE_ATTR HWY_INLINE void code_dots_loop(const CodeQueries& queries, const CodePanels& panels, MatrixView<float> out) {
  if (queries.codes.rows() < kTileQueries) {
    for (std::size_t q = 0; q < queries.codes.rows(); ++q) one_query(queries, q, panels, out);
    return;
  }
  std::size_t p = 0;
  for (; p + kTilePanels <= panels.n_panels; p += kTilePanels) all_queries<kTilePanels>(queries, panels, p, out);
  for (; p < panels.n_panels; ++p) all_queries<1>(queries, panels, p, out);
}

#else
#define AKIN_CODE_ATTR
constexpr bool kFast = false;

HWY_INLINE void code_dots_loop(const CodeQueries& queries, const CodePanels& panels, MatrixView<float> out) {
  for (std::size_t q = 0; q < queries.codes.rows(); ++q) {
    const std::int8_t* query = queries.codes.row_data(q);
    const std::int32_t start = -128 * queries.sums[q];
    for (std::size_t r = 0; r < panels.n_panels * kPanelRows; ++r) {
      const std::uint8_t* panel = panels.bytes + r / kPanelRows * kPanelRows * panels.dim;
      std::int32_t sum = start;
      for (std::size_t i = 0; i < panels.dim; ++i) sum += query[i] * panel[panel_offset(r % kPanelRows, i)];
      out.row_data(q)[r] = static_cast<float>(sum) * panels.scales[r] * queries.scales[q];
    }
  }
}

#endif

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // AKIN_KERNELS_CODE_DOT_INL_H_
