// Which products the CPU computes itself: for whoever may choose the type. Tested by gemm_test.cc.
#pragma once

#include "akin/kernels/gemm.h"

namespace akin::kernels {

/// False: products of this type are f32 ones of the rounded numbers, no faster than those of f32.
bool has_native(GemmType type);

}  // namespace akin::kernels
