// Any bytes as a GGUF file: refused with an Error or read, every metadata value and every number that is handed out included.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "akin/base/error.h"
#include "akin/formats/gguf.h"

namespace {

void read(const akin::GgufValue& value) {
  static_cast<void>(value.as_boolean());
  static_cast<void>(value.as_number());
  if (const auto text = value.as_string()) static_cast<void>(text->find('x'));
  for (const akin::GgufValue& element : value.elements()) read(element);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const akin::GgufFile file(std::as_bytes(std::span(data, size)), "fuzz.gguf");
    for (const akin::GgufEntry& entry : file.metadata()) read(entry.value);
    for (const akin::TensorView& tensor : file.tensors()) {
      if (tensor.size() == 0) continue;
      std::vector<float> row(tensor.shape.empty() ? 1 : tensor.shape.back());
      for (std::size_t r = 0; r < tensor.size() / row.size(); ++r) tensor.row_to_float(r, row);
    }
  } catch (const akin::Error&) {
  }
  return 0;
}
