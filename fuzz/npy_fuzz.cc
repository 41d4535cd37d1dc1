// Any bytes as a .npy file: refused with an Error or read, every number included.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "akin/base/error.h"
#include "akin/formats/npy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const akin::NpyFile file(std::as_bytes(std::span(data, size)), "fuzz.npy");
    const akin::TensorView& tensor = file.tensor();
    if (tensor.size() == 0) return 0;
    std::vector<float> row(tensor.shape.empty() ? 1 : tensor.shape.back());
    for (std::size_t r = 0; r < tensor.size() / row.size(); ++r) tensor.row_to_float(r, row);
  } catch (const akin::Error&) {
  }
  return 0;
}
