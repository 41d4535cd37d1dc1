// What the tests of the row kernels share: every size around a few vectors, every misalignment, random numbers with the hard ones mixed in.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "akin/base/rng.h"
#include "akin/kernels/target.h"

namespace akin::kernels {

/// Calls body(target, numbers) for every target, sizes 0 … 2 · 16 + 1 and some longer, at four misalignments of 4 bytes.
template <class Body>
void for_each_row(float scale, const Body& body) {
  std::vector<std::size_t> sizes;
  for (std::size_t n = 0; n <= 33; ++n) sizes.push_back(n);
  for (const std::size_t n : {47, 64, 100, 384, 1000, 1536}) sizes.push_back(n);
  for_each_target([&](std::string_view target) {
    for (const std::size_t n : sizes) {
      for (std::size_t shift = 0; shift < 4; ++shift) {
        std::vector<float> buffer(n + shift);
        Rng rng(n * 4 + shift);
        for (float& x : buffer) x = rng.normal() * scale;
        body(target, std::span<float>(buffer).subspan(shift));
      }
    }
  });
}

inline std::vector<double> to_double(std::span<const float> x) { return {x.begin(), x.end()}; }

}  // namespace akin::kernels
