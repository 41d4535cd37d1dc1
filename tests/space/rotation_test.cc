// A rotation keeps lengths and products and spreads what is in one dimension.
#include "akin/space/rotation.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "akin/base/error.h"
#include "akin/base/rng.h"
#include "akin/kernels/distance.h"

namespace akin {
namespace {

std::vector<float> random_vector(std::size_t dim, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<float> v(dim);
  for (float& x : v) x = rng.normal();
  return v;
}

TEST(Rotation, KeepsLengthsAndProducts) {
  for (const std::size_t dim : {1, 2, 3, 5, 63, 64, 65, 384, 1000}) {
    const Rotation rotation(dim, 1);
    const std::vector<float> a = random_vector(dim, 2), b = random_vector(dim, 3);
    std::vector<float> x = a, y = b;
    rotation.apply(x);
    rotation.apply(y);
    // Four rounds of up to ten additions each lose some units in the last place of the lengths' product.
    const float size = std::sqrt(kernels::dot(a, a) * kernels::dot(b, b));
    EXPECT_NEAR(kernels::dot(x, y), kernels::dot(a, b), 1e-5F * size) << dim;
    EXPECT_NEAR(kernels::dot(x, x), kernels::dot(a, a), 1e-5F * kernels::dot(a, a)) << dim;
  }
}

TEST(Rotation, SpreadsOneDimensionOverAll) {
  for (const std::size_t dim : {64, 384, 1000}) {
    const Rotation rotation(dim, 1);
    for (std::size_t i = 0; i < dim; i += dim / 5) {
      std::vector<float> v(dim);
      v[i] = 1;
      rotation.apply(v);
      float largest = 0;
      for (const float x : v) largest = std::max(largest, std::abs(x));
      EXPECT_LT(largest, 0.5F) << dim << " dimension " << i;
    }
  }
}

TEST(Rotation, IsTheSameForASeedAndAnotherForAnother) {
  std::vector<float> a = random_vector(100, 4), b = a, c = a;
  Rotation(100, 7).apply(a);
  Rotation(100, 7).apply(b);
  Rotation(100, 8).apply(c);
  EXPECT_EQ(a, b);
  EXPECT_NE(a, c);
}

TEST(Rotation, OfNothingIsRefused) { EXPECT_THROW(Rotation(0, 1), Error); }

}  // namespace
}  // namespace akin
