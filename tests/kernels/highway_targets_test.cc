#include <dlfcn.h>
#include <gtest/gtest.h>

#include <cstdint>

#include "akin/kernels/target.h"
#include "hwy/targets.h"

namespace akin::kernels {
namespace {

TEST(HighwayTargets, AreThoseThatHighwayFinds) {
  // Not linked, so that its own functions are only those of this handle.
  void* library = ::dlopen("libhwy.so.1", RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
  if (library == nullptr) GTEST_SKIP() << "skipped: Highway's shared library is not on this machine: " << ::dlerror();
  const auto supported = reinterpret_cast<std::int64_t (*)()>(::dlsym(library, "_ZN3hwy16SupportedTargetsEv"));
  ASSERT_NE(supported, nullptr);
  ASSERT_NE(supported, &hwy::SupportedTargets);
  use_target("");
  // Of the targets that the kernels are built for; the library knows more (SSSE3 alone, and what it has as a last resort).
  const std::int64_t ours = HWY_SSE4 | HWY_AVX2 | HWY_AVX3 | HWY_AVX3_DL | HWY_NEON | HWY_SVE | HWY_SVE2;
  EXPECT_EQ(hwy::SupportedTargets() & ours, supported() & ours);
  ::dlclose(library);
}

TEST(HighwayTargets, AreWhatATestAsksForAndThenAllAgain) {
  const std::int64_t all = hwy::SupportedTargets();
  hwy::SetSupportedTargetsForTest(HWY_STATIC_TARGET);
  EXPECT_EQ(hwy::SupportedTargets(), HWY_STATIC_TARGET);
  hwy::SetSupportedTargetsForTest(0);
  EXPECT_EQ(hwy::SupportedTargets(), all);
}

}  // namespace
}  // namespace akin::kernels
