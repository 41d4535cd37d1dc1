// The three functions that Highway's headers ask of its library, so that the library is not linked: its static constructors measure the
// resolution of the clock, 2 to 3 ms of every start of a program. What counts as a target is as in Highway 1.0 (hwy/targets.cc), which the
// test asks too. Tested by highway_targets_test.cc.
#include <atomic>
#include <cstdint>

#include "hwy/highway.h"

#if HWY_ARCH_X86
#include <cpuid.h>
#elif HWY_ARCH_ARM_A64
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace hwy {
namespace {

#if HWY_ARCH_X86

// __builtin_cpu_supports() asks the system too, whether it keeps the wide registers of a thread.
bool has_sse4() { return __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("aes"); }

/// Half floats and LZCNT have no name in every compiler's list; both came with or before AVX2, whose support by the system is asked.
bool has_f16c_and_lzcnt() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & (1U << 29)) == 0) return false;
  return __get_cpuid(0x80000001U, &a, &b, &c, &d) != 0 && (c & (1U << 5)) != 0;
}

bool has_avx2() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi") &&
         __builtin_cpu_supports("bmi2") && has_f16c_and_lzcnt();
}

bool has_avx3() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512bw");
}

/// VBMI, VBMI2, GFNI, VAES, VPCLMULQDQ, VNNI, BITALG and VPOPCNTDQ: more of the registers that has_avx3() asks the system for, and not all
/// of them have a name in every compiler's list.
bool has_avx3_dl() {
  constexpr unsigned kAll = 1U << 1 | 1U << 6 | 1U << 8 | 1U << 9 | 1U << 10 | 1U << 11 | 1U << 12 | 1U << 14;
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (c & kAll) == kAll;
}

std::int64_t detected() {
  __builtin_cpu_init();
  std::int64_t targets = HWY_ENABLED_BASELINE;
  if (!has_sse4()) return targets;
  targets |= HWY_SSSE3 | HWY_SSE4;
  if (!has_avx2()) return targets;
  targets |= HWY_AVX2;
  if (!has_avx3()) return targets;
  targets |= HWY_AVX3;
  if (has_avx3_dl()) targets |= HWY_AVX3_DL;
  return targets;
}

#elif HWY_ARCH_ARM_A64 && HWY_HAVE_RUNTIME_DISPATCH

std::int64_t detected() {
  std::int64_t targets = HWY_ENABLED_BASELINE;
  const unsigned long first = ::getauxval(AT_HWCAP), second = ::getauxval(AT_HWCAP2);
  if ((first & HWCAP_AES) != 0) targets |= HWY_NEON;
#if defined(HWCAP_SVE)
  if ((first & HWCAP_SVE) != 0) targets |= HWY_SVE;
#endif
#if defined(HWCAP2_SVE2) && defined(HWCAP2_SVEAES)
  if ((second & HWCAP2_SVE2) != 0 && (second & HWCAP2_SVEAES) != 0) targets |= HWY_SVE2;
#endif
  return targets;
}

#else

std::int64_t detected() { return HWY_ENABLED_BASELINE; }

#endif

std::atomic<std::int64_t> only{0};

}  // namespace

std::int64_t SupportedTargets() {
  static const std::int64_t here = detected() | HWY_STATIC_TARGET;
  const std::int64_t forced = only.load(std::memory_order_relaxed);
  return forced != 0 ? forced : here;
}

void SetSupportedTargetsForTest(std::int64_t targets) { only.store(targets, std::memory_order_relaxed); }

ChosenTarget& GetChosenTarget() {
  static ChosenTarget chosen;
  return chosen;
}

}  // namespace hwy
