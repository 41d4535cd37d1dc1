// From pixels of any size to the numbers that a model reads, as the reference's image processors (transformers' slow ones, on PIL) do it:
// resize, cut out the middle, scale to 0 … 1, subtract a mean and divide. What is done and in which sizes stands in the model folder's
// preprocessor_config.json (or, written by newer versions, processor_config.json). Tested by image_processor_test.cc.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "akin/image/image.h"
#include "akin/image/resize.h"

namespace akin {

/// Which size a picture is brought to before the middle is cut out.
enum class ResizeRule {
  none,
  exact,          ///< to width × height, whatever its proportions
  shortest_edge,  ///< the shorter side to `shortest`, the other in proportion
  longest_edge,   ///< the longer side to `longest`, the other in proportion
};

struct ImageProcessorSpec {
  ResizeRule resize = ResizeRule::exact;
  std::size_t width = 0, height = 0, shortest = 0, longest = 0;
  Resample resample = Resample::bicubic;
  std::size_t crop_width = 0, crop_height = 0;  ///< 0: nothing is cut; a picture that is smaller is put in the middle of black
  double rescale = 1.0 / 255;                   ///< 0: numbers stay 0 … 255
  bool normalize = true;
  std::array<float, 3> mean{}, std{};
};

/// Pixels as the model sees them, one byte a number: what is left is arithmetic on single numbers.
struct FittedImage {
  Image pixels;
};

/// (3, height, width) numbers, channel by channel, row by row.
struct ImageNumbers {
  std::vector<float> values;
  std::size_t height = 0, width = 0;
};

class ImageProcessor {
 public:
  explicit ImageProcessor(const ImageProcessorSpec& spec);
  /// `json`: the content of preprocessor_config.json, `where` its name for messages. Throws Error{corrupt} naming the key,
  /// Error{unsupported} for an image_processor_type that akin does not know or an option that changes pixels in another way.
  static ImageProcessor from_json(std::string_view json, const std::string& where);
  /// Of a model folder. Throws Error{not_found} if it has no such file.
  static ImageProcessor from_folder(const std::filesystem::path& folder);

  [[nodiscard]] const ImageProcessorSpec& spec() const noexcept { return spec_; }
  /// All that decides the numbers in one line: the processor's part of a fingerprint.
  [[nodiscard]] std::string text() const;

  /// Resized and cut. Throws Error{limit} for a picture so narrow that it would become a gigantic one.
  [[nodiscard]] FittedImage fit(const Image& image) const;
  [[nodiscard]] ImageNumbers numbers(const FittedImage& image) const;

 private:
  ImageProcessorSpec spec_;
  std::array<std::array<float, 256>, 3> table_{};  ///< the number of each byte, by channel
};

}  // namespace akin
