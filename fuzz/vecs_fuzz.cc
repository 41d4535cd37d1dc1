// Any bytes as an .fvecs, .ivecs or .bvecs file (the first byte says which): refused with an Error or read, every number included.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "akin/base/error.h"
#include "akin/formats/vecs.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr const char* kNames[] = {"fuzz.fvecs", "fuzz.ivecs", "fuzz.bvecs"};
  if (size == 0) return 0;
  try {
    const akin::VecsFile file(std::as_bytes(std::span(data, size)).subspan(1), kNames[data[0] % 3]);
    std::vector<float> row(file.dim());
    for (std::size_t r = 0; r < file.rows(); ++r) file.row_to_float(r, row);
  } catch (const akin::Error&) {
  }
  return 0;
}
