// Any bytes as preprocessor_config.json: refused with an Error, or a processor that prepares a small picture within the bounds.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "akin/base/error.h"
#include "akin/image/image_processor.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const std::string_view json(reinterpret_cast<const char*>(data), size);
    const akin::ImageProcessor processor = akin::ImageProcessor::from_json(json, "fuzz.json");
    const akin::ImageProcessorSpec& spec = processor.spec();
    // A large size is no fault, only slow.
    if (spec.width > 64 || spec.height > 64 || spec.shortest > 64 || spec.longest > 64 || spec.crop_width > 64 || spec.crop_height > 64)
      return 0;
    akin::Image image{akin::Matrix<std::uint8_t>(3, 3 * 5)};
    if (processor.numbers(processor.fit(image)).values.empty()) __builtin_trap();
  } catch (const akin::Error&) {
  }
  return 0;
}
