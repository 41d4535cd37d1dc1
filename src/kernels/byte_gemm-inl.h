// The loops of byte_gemm.h, included once a CPU target. A tile is up to 8 rows by one panel of 32 outputs: 16 of the 32 registers hold
// sums, each step of four inputs takes two loads of weights and one broadcast a row. Taller tiles measured 3 to 5 % slower. Highway 1.0 has
// no such product of bytes, so the target that has the instruction is spoken to directly; others run a plain loop.
#if defined(AKIN_KERNELS_BYTE_GEMM_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AKIN_KERNELS_BYTE_GEMM_INL_H_
#undef AKIN_KERNELS_BYTE_GEMM_INL_H_
#else
#define AKIN_KERNELS_BYTE_GEMM_INL_H_
#endif

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "byte_gemm.h"
#include "vector_math-inl.h"

#undef AKIN_BYTE_ATTR
#undef AKIN_BYTE_UNROLL
#if defined(__clang__)
#define AKIN_BYTE_UNROLL _Pragma("clang loop unroll(full)")
#else
#define AKIN_BYTE_UNROLL _Pragma("GCC unroll 32")
#endif

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

inline constexpr std::size_t kTileRows = 8;

/// The sums of a tile, for the epilogue to read: 1 KB, in the first cache.
struct TileSums {
  alignas(kAlignment) std::int32_t of[kTileRows][byte_gemm::kPanel];
};

#if HWY_TARGET == HWY_AVX3_DL
// Highway asks the CPU for VNNI before it takes this target, but does not name it to the compiler.
#define AKIN_BYTE_ATTR __attribute__((target(HWY_TARGET_STR ",avx512vnni")))
inline constexpr bool kHasByteProducts = true;

