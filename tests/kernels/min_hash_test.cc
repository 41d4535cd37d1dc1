#include "akin/kernels/min_hash.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "akin/base/rng.h"
#include "akin/kernels/target.h"

namespace akin::kernels {
namespace {

std::vector<std::uint32_t> numbers(std::size_t n, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<std::uint32_t> out(n);
  for (std::uint32_t& x : out) x = static_cast<std::uint32_t>(rng.next());
  return out;
}

TEST(MinHash, IsTheLeastValueOfEachFunction) {
  for_each_target([](std::string_view target) {
    for (const std::size_t n_keys : {0, 1, 2, 17, 100})
      for (const std::size_t n : {0, 1, 3, 4, 8, 15, 16, 17, 31, 48, 63, 64, 65, 200}) {
        const auto keys = numbers(n_keys, n), multipliers = numbers(n, n_keys + 1), addends = numbers(n, 3);
        std::vector<std::uint32_t> mins(n + 1, 77);
        min_hash(keys, multipliers, addends, std::span(mins).first(n));
        for (std::size_t f = 0; f < n; ++f) {
          std::uint32_t least = 0xFFFF'FFFF;
          for (const std::uint32_t key : keys)
            least =
                std::min(least, static_cast<std::uint32_t>((std::uint64_t{multipliers[f]} * key + addends[f]) % (std::uint64_t{1} << 32)));
          ASSERT_EQ(mins[f], least) << target << " " << n_keys << " keys, function " << f << " of " << n;
        }
        ASSERT_EQ(mins[n], 77U) << target;
      }
  });
}

}  // namespace
}  // namespace akin::kernels
