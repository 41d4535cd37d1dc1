// Products of codes of picked rows on every CPU target: whole numbers, so the same as a plain loop to the last bit.
#include "akin/kernels/code_rows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "akin/base/rng.h"
#include "akin/kernels/target.h"

namespace akin::kernels {
namespace {

struct Case {
  int bits = 8;
  Matrix<std::int8_t> query;
  Matrix<std::int32_t> codes;  // of the rows, as numbers
  Matrix<std::uint8_t> rows;
  std::vector<std::uint32_t> ids;
};

Case make_case(int bits, std::size_t dim, std::size_t n_ids, bool extreme) {
  Rng rng(dim * 1000 + n_ids);
  constexpr std::size_t kRows = 40;
  Case c{bits,
         Matrix<std::int8_t>(1, code_query_size(dim)),
         Matrix<std::int32_t>(kRows, dim),
         Matrix<std::uint8_t>(kRows, code_row_bytes(dim, bits)),
         {}};
  const auto code = [&] { return extreme ? (rng.below(2) == 0 ? -127 : 127) : static_cast<int>(rng.below(255)) - 127; };
  for (std::size_t i = 0; i < dim; ++i) c.query(0, i) = static_cast<std::int8_t>(code());
  for (std::size_t r = 0; r < kRows; ++r)
    for (std::size_t i = 0; i < dim; ++i) {
      if (bits == 8) {
        c.codes(r, i) = code();
        c.rows(r, i) = static_cast<std::uint8_t>(c.codes(r, i) + kZeroCode);
      } else {
        const int nibble = extreme ? kLargestNibble : static_cast<int>(rng.below(16));
        c.codes(r, i) = 2 * nibble - kLargestNibble;
        c.rows(r, nibble_byte(i)) = static_cast<std::uint8_t>(c.rows(r, nibble_byte(i)) | nibble << (nibble_is_high(i) ? 4 : 0));
      }
    }
  for (std::size_t i = 0; i < n_ids; ++i) c.ids.push_back(static_cast<std::uint32_t>(rng.below(kRows)));
  return c;
}

void expect_exact(const Case& c, std::string_view target) {
  std::vector<std::int32_t> out(c.ids.size());
  const CodeRowQuery query{c.query.row(0), std::accumulate(c.query.row(0).begin(), c.query.row(0).end(), 0)};
  (c.bits == 8 ? code_row_dots : nibble_row_dots)(query, c.rows.view(), c.ids, out);
  for (std::size_t i = 0; i < c.ids.size(); ++i) {
    std::int32_t sum = 0;
    for (std::size_t j = 0; j < c.codes.cols(); ++j) sum += c.query(0, j) * c.codes(c.ids[i], j);
    ASSERT_EQ(out[i], sum) << target << ": " << c.bits << " bits, row " << i << " of " << c.ids.size() << ", dim " << c.codes.cols();
  }
}

TEST(CodeRowDots, EqualThePlainLoopOnEveryTarget) {
  for (const int bits : {4, 8})
    for (const std::size_t dim : {1, 64, 65, 128, 200, 384, 1000})
      for (const std::size_t n_ids : {0, 1, 2, 3, 4, 5, 8, 13, 64}) {
        const Case c = make_case(bits, dim, n_ids, false);
        for_each_target([&](std::string_view target) { expect_exact(c, target); });
      }
}

TEST(CodeRowDots, HoldTheLargestSumsWithoutSaturation) {
  // 65536 · 127 · 255 still fits 32 bits.
  for (const int bits : {4, 8}) {
    const Case c = make_case(bits, 65536, 7, true);
    for_each_target([&](std::string_view target) { expect_exact(c, target); });
  }
}

}  // namespace
}  // namespace akin::kernels
