// Any bytes as a picture file: refused with an Error or decoded, then resized and made numbers.
#include <cstddef>
#include <cstdint>
#include <span>

#include "akin/base/error.h"
#include "akin/image/image.h"
#include "akin/image/image_processor.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  akin::ImageProcessorSpec spec;
  spec.resize = akin::ResizeRule::shortest_edge;
  spec.shortest = 8;
  spec.crop_width = spec.crop_height = 8;
  spec.std = {1, 1, 1};
  try {
    const akin::Image image = akin::decode_image(std::as_bytes(std::span(data, size)), "fuzz", {.max_pixels = 1 << 18});
    const akin::ImageProcessor processor(spec);
    if (processor.numbers(processor.fit(image)).values.size() != 3 * 8 * 8) __builtin_trap();
  } catch (const akin::Error&) {
  }
  return 0;
}
