#include "akin/kernels/convert.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "akin/base/error.h"

namespace akin::kernels {

void convert(std::span<const float> in, std::span<f16> out) noexcept {
  AKIN_DCHECK(in.size() == out.size());
  std::transform(in.begin(), in.end(), out.begin(), to_f16);
}
void convert(std::span<const float> in, std::span<bf16> out) noexcept {
  AKIN_DCHECK(in.size() == out.size());
  std::transform(in.begin(), in.end(), out.begin(), to_bf16);
}
void convert(std::span<const f16> in, std::span<float> out) noexcept {
  AKIN_DCHECK(in.size() == out.size());
  std::transform(in.begin(), in.end(), out.begin(), [](f16 x) { return to_float(x); });
}
void convert(std::span<const bf16> in, std::span<float> out) noexcept {
  AKIN_DCHECK(in.size() == out.size());
  std::transform(in.begin(), in.end(), out.begin(), [](bf16 x) { return to_float(x); });
}

float quantize_row(std::span<const float> in, std::span<std::int8_t> out) noexcept {
  AKIN_DCHECK(in.size() == out.size());
  float largest = 0;
  for (const float x : in) largest = std::max(largest, std::abs(x));
  const float inverse = largest > 0 ? 127.0F / largest : 0.0F;
  for (std::size_t i = 0; i < in.size(); ++i) out[i] = static_cast<std::int8_t>(std::nearbyint(in[i] * inverse));
  return largest / 127.0F;
}

void dequantize_row(std::span<const std::int8_t> in, float scale, std::span<float> out) noexcept {
  for (std::size_t i = 0; i < in.size(); ++i) out[i] = static_cast<float>(in[i]) * scale;
}

void dequantize_q8_0(std::span<const std::byte> in, std::span<float> out) noexcept {
  AKIN_DCHECK(out.size() % 32 == 0 && in.size() == out.size() / 32 * 34);
  for (std::size_t block = 0; block < out.size() / 32; ++block) {
    f16 scale;
    std::memcpy(&scale, in.data() + block * 34, 2);
    for (std::size_t i = 0; i < 32; ++i) {
      out[block * 32 + i] = to_float(scale) * static_cast<float>(static_cast<std::int8_t>(in[block * 34 + 2 + i]));
    }
  }
}

}  // namespace akin::kernels
