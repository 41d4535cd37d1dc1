// The passes of fft.h, compiled once a CPU target.
#include "akin/kernels/fft.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <utility>

#include "akin/base/error.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "fft.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
// After foreach_target.
#include "vector_math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

struct Complex {
  FloatVec re, im;

  HWY_INLINE Complex operator+(const Complex& o) const { return {hn::Add(re, o.re), hn::Add(im, o.im)}; }
  HWY_INLINE Complex operator-(const Complex& o) const { return {hn::Sub(re, o.re), hn::Sub(im, o.im)}; }
  HWY_INLINE Complex operator*(const Complex& o) const {
    return {hn::NegMulAdd(im, o.im, hn::Mul(re, o.re)), hn::MulAdd(re, o.im, hn::Mul(im, o.re))};
  }
  /// −i times it.
  [[nodiscard]] HWY_INLINE Complex turned() const { return {im, hn::Neg(re)}; }
  [[nodiscard]] HWY_INLINE Complex scaled(float by) const {
    return {hn::Mul(re, hn::Set(FloatTag(), by)), hn::Mul(im, hn::Set(FloatTag(), by))};
  }
};

/// What the passes work on: the table, and two rooms for the numbers.
struct FftWork {
  std::size_t length;
  const float *cosines, *sines;
  float *re, *im, *other_re, *other_im;
};

/// One pass: `stride` sequences of `length` numbers lie interleaved in the first room; each becomes several of a part of its length in the
/// other.
struct Pass {
  const FftWork& work;
  std::size_t length, stride;

  [[nodiscard]] HWY_INLINE Complex load(std::size_t at) const {
    const FloatTag d;
    return {hn::LoadU(d, work.re + at), hn::LoadU(d, work.im + at)};
  }
  HWY_INLINE void store(const Complex& x, std::size_t at) const {
    const FloatTag d;
    hn::StoreU(x.re, d, work.other_re + at);
    hn::StoreU(x.im, d, work.other_im + at);
  }
  /// e^(−2πi · p / length)
  [[nodiscard]] HWY_INLINE Complex root(std::size_t p) const {
    const FloatTag d;
    const std::size_t at = p * (work.length / length);
    return {hn::Set(d, work.cosines[at]), hn::Set(d, -work.sines[at])};
  }

  HWY_INLINE void by_four() const {
    const std::size_t quarter = length / 4, width = stride * kFftLanes;
    for (std::size_t p = 0; p < quarter; ++p) {
      const Complex w1 = root(p), w2 = root(2 * p), w3 = root(3 * p);
      for (std::size_t q = 0; q < width; q += n_lanes()) {
        const Complex a = load(p * width + q), b = load((p + quarter) * width + q);
        const Complex c = load((p + 2 * quarter) * width + q), e = load((p + 3 * quarter) * width + q);
        const Complex even = a + c, even_less = a - c, odd = b + e, odd_less = (b - e).turned();
        store(even + odd, 4 * p * width + q);
        store((even_less + odd_less) * w1, (4 * p + 1) * width + q);
        store((even - odd) * w2, (4 * p + 2) * width + q);
        store((even_less - odd_less) * w3, (4 * p + 3) * width + q);
      }
    }
  }
  HWY_INLINE void by_three() const {
    constexpr float kHalfRootOfThree = 0.866025404F;
    const std::size_t third = length / 3, width = stride * kFftLanes;
    for (std::size_t p = 0; p < third; ++p) {
      const Complex w1 = root(p), w2 = root(2 * p);
      for (std::size_t q = 0; q < width; q += n_lanes()) {
        const Complex a = load(p * width + q), b = load((p + third) * width + q), c = load((p + 2 * third) * width + q);
        const Complex sum = b + c, across = (b - c).turned().scaled(kHalfRootOfThree), middle = a - sum.scaled(0.5F);
        store(a + sum, 3 * p * width + q);
        store((middle + across) * w1, (3 * p + 1) * width + q);
        store((middle - across) * w2, (3 * p + 2) * width + q);
      }
    }
  }
  HWY_INLINE void by_two() const {
    const std::size_t half = length / 2, width = stride * kFftLanes;
    for (std::size_t p = 0; p < half; ++p) {
      const Complex w1 = root(p);
      for (std::size_t q = 0; q < width; q += n_lanes()) {
        const Complex a = load(p * width + q), b = load((p + half) * width + q);
        store(a + b, 2 * p * width + q);
        store((a - b) * w1, (2 * p + 1) * width + q);
      }
    }
  }
};

/// `rooms`: real and imaginary parts, and as much room beside them, in which the result lies if the answer is yes.
bool fft_passes(const FftTable& table, float* const rooms[4]) {
  FftWork work{table.length(), table.cosines.data(), table.sines.data(), rooms[0], rooms[1], rooms[2], rooms[3]};
  bool is_other = false;
  for (std::size_t length = work.length, stride = 1; length > 1; is_other = !is_other) {
    const Pass pass{work, length, stride};
    const std::size_t radix = length % 4 == 0 ? 4 : length % 3 == 0 ? 3 : 2;
    radix == 4 ? pass.by_four() : radix == 3 ? pass.by_three() : pass.by_two();
    length /= radix;
    stride *= radix;
    std::swap(work.re, work.other_re);
    std::swap(work.im, work.other_im);
  }
  return is_other;
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin::kernels {

HWY_EXPORT(fft_passes);

std::size_t fft_length(std::size_t n) {
  require(n <= kMostFft, "Fourier transform: more than 2^20 numbers");
  std::size_t best = 4 * kMostFft;
  for (std::size_t threes = 1; threes < 2 * n; threes *= 3) {
    std::size_t length = 4 * threes;
    while (length < n) length *= 2;
    best = std::min(best, length);
  }
  return best;
}

FftTable::FftTable(std::size_t length) : cosines(length), sines(length) {
  AKIN_DCHECK(length == fft_length(length));
  for (std::size_t i = 0; i < length; ++i) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(length);
    cosines[i] = static_cast<float>(std::cos(angle));
    sines[i] = static_cast<float>(std::sin(angle));
  }
}

void FftRows::forward() {
  float* const rooms[] = {at(re_), at(im_), at(other_re_), at(other_im_)};
  if (!HWY_DYNAMIC_DISPATCH(fft_passes)(*table_, rooms)) return;
  std::swap(re_, other_re_);
  std::swap(im_, other_im_);
}

void FftRows::backward() {
  // The transform of i · conjugate is i · conjugate of the transform the other way.
  std::swap(re_, im_);
  std::swap(other_re_, other_im_);
  forward();
  std::swap(re_, im_);
  std::swap(other_re_, other_im_);
}

}  // namespace akin::kernels
#endif
