// Any bytes as the curve of a training: refused with an Error, or the points of its first steps, in order.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "akin/base/error.h"
#include "lm_checkpoint.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto curve = akin::parse_lm_curve({reinterpret_cast<const char*>(data), size}, 3, "fuzz");
    if (curve.size() != 3 || curve[2].step != 3) __builtin_trap();
  } catch (const akin::Error&) {
  }
  return 0;
}
