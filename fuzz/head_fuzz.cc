// Any bytes as a head: refused with an Error or read, and then asked.
#include <cstddef>
#include <cstdint>
#include <span>

#include "akin/analysis/head.h"
#include "akin/base/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static akin::Context context(1);
  try {
    const akin::Head head = akin::read_head(std::as_bytes(std::span(data, size)), "fuzz.safetensors");
    const akin::Matrix<float> rows(2, head.dim());
    akin::head_probabilities(head, rows.view(), context);
  } catch (const akin::Error&) {
  }
  return 0;
}
