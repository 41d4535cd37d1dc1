// Any bytes as a map that was kept: refused with an Error or read, and then rows are put on it.
#include <cstddef>
#include <cstdint>
#include <span>

#include "akin/analysis/saved_map.h"
#include "akin/base/error.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static akin::Context context(1);
  try {
    const akin::SavedMap map = akin::read_map(std::as_bytes(std::span(data, size)), "fuzz.safetensors");
    const akin::Matrix<float> rows(2, map.rows.cols());
    akin::place_on_map(map, rows.view(), context);
  } catch (const akin::Error&) {
  }
  return 0;
}
