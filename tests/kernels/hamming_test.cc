// Hamming distances on every CPU target against the bit-by-bit loop.
#include "akin/kernels/hamming.h"

#include <gtest/gtest.h>

#include <vector>

#include "akin/base/rng.h"
#include "akin/kernels/target.h"
#include "distance_reference.h"

namespace akin::kernels {
namespace {

std::vector<std::uint8_t> random_bytes(std::size_t n, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<std::uint8_t> bytes(n);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(rng.next() >> 56);
  return bytes;
}

TEST(Hamming, EqualsTheReferenceForEverySizeAndMisalignmentOnEveryTarget) {
  constexpr std::size_t kMax = 2 * 64 + 1;
  const std::vector<std::uint8_t> a = random_bytes(kMax + 8, 1), b = random_bytes(kMax + 8, 2);
  for_each_target([&](std::string_view target) {
    for (std::size_t n = 0; n <= kMax; ++n)
      for (std::size_t shift = 0; shift < 8; ++shift) {
        const auto x = std::span(a).subspan(shift, n), y = std::span(b).subspan(7 - shift, n);
        EXPECT_EQ(hamming(x, y), reference::hamming(x, y)) << target << " n " << n << " shift " << shift;
      }
  });
}

TEST(Hamming, OfABlockEqualsEachPair) {
  const std::vector<std::uint8_t> query = random_bytes(48, 3), data = random_bytes(20 * 50, 4);
  const MatrixView<const std::uint8_t> codes(data.data(), 20, 48, 50);
  for_each_target([&](std::string_view target) {
    std::vector<std::uint32_t> out(20);
    hamming_rows(query, codes, out);
    for (std::size_t r = 0; r < 20; ++r) EXPECT_EQ(out[r], reference::hamming(query, codes.row(r))) << target << " row " << r;
  });
}

TEST(Hamming, CountsEveryBitOfOppositeCodes) {
  const std::vector<std::uint8_t> zeros(100, 0x00), ones(100, 0xFF);
  for_each_target([&](std::string_view target) {
    EXPECT_EQ(hamming(zeros, ones), 800U) << target;
    EXPECT_EQ(hamming(ones, ones), 0U) << target;
  });
}

}  // namespace
}  // namespace akin::kernels
