// Counting bits of codes, shared by the kernels' .cc and -inl.h files, included once a target. Codes are short (48 bytes for 384 bits), so
// the words that fill no vector are loaded as a part of one.
#if defined(AKIN_KERNELS_BITS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef AKIN_KERNELS_BITS_INL_H_
#undef AKIN_KERNELS_BITS_INL_H_
#else
#define AKIN_KERNELS_BITS_INL_H_
#endif

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using WordTag = hn::ScalableTag<std::uint64_t>;
constexpr std::size_t kWordBytes = sizeof(std::uint64_t);

/// Σ over all words w of the codes: count(load) in vectors, where load(p) gives the words of the code p at the place in turn, plus
/// count_word(load) for what is shorter than a vector and cannot be loaded as a part of one. `count` maps a loader to a vector of sums,
/// `count_word` to a sum.
template <class Count, class CountWord>
HWY_INLINE std::uint64_t count_words(std::size_t n_bytes, [[maybe_unused]] const Count& count, const CountWord& count_word) {
  std::uint64_t total = 0;
  std::size_t i = 0;
#if HWY_TARGET != HWY_SCALAR
  const WordTag d;
  constexpr std::size_t kVectorBytes = hn::MaxLanes(WordTag()) * kWordBytes;
  auto sum = hn::Zero(d);
  for (; i + kVectorBytes <= n_bytes; i += kVectorBytes) {
    sum = hn::Add(sum, count([&](const std::uint8_t* p) HWY_ATTR {
                    const hn::Repartition<std::uint8_t, WordTag> bytes;
                    return hn::BitCast(WordTag(), hn::LoadU(bytes, p + i));
                  }));
  }
#if !HWY_MEM_OPS_MIGHT_FAULT
  if (const std::size_t n_words = (n_bytes - i) / kWordBytes; n_words > 0) {
    const auto part = hn::FirstN(d, n_words);
    // The instruction asks for no alignment.
    sum = hn::Add(
        sum, count([&](const std::uint8_t* p) HWY_ATTR { return hn::MaskedLoad(part, d, reinterpret_cast<const std::uint64_t*>(p + i)); }));
    i += n_words * kWordBytes;
  }
#endif
  total = hn::GetLane(hn::SumOfLanes(d, sum));
#endif
  for (; i < n_bytes; i += kWordBytes) {
    total += count_word([&](const std::uint8_t* p) {
      std::uint64_t word = 0;
      std::memcpy(&word, p + i, n_bytes - i < kWordBytes ? n_bytes - i : kWordBytes);
      return word;
    });
  }
  return total;
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // AKIN_KERNELS_BITS_INL_H_
