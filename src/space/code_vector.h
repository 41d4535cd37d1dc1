// A vector as scale · code + error, with whole numbers from −127 to 127: what the tables of codes share. Tested through row_codes_test.cc
// and code_table_test.cc.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

namespace akin {

struct CodedVector {
  float scale = 0;
  double code_norm2 = 0;   ///< of the code itself
  double error_norm2 = 0;  ///< of what it leaves
  double norm2 = 0;
};

/// Writes code i through put(i, code). The scale makes the largest number ±127.
template <class Put>
CodedVector encode_vector(std::span<const float> v, const Put& put) {
  float largest = 0;
  CodedVector coded;
  for (const float x : v) largest = std::max(largest, std::abs(x));
  coded.scale = largest / 127;
  const float inverse = coded.scale > 0 ? 1 / coded.scale : 0;
  for (std::size_t i = 0; i < v.size(); ++i) {
    // A scale so small that its inverse is infinite gives NaN here: then the code is 0 and the whole number is its error.
    const float scaled = v[i] * inverse;
    const float code = std::abs(scaled) <= 128 ? std::clamp(std::nearbyint(scaled), -127.0F, 127.0F) : 0.0F;
    put(i, static_cast<int>(code));
    const double x = v[i], error = x - static_cast<double>(coded.scale) * code;
    coded.code_norm2 += static_cast<double>(code) * code;
    coded.error_norm2 += error * error;
    coded.norm2 += x * x;
  }
  return coded;
}

}  // namespace akin
