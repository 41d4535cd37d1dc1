// The target in use as Highway's bit, for the kernels' own choices: cheap enough for every call. See akin/kernels/target.h.
#pragma once

#include <cstdint>

namespace akin::kernels {

std::int64_t target_bit() noexcept;

}  // namespace akin::kernels
