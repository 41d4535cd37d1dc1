// Pixels → a PNG file in memory: 8 bits a channel, RGB, one deflate stream (ISO/IEC 15948). Tested by png_test.cc.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "akin/plot/color.h"

namespace akin::plot {

/// `pixels`: rows · cols colours from the upper left. `per_metre`: pixels, told to those who print it; 0: not told.
/// Throws Error{invalid_argument} for no pixels or sides over 2^16.
std::string png_bytes(std::span<const Color> pixels, std::size_t cols, std::size_t rows, unsigned per_metre = 0);

}  // namespace akin::plot
