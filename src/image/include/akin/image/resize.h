// Resizing as PIL's Image.resize() does it, bit for bit: every pixel of the result is a weighted mean of those under the filter's window,
// which is widened when a picture shrinks (so that nothing aliases); first along rows, then along columns (the other way round where Pillow
// 13 does), in fixed point with 22 bits and bytes between. Tested by resize_test.cc against PIL.
#pragma once

#include <cstddef>

#include "akin/image/image.h"

namespace akin {

/// PIL's filters; the numbers are those that preprocessor_config.json calls them by.
enum class Resample { nearest = 0, lanczos = 1, bilinear = 2, bicubic = 3, box = 4, hamming = 5 };

/// Throws Error{invalid_argument} if a side is 0, Error{limit} if memory does not suffice. O((w·H + w·h) · window).
Image resize(const Image& image, std::size_t width, std::size_t height, Resample filter);

}  // namespace akin
