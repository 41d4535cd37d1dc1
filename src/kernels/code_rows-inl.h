// The vector source of code_rows.h for every CPU target: included once a target through foreach_target. Four rows at a time share the
// query's registers and the folding of their sums. Highway 1.0 has no operation for products of bytes summed by fours, so the target that
// has the instruction is spoken to directly; the others widen to 16 bits.
#if defined(AKIN_KERNELS_CODE_ROWS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AKIN_KERNELS_CODE_ROWS_INL_H_
#undef AKIN_KERNELS_CODE_ROWS_INL_H_
#else
#define AKIN_KERNELS_CODE_ROWS_INL_H_
#endif

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "akin/kernels/code_rows.h"
#include "hwy/cache_control.h"
#include "hwy/highway.h"

#undef AKIN_CODE_ROWS_ATTR

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

#if HWY_TARGET == HWY_AVX3_DL
// Highway asks the CPU for VNNI before it takes this target, but does not name it to the compiler.
#define AKIN_CODE_ROWS_ATTR __attribute__((target(HWY_TARGET_STR ",avx512vnni")))

// sum += the products of 64 pairs of bytes, by fours. By name, because GCC 12 copies the sum around the intrinsic.
AKIN_CODE_ROWS_ATTR HWY_INLINE void add_row_products(__m512i& sum, __m512i row, __m512i query) {
  asm("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(row), "v"(query));
}

// The sums of 16 lanes of each of four vectors.
AKIN_CODE_ROWS_ATTR HWY_INLINE __m128i fold_four(__m512i a, __m512i b, __m512i c, __m512i d) {
  const __m512i ab = _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
  const __m512i cd = _mm512_add_epi32(_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
  const __m512i abcd = _mm512_add_epi32(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
  const __m256i half = _mm256_add_epi32(_mm512_castsi512_si256(abcd), _mm512_extracti64x4_epi64(abcd, 1));
  return _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}

// The products of one cache line of four rows, added to a sum each.
struct ByteRows {
  static constexpr std::size_t kCodesPerByte = 1;
  AKIN_CODE_ROWS_ATTR static HWY_INLINE void add_line(__m512i& sum, const std::uint8_t* line, const std::int8_t* query) {
    add_row_products(sum, _mm512_load_si512(line), _mm512_load_si512(query));
  }
};
struct NibbleRows {
  static constexpr std::size_t kCodesPerByte = 2;
  AKIN_CODE_ROWS_ATTR static HWY_INLINE void add_line(__m512i& sum, const std::uint8_t* line, const std::int8_t* query) {
    const __m512i bytes = _mm512_load_si512(line), low = _mm512_set1_epi8(15);
    add_row_products(sum, _mm512_and_si512(bytes, low), _mm512_load_si512(query));
    add_row_products(sum, _mm512_and_si512(_mm512_srli_epi16(bytes, 4), low), _mm512_load_si512(query + 64));
  }
};

// The products of bytes or nibbles of four rows with the query.
template <class Kind>
AKIN_CODE_ROWS_ATTR HWY_INLINE void four_rows(const std::int8_t* query, const std::uint8_t* const* rows, std::size_t n_bytes,
                                              std::int32_t* out) {
  __m512i a = _mm512_setzero_si512(), b = a, c = a, d = a;
  for (std::size_t i = 0; i < n_bytes; i += 64) {
    const std::int8_t* q = query + i * Kind::kCodesPerByte;
    Kind::add_line(a, rows[0] + i, q);
    Kind::add_line(b, rows[1] + i, q);
    Kind::add_line(c, rows[2] + i, q);
    Kind::add_line(d, rows[3] + i, q);
  }
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), fold_four(a, b, c, d));
}

#else
#define AKIN_CODE_ROWS_ATTR

struct ByteRows {
  static constexpr std::size_t kCodesPerByte = 1;
  static HWY_INLINE std::int32_t line(const std::uint8_t* bytes, const std::int8_t* query) {
#if HWY_TARGET == HWY_SCALAR
    std::int32_t sum = 0;
    for (std::size_t i = 0; i < 64; ++i) sum += query[i] * bytes[i];
    return sum;
#else
    const hn::ScalableTag<std::int32_t> d32;
    const hn::Repartition<std::int16_t, decltype(d32)> d16;
    const hn::Rebind<std::int8_t, decltype(d16)> codes;
    const hn::Rebind<std::uint8_t, decltype(d16)> rows;
    auto low = hn::Zero(d32), high = hn::Zero(d32);
    for (std::size_t i = 0; i < 64; i += hn::Lanes(d16)) {
      low = hn::ReorderWidenMulAccumulate(d32, hn::PromoteTo(d16, hn::LoadU(codes, query + i)),
                                          hn::PromoteTo(d16, hn::LoadU(rows, bytes + i)), low, high);
    }
    return hn::GetLane(hn::SumOfLanes(d32, hn::Add(low, high)));
#endif
  }
};
struct NibbleRows {
  static constexpr std::size_t kCodesPerByte = 2;
  static HWY_INLINE std::int32_t line(const std::uint8_t* bytes, const std::int8_t* query) {
#if HWY_TARGET == HWY_SCALAR
    std::int32_t sum = 0;
    for (std::size_t i = 0; i < 64; ++i) sum += query[i] * (bytes[i] & 15) + query[64 + i] * (bytes[i] >> 4);
    return sum;
#else
    const hn::ScalableTag<std::int32_t> d32;
    const hn::Repartition<std::int16_t, decltype(d32)> d16;
    const hn::Rebind<std::int8_t, decltype(d16)> codes;
    const hn::Rebind<std::uint8_t, decltype(d16)> rows;
    const auto mask = hn::Set(d16, std::int16_t{15});
    auto low = hn::Zero(d32), high = hn::Zero(d32);
    for (std::size_t i = 0; i < 64; i += hn::Lanes(d16)) {
      const auto both = hn::PromoteTo(d16, hn::LoadU(rows, bytes + i));
      low = hn::ReorderWidenMulAccumulate(d32, hn::PromoteTo(d16, hn::LoadU(codes, query + i)), hn::And(both, mask), low, high);
      low = hn::ReorderWidenMulAccumulate(d32, hn::PromoteTo(d16, hn::LoadU(codes, query + 64 + i)), hn::ShiftRight<4>(both), low, high);
    }
    return hn::GetLane(hn::SumOfLanes(d32, hn::Add(low, high)));
#endif
  }
};

template <class Kind>
HWY_INLINE void four_rows(const std::int8_t* query, const std::uint8_t* const* rows, std::size_t n_bytes, std::int32_t* out) {
  for (std::size_t r = 0; r < 4; ++r) {
    out[r] = 0;
    for (std::size_t i = 0; i < n_bytes; i += 64) out[r] += Kind::line(rows[r] + i, query + i * Kind::kCodesPerByte);
  }
}
#endif

// Rows asked for ahead of their turn: enough to hide the third-level cache.
constexpr std::size_t kAhead = 12;

HWY_INLINE void ask_for(const std::uint8_t* row, std::size_t n_bytes) {
  for (std::size_t i = 0; i < n_bytes; i += 64) hwy::Prefetch(row + i);
}

// What four_rows() gives, as Σ of the query's code and the row's: both kinds of bytes lie above zero.
template <class Kind>
HWY_INLINE std::int32_t without_offset(std::int32_t sum, std::int32_t query_sum) {
  return Kind::kCodesPerByte == 1 ? sum - query_sum * kZeroCode : 2 * sum - query_sum * kLargestNibble;
}

template <class Kind>
AKIN_CODE_ROWS_ATTR HWY_INLINE void picked_rows(const CodeRowQuery& query, MatrixView<const std::uint8_t> rows,
                                                std::span<const std::uint32_t> ids, std::int32_t* out) {
  const std::size_t n = ids.size(), n_bytes = rows.cols(), stride = rows.stride();
  const std::uint8_t* base = rows.data();
  for (std::size_t i = 0; i < std::min(kAhead, n); ++i) ask_for(base + ids[i] * stride, n_bytes);
  for (std::size_t i = 0; i < n; i += 4) {
    for (std::size_t next = i + kAhead; next < std::min(i + kAhead + 4, n); ++next) ask_for(base + ids[next] * stride, n_bytes);
    // The last four may name a row more than once.
    const std::uint8_t* four[4];
    for (std::size_t r = 0; r < 4; ++r) four[r] = base + ids[std::min(i + r, n - 1)] * stride;
    std::int32_t sums[4];
    four_rows<Kind>(query.codes.data(), four, n_bytes, sums);
    for (std::size_t r = 0; r < std::min<std::size_t>(4, n - i); ++r) out[i + r] = without_offset<Kind>(sums[r], query.sum);
  }
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // AKIN_KERNELS_CODE_ROWS_INL_H_
