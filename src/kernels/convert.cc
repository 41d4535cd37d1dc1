// The loops of convert.h, compiled once a CPU target. binary16 uses the CPU's own conversion where there is one (AVX2 and up).
#include "akin/kernels/convert.h"

#include <cstring>

#include "akin/base/error.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "convert.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
// After foreach_target.
#include "quantize-inl.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

void floats_to_f16(const float* in, f16* out, std::size_t n) {
  std::size_t i = 0;
#if AKIN_NATIVE_F16
  const FloatTag d;
  const hn::Rebind<hwy::float16_t, FloatTag> half;
  const hn::Rebind<std::uint16_t, FloatTag> bits;
  HWY_ALIGN std::uint16_t buffer[hn::MaxLanes(FloatTag())];
  for (; i + n_lanes() <= n; i += n_lanes()) {
    hn::Store(hn::BitCast(bits, hn::DemoteTo(half, hn::LoadU(d, in + i))), bits, buffer);
    std::memcpy(out + i, buffer, sizeof buffer);
  }
#endif
  for (; i < n; ++i) out[i] = to_f16(in[i]);
}

void f16_to_floats(const f16* in, float* out, std::size_t n) {
  std::size_t i = 0;
#if AKIN_NATIVE_F16
  const FloatTag d;
  const hn::Rebind<hwy::float16_t, FloatTag> half;
  const hn::Rebind<std::uint16_t, FloatTag> bits;
  HWY_ALIGN std::uint16_t buffer[hn::MaxLanes(FloatTag())];
  for (; i + n_lanes() <= n; i += n_lanes()) {
    std::memcpy(buffer, in + i, sizeof buffer);
    hn::StoreU(hn::PromoteTo(d, hn::BitCast(half, hn::Load(bits, buffer))), d, out + i);
  }
#endif
  for (; i < n; ++i) out[i] = to_float(in[i]);
}

void floats_to_bf16(const float* in, std::uint16_t* out, std::size_t n) { round_to_bf16(in, n, out); }

void bf16_to_floats(const std::uint16_t* in, float* out, std::size_t n) {
  const FloatTag d;
  const hn::RebindToUnsigned<FloatTag> du;
  const hn::Rebind<std::uint16_t, FloatTag> half;
  std::size_t i = 0;
  for (; i + n_lanes() <= n; i += n_lanes()) {
    hn::StoreU(hn::BitCast(d, hn::ShiftLeft<16>(hn::PromoteTo(du, hn::LoadU(half, in + i)))), d, out + i);
  }
  for (; i < n; ++i) out[i] = to_float(bf16{in[i]});
}

float quantize_symmetric(const float* in, std::int8_t* out, std::size_t n) {
  const Range range = range_of(in, n);
  const float largest = std::max(-range.least, range.most);
  round_and_narrow(in, n, steps_per_unit(127.0F, largest), 0, out);
  return largest / 127.0F;
}

void scale_bytes(const std::int8_t* in, float scale, float* out, std::size_t n) {
  const FloatTag d;
  const hn::RebindToSigned<FloatTag> di;
  const hn::Rebind<std::int8_t, FloatTag> bytes;
  const auto factor = hn::Set(d, scale);
  std::size_t i = 0;
  for (; i + n_lanes() <= n; i += n_lanes()) {
    hn::StoreU(hn::Mul(hn::ConvertTo(d, hn::PromoteTo(di, hn::LoadU(bytes, in + i))), factor), d, out + i);
  }
  for (; i < n; ++i) out[i] = static_cast<float>(in[i]) * scale;
}

void q8_0_to_floats(const std::byte* in, float* out, std::size_t n_blocks) {
  for (std::size_t block = 0; block < n_blocks; ++block) {
    f16 scale;
    std::int8_t numbers[32];
    std::memcpy(&scale, in + block * 34, 2);
    std::memcpy(numbers, in + block * 34 + 2, 32);
    scale_bytes(numbers, to_float(scale), out + block * 32, 32);
  }
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin::kernels {

HWY_EXPORT(floats_to_f16);
HWY_EXPORT(f16_to_floats);
HWY_EXPORT(floats_to_bf16);
HWY_EXPORT(bf16_to_floats);
HWY_EXPORT(quantize_symmetric);
HWY_EXPORT(scale_bytes);
HWY_EXPORT(q8_0_to_floats);

void convert(std::span<const float> in, std::span<f16> out) noexcept {
  AKIN_DCHECK(in.size() == out.size());
  HWY_DYNAMIC_DISPATCH(floats_to_f16)(in.data(), out.data(), in.size());
}

void convert(std::span<const float> in, std::span<bf16> out) noexcept {
  AKIN_DCHECK(in.size() == out.size());
  static_assert(sizeof(bf16) == sizeof(std::uint16_t));
  HWY_DYNAMIC_DISPATCH(floats_to_bf16)(in.data(), reinterpret_cast<std::uint16_t*>(out.data()), in.size());
}

void convert(std::span<const f16> in, std::span<float> out) noexcept {
  AKIN_DCHECK(in.size() == out.size());
  HWY_DYNAMIC_DISPATCH(f16_to_floats)(in.data(), out.data(), in.size());
}

void convert(std::span<const bf16> in, std::span<float> out) noexcept {
  AKIN_DCHECK(in.size() == out.size());
  HWY_DYNAMIC_DISPATCH(bf16_to_floats)(reinterpret_cast<const std::uint16_t*>(in.data()), out.data(), in.size());
}

float quantize_row(std::span<const float> in, std::span<std::int8_t> out) noexcept {
  AKIN_DCHECK(in.size() == out.size());
  return HWY_DYNAMIC_DISPATCH(quantize_symmetric)(in.data(), out.data(), in.size());
}

void dequantize_row(std::span<const std::int8_t> in, float scale, std::span<float> out) noexcept {
  AKIN_DCHECK(in.size() == out.size());
  HWY_DYNAMIC_DISPATCH(scale_bytes)(in.data(), scale, out.data(), in.size());
}

void dequantize_q8_0(std::span<const std::byte> in, std::span<float> out) noexcept {
  AKIN_DCHECK(out.size() % 32 == 0 && in.size() == out.size() / 32 * 34);
  HWY_DYNAMIC_DISPATCH(q8_0_to_floats)(in.data(), out.data(), out.size() / 32);
}

}  // namespace akin::kernels
#endif
