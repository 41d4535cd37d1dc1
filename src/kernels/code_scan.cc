// The loops of code_scan.h, compiled once a CPU target.
#include "akin/kernels/code_scan.h"

#include "akin/base/error.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "code_scan.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
// After foreach_target.
#include "bits-inl.h"
#include "hwy/cache_control.h"
#include "vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

HWY_INLINE FloatVec load_half(const f16* p) {
#if AKIN_NATIVE_F16
  const hn::Rebind<std::uint16_t, FloatTag> bits;
  return hn::PromoteTo(FloatTag(), hn::BitCast(hn::Rebind<hwy::float16_t, FloatTag>(), hn::LoadU(bits, &p->bits)));
#else
  HWY_ALIGN float buffer[hn::MaxLanes(FloatTag())];
  for (std::size_t i = 0; i < n_lanes(); ++i) buffer[i] = to_float(p[i]);
  return hn::Load(FloatTag(), buffer);
#endif
}

HWY_INLINE FloatVec load_half(const bf16* p) {
  const auto wide = hn::PromoteTo(hn::RebindToUnsigned<FloatTag>(), hn::LoadU(hn::Rebind<std::uint16_t, FloatTag>(), &p->bits));
  return hn::BitCast(FloatTag(), hn::ShiftLeft<16>(wide));
}

constexpr std::size_t kPage = 4096;

template <class Half>
HWY_INLINE float half_dot(const float* query, const Half* row, std::size_t dim) {
  const FloatTag d;
  auto a = hn::Zero(d), b = a;
  std::size_t i = 0;
  for (; i + 2 * n_lanes() <= dim; i += 2 * n_lanes()) {
    a = hn::MulAdd(hn::LoadU(d, query + i), load_half(row + i), a);
    b = hn::MulAdd(hn::LoadU(d, query + i + n_lanes()), load_half(row + i + n_lanes()), b);
  }
  if (i + n_lanes() <= dim) {
    a = hn::MulAdd(hn::LoadU(d, query + i), load_half(row + i), a);
    i += n_lanes();
  }
  float sum = hn::GetLane(hn::SumOfLanes(d, hn::Add(a, b)));
  for (; i < dim; ++i) sum += query[i] * to_float(row[i]);
  return sum;
}

// The hardware stops at the end of a page: the next one is asked for a page early (distance-inl.h).
template <class Half>
HWY_INLINE void half_rows(const float* query, const Half* rows, std::size_t stride, std::size_t n, std::size_t dim, float* out) {
  for (std::size_t r = 0; r < n; ++r) {
    const Half* row = rows + r * stride;
    const auto ahead = reinterpret_cast<std::uintptr_t>(row) + kPage;
    if (ahead % kPage < stride * sizeof(Half)) hwy::Prefetch(reinterpret_cast<const void*>(ahead));
    out[r] = half_dot(query, row, dim);
  }
}

void f16_rows(const float* query, const f16* rows, std::size_t stride, std::size_t n, std::size_t dim, float* out) {
  half_rows(query, rows, stride, n, dim, out);
}

void bf16_rows(const float* query, const bf16* rows, std::size_t stride, std::size_t n, std::size_t dim, float* out) {
  half_rows(query, rows, stride, n, dim, out);
}

HWY_INLINE std::uint32_t plane_dot(const std::uint8_t* planes, std::size_t stride, const std::uint8_t* code, std::size_t n) {
  static_assert(kBitPlanes == 4);
  return static_cast<std::uint32_t>(count_words(
      n,
      [&](const auto& load) HWY_ATTR {
        const auto row = load(code);
        const auto count = [&](std::size_t p) HWY_ATTR { return hn::PopulationCount(hn::And(load(planes + p * stride), row)); };
        const auto low = hn::Add(count(0), hn::ShiftLeft<1>(count(1)));
        return hn::Add(low, hn::ShiftLeft<2>(hn::Add(count(2), hn::ShiftLeft<1>(count(3)))));
      },
      [&](const auto& load) {
        std::uint64_t sum = 0;
        for (std::size_t p = 0; p < kBitPlanes; ++p) sum += hwy::PopCount(load(planes + p * stride) & load(code)) << p;
        return sum;
      }));
}

void plane_rows(const std::uint8_t* planes, std::size_t stride, MatrixView<const std::uint8_t> codes, std::uint32_t* out) {
  for (std::size_t r = 0; r < codes.rows(); ++r) out[r] = plane_dot(planes, stride, codes.row_data(r), codes.cols());
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin::kernels {

HWY_EXPORT(f16_rows);
HWY_EXPORT(bf16_rows);
HWY_EXPORT(plane_rows);

void half_dot_rows(std::span<const float> query, MatrixView<const f16> rows, std::span<float> out) noexcept {
  AKIN_DCHECK(query.size() == rows.cols() && out.size() == rows.rows());
  HWY_DYNAMIC_DISPATCH(f16_rows)(query.data(), rows.data(), rows.stride(), rows.rows(), rows.cols(), out.data());
}

void half_dot_rows(std::span<const float> query, MatrixView<const bf16> rows, std::span<float> out) noexcept {
  AKIN_DCHECK(query.size() == rows.cols() && out.size() == rows.rows());
  HWY_DYNAMIC_DISPATCH(bf16_rows)(query.data(), rows.data(), rows.stride(), rows.rows(), rows.cols(), out.data());
}

void plane_dot_rows(MatrixView<const std::uint8_t> planes, MatrixView<const std::uint8_t> codes, std::span<std::uint32_t> out) noexcept {
  AKIN_DCHECK(planes.rows() == kBitPlanes && planes.cols() == codes.cols() && out.size() == codes.rows());
  HWY_DYNAMIC_DISPATCH(plane_rows)(planes.data(), planes.stride(), codes, out.data());
}

}  // namespace akin::kernels
#endif  // HWY_ONCE
