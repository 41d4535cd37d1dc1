// Each kind of code gives products near those of the floats: as near as its bits can tell.
#include "code_scan.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "akin/base/error.h"
#include "akin/base/rng.h"
#include "akin/kernels/distance.h"
#include "akin/space/normalize.h"

namespace akin {
namespace {

constexpr std::size_t kRows = 600, kDim = 200;

Matrix<float> unit_rows(std::size_t n, std::uint64_t seed) {
  Rng rng(seed);
  Matrix<float> rows(n, kDim);
  for (std::size_t i = 0; i < rows.size(); ++i) rows.data()[i] = rng.normal();
  for (std::size_t r = 0; r < n; ++r) normalize(rows.row(r));
  return rows;
}

std::vector<float> all_products(const CodeScan& scan, std::span<const float> query, std::size_t n) {
  std::vector<float> out(n);
  const auto pass = scan.begin(query);
  for (std::size_t first = 0; first < n; first += CodeScan::kBlockRows)
    pass->products(first, std::span(out).subspan(first, std::min(CodeScan::kBlockRows, n - first)));
  return out;
}

double largest_error(SearchCode code) {
  Context context(2);
  const Matrix<float> rows = unit_rows(kRows, 1), query = unit_rows(1, 2);
  const auto scan = make_code_scan(code, VectorSet(rows.view()), {}, context);
  const std::vector<float> products = all_products(*scan, query.row(0), kRows);
  double largest = 0;
  for (std::size_t r = 0; r < kRows; ++r)
    largest = std::max(largest, static_cast<double>(std::abs(products[r] - kernels::dot(query.row(0), rows.row(r)))));
  return largest;
}

TEST(CodeScan, OfBinary16IsAsNearAsElevenBits) { EXPECT_LT(largest_error(SearchCode::f16), 0x1p-11); }

TEST(CodeScan, OfBfloat16IsAsNearAsEightBits) { EXPECT_LT(largest_error(SearchCode::bf16), 0x1p-8); }

// Half a step of 1/127 of the largest number (about 3.5 standard deviations), over sqrt(dim) independent dimensions of both sides.
TEST(CodeScan, OfBytesIsAsNearAsTheirSteps) {
  EXPECT_LT(largest_error(SearchCode::i8), 5 * 3.5 / 127 / std::sqrt(static_cast<double>(kDim)));
}

// Five standard deviations of 0.76 / sqrt(dim) (bit_codes_test.cc).
TEST(CodeScan, OfOneBitIsAsNearAsThePaperTells) { EXPECT_LT(largest_error(SearchCode::rabitq), 5 / std::sqrt(static_cast<double>(kDim))); }

TEST(CodeScan, OfSignsCountsTheDimensionsThatDiffer) {
  Context context(1);
  const Matrix<float> rows = unit_rows(kRows, 3), query = unit_rows(1, 4);
  const auto scan = make_code_scan(SearchCode::bit, VectorSet(rows.view()), {}, context);
  const std::vector<float> products = all_products(*scan, query.row(0), kRows);
  for (std::size_t r = 0; r < kRows; ++r) {
    float differ = 0;
    for (std::size_t i = 0; i < kDim; ++i) differ += static_cast<float>((query(0, i) > 0) != (rows(r, i) > 0));
    EXPECT_EQ(products[r], -differ) << r;
  }
}

TEST(CodeScan, KeepsAboutTheBytesThatItsKindTells) {
  Context context(1);
  const Matrix<float> rows = unit_rows(kRows, 5);
  for (const SearchCode code : {SearchCode::f16, SearchCode::bf16, SearchCode::i8, SearchCode::rabitq, SearchCode::bit}) {
    const double bytes = static_cast<double>(make_code_scan(code, VectorSet(rows.view()), {}, context)->n_bytes()) / kRows;
    // A code's share of the centre, of a block's bounds and of a panel's empty rows.
    EXPECT_NEAR(bytes, static_cast<double>(bytes_of(code, kDim)), 8) << name_of(code);
  }
}

TEST(CodeScan, RefusesARowThatIsNotFiniteNamingTheFirst) {
  Context context(2);
  Matrix<float> rows = unit_rows(kRows, 6);
  rows(444, 3) = std::numeric_limits<float>::quiet_NaN();
  rows(17, 9) = std::numeric_limits<float>::infinity();
  for (const SearchCode code : {SearchCode::f16, SearchCode::i8, SearchCode::rabitq, SearchCode::bit}) {
    try {
      (void)make_code_scan(code, VectorSet(rows.view()), {}, context);
      ADD_FAILURE() << name_of(code) << " took it";
    } catch (const Error& error) {
      EXPECT_STREQ(error.what(), "row 17 holds a number that is not finite");
    }
  }
}

}  // namespace
}  // namespace akin
