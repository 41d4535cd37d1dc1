// Any bytes as a safetensors file: refused with an Error or read, every number that is handed out included.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "akin/base/error.h"
#include "akin/formats/safetensors.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto file = akin::view_safetensors(std::as_bytes(std::span(data, size)), "fuzz.safetensors");
    for (const akin::TensorView& tensor : file->tensors()) {
      if (tensor.size() == 0) continue;
      std::vector<float> row(tensor.shape.empty() ? 1 : tensor.shape.back());
      for (std::size_t r = 0; r < tensor.size() / row.size(); ++r) tensor.row_to_float(r, row);
    }
  } catch (const akin::Error&) {
  }
  return 0;
}