// sum += products of 64 pairs of bytes, by fours. By name, because GCC 12 copies the sum around the intrinsic (half the speed).
AKIN_BYTE_ATTR HWY_INLINE void add_byte_products(__m512i& sum, __m512i row, __m512i weights) {
  asm("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(row), "v"(weights));
}

template <std::size_t kRows>
AKIN_BYTE_ATTR void sum_tile(const std::uint8_t* row, std::size_t n_in, const std::int8_t* panel, TileSums& sums) {
  __m512i low[kRows], high[kRows];
  AKIN_BYTE_UNROLL
  for (std::size_t r = 0; r < kRows; ++r) low[r] = high[r] = _mm512_setzero_si512();
  for (std::size_t k = 0; k < n_in; k += 4) {
    const __m512i first = _mm512_load_si512(panel + k * byte_gemm::kPanel);
    const __m512i second = _mm512_load_si512(panel + k * byte_gemm::kPanel + 64);
    AKIN_BYTE_UNROLL
    for (std::size_t r = 0; r < kRows; ++r) {
      std::int32_t four;
      std::memcpy(&four, row + r * n_in + k, sizeof four);
      const __m512i inputs = _mm512_set1_epi32(four);
      add_byte_products(low[r], inputs, first);
      add_byte_products(high[r], inputs, second);
    }
  }
  AKIN_BYTE_UNROLL
  for (std::size_t r = 0; r < kRows; ++r) {
    _mm512_store_si512(sums.of[r], low[r]);
    _mm512_store_si512(sums.of[r] + 16, high[r]);
  }
}
#else
#define AKIN_BYTE_ATTR
inline constexpr bool kHasByteProducts = false;

template <std::size_t kRows>
void sum_tile(const std::uint8_t* row, std::size_t n_in, const std::int8_t* panel, TileSums& sums) {
  for (std::size_t r = 0; r < kRows; ++r) {
    for (std::size_t n = 0; n < byte_gemm::kPanel; ++n) {
      std::int32_t sum = 0;
      for (std::size_t k = 0; k < n_in; ++k) sum += row[r * n_in + k] * panel[k / 4 * 4 * byte_gemm::kPanel + n * 4 + k % 4];
      sums.of[r][n] = sum;
    }
  }
}
#endif

using SumTile = void (*)(const std::uint8_t*, std::size_t, const std::int8_t*, TileSums&);

template <std::size_t... kRows>
constexpr std::array<SumTile, sizeof...(kRows)> sum_tiles(std::index_sequence<kRows...>) {
  return {sum_tile<kRows + 1>...};
}
/// By rows less one.
inline constexpr auto kSumTiles = sum_tiles(std::make_index_sequence<kTileRows>());

/// gelu() with a polynomial of degree 9 for a · (1 − Φ(a)), a ≤ 4.2.
HWY_INLINE FloatVec gelu_short(FloatVec x) {
  const FloatTag d;
  const auto a = hn::Min(hn::Abs(x), hn::Set(d, 4.2F));
  const auto t = hn::MulSub(a, hn::Set(d, 2.0F / 4.2F), hn::Set(d, 1.0F));
  auto p = hn::MulAdd(hn::Set(d, 0.02758463F), t, hn::Set(d, 0.036112603F));
  p = hn::MulAdd(p, t, hn::Set(d, -0.16495351F));
  p = hn::MulAdd(p, t, hn::Set(d, -0.020991897F));
  p = hn::MulAdd(p, t, hn::Set(d, 0.35309774F));
  p = hn::MulAdd(p, t, hn::Set(d, -0.2890876F));
  p = hn::MulAdd(p, t, hn::Set(d, -0.059290726F));
  p = hn::MulAdd(p, t, hn::Set(d, 0.23658673F));
  p = hn::MulAdd(p, t, hn::Set(d, -0.15641008F));
  p = hn::MulAdd(p, t, hn::Set(d, 0.03746179F));
  return hn::Sub(hn::Max(hn::Zero(d), x), p);
}

/// out[0 … n) = activation((sums − zero · column sums) · scale · column scales + bias), for outputs from `column` on.
template <Activation kActivation>
HWY_INLINE void finish_sums(const std::int32_t* sums, std::int32_t zero, float scale, const byte_gemm::Weight& weight, std::size_t column,
                            std::size_t n, float* out) {
  const FloatTag d;
  const hn::RebindToSigned<FloatTag> di;
  for (std::size_t c = 0; c < n; c += n_lanes()) {
    const auto sum = hn::Sub(hn::LoadU(di, sums + c), hn::Mul(hn::Set(di, zero), hn::LoadU(di, weight.sums() + column + c)));
    const auto factor = hn::Mul(hn::Set(d, scale), hn::LoadU(d, weight.scales() + column + c));
    auto y = hn::MulAdd(hn::ConvertTo(d, sum), factor, hn::LoadU(d, weight.bias() + column + c));
    if constexpr (kActivation == Activation::gelu) {
      y = gelu_short(y);
    } else {
      y = activated<kActivation>(y);
    }
    if (c + n_lanes() <= n) {
      hn::StoreU(y, d, out + c);
    } else {
      store_tail(y, out + c, n - c);
    }
  }
}

struct MultiplyBytes {
  const byte_gemm::Rows& rows;
  const byte_gemm::Weight& weight;
  std::size_t first, last;
  MatrixView<float> out;

  template <Activation kActivation>
  HWY_INLINE void run() const {
    TileSums sums;
    const std::size_t n_tiles = (rows.count + kTileRows - 1) / kTileRows;
    for (std::size_t p = first; p < last; ++p) {
      const std::size_t column = p * byte_gemm::kPanel, n = std::min(byte_gemm::kPanel, weight.n_out() - column);
      for (std::size_t tile = 0; tile < n_tiles; ++tile) {
        // Tiles of nearly the same height: a last one of a row or two would leave the multipliers waiting for their own sums.
        const std::size_t begin = tile * rows.count / n_tiles, count = (tile + 1) * rows.count / n_tiles - begin;
        kSumTiles[count - 1](rows.bytes + begin * weight.n_in(), weight.n_in(), weight.panel(p), sums);
        for (std::size_t r = 0; r < count; ++r) {
          finish_sums<kActivation>(sums.of[r], rows.zeros[begin + r], rows.scales[begin + r], weight, column, n,
                                   out.row_data(begin + r) + (column - first * byte_gemm::kPanel));
        }
      }
    }
  }
};

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard
