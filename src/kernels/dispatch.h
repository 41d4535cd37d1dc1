// What every x.cc that runs vector code includes first: Highway with the AVX3_DL target (VNNI), which it leaves out unless asked for.
// x.cc: `#define HWY_TARGET_INCLUDE "x.cc"`, this header's foreach_target.h line, then the code in HWY_NAMESPACE.
#pragma once

// SSSE3 is left out: a CPU that has it and not SSE4 is from 2006, and runs the portable fallback.
#ifndef HWY_WANT_AVX3_DL
#define HWY_WANT_AVX3_DL
#define HWY_DISABLED_TARGETS HWY_SSSE3
#endif

#include "hwy/highway.h"
