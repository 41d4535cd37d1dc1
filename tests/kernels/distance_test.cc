// Every form of every distance, on every CPU target, against the double-precision loops; and the promise that all forms give the same bits.
#include "akin/kernels/distance.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <vector>

#include "akin/base/rng.h"
#include "akin/kernels/target.h"
#include "distance_reference.h"

namespace akin::kernels {
namespace {

struct Forms {
  const char* name;
  float (*pair)(std::span<const float>, std::span<const float>) noexcept;
  void (*rows)(std::span<const float>, MatrixView<const float>, std::span<float>) noexcept;
  void (*selected)(std::span<const float>, MatrixView<const float>, std::span<const std::uint32_t>, std::span<float>) noexcept;
  void (*tile)(MatrixView<const float>, MatrixView<const float>, MatrixView<float>) noexcept;
  double (*reference)(std::span<const float>, std::span<const float>);
};

constexpr Forms kForms[] = {
    {"dot", dot, dot_rows, dot_selected, dot_tile, reference::dot},
    {"squared_l2", squared_l2, squared_l2_rows, squared_l2_selected, squared_l2_tile, reference::squared_l2},
    {"manhattan", manhattan, manhattan_rows, manhattan_selected, manhattan_tile, reference::manhattan},
};

// Twice the widest vector and one more.
constexpr std::size_t kMaxDim = 2 * 16 + 1;

std::vector<float> random_floats(std::size_t n, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<float> values(n);
  for (float& value : values) value = rng.normal();
  return values;
}

// Each addition and product rounds by at most half an ulp of a partial sum, which the sum of absolute terms bounds: dim + 2 of them.
double tolerance(const Forms& forms, std::span<const float> a, std::span<const float> b) {
  std::vector<float> x(a.begin(), a.end()), y(b.begin(), b.end());
  for (float& value : x) value = std::abs(value);
  for (float& value : y) value = -std::abs(value);
  return (static_cast<double>(a.size()) + 2) * std::abs(forms.reference(x, y)) * 0x1p-24;
}

TEST(Distance, OfAPairEqualsTheReferenceForEverySizeAndMisalignmentOnEveryTarget) {
  const std::vector<float> a = random_floats(kMaxDim + 4, 1), b = random_floats(kMaxDim + 4, 2);
  for_each_target([&](std::string_view target) {
    for (const Forms& forms : kForms)
      for (std::size_t dim = 0; dim <= kMaxDim; ++dim)
        for (std::size_t shift = 0; shift < 4; ++shift) {
          const auto x = std::span(a).subspan(shift, dim), y = std::span(b).subspan(3 - shift, dim);
          EXPECT_NEAR(forms.pair(x, y), forms.reference(x, y), tolerance(forms, x, y))
              << target << ' ' << forms.name << " dim " << dim << " shift " << shift;
        }
  });
}

TEST(Distance, ReadsNothingBeyondTheLastNumber) {
  for_each_target([&](std::string_view target) {
    for (const Forms& forms : kForms)
      for (std::size_t dim = 1; dim <= kMaxDim; ++dim) {
        // A heap block of exactly this size: the address sanitizer sees a read past it; a NaN behind it would show in the sum.
        std::vector<float> guarded = random_floats(dim + 16, 3);
        std::fill(guarded.begin() + static_cast<std::ptrdiff_t>(dim), guarded.end(), NAN);
        const auto x = std::span<const float>(guarded).first(dim);
        const std::vector<float> exact(x.begin(), x.end());
        EXPECT_EQ(forms.pair(x, exact), forms.pair(exact, exact)) << target << ' ' << forms.name << " dim " << dim;
      }
  });
}

TEST(Distance, OfABlockOfRowsHasTheBitsOfEachPair) {
  const std::vector<float> query = random_floats(kMaxDim, 4), data = random_floats(40 * (kMaxDim + 3) + 1, 5);
  for_each_target([&](std::string_view target) {
    for (const Forms& forms : kForms)
      for (std::size_t dim = 0; dim <= kMaxDim; ++dim)
        for (const std::size_t n : {0, 1, 3, 4, 5, 9, 33}) {
          const MatrixView<const float> rows(data.data() + 1, n, dim, kMaxDim + 3);
          const auto q = std::span(query).first(dim);
          std::vector<float> out(n);
          forms.rows(q, rows, out);
          for (std::size_t r = 0; r < n; ++r)
            EXPECT_EQ(out[r], forms.pair(q, rows.row(r))) << target << ' ' << forms.name << " dim " << dim << " row " << r << " of " << n;
        }
  });
}

TEST(Distance, OfSelectedRowsHasTheBitsOfEachPair) {
  const std::vector<float> query = random_floats(kMaxDim, 6), data = random_floats(40 * kMaxDim, 7);
  const std::vector<std::uint32_t> all = {0, 1, 2, 5, 7, 11, 12, 13, 20, 39};
  for_each_target([&](std::string_view target) {
    for (const Forms& forms : kForms)
      for (std::size_t dim = 0; dim <= kMaxDim; ++dim)
        for (std::size_t n = 0; n <= all.size(); ++n) {
          const MatrixView<const float> rows(data.data(), 40, dim, kMaxDim);
          const auto q = std::span(query).first(dim);
          const auto ids = std::span(all).first(n);
          std::vector<float> out(n);
          forms.selected(q, rows, ids, out);
          for (std::size_t i = 0; i < n; ++i)
            EXPECT_EQ(out[i], forms.pair(q, rows.row(ids[i]))) << target << ' ' << forms.name << " dim " << dim << " id " << ids[i];
        }
  });
}

TEST(Distance, OfATileHasTheBitsOfEachPairAndWritesNothingElse) {
  const std::vector<float> left = random_floats(30 * kMaxDim, 8), right = random_floats(30 * (kMaxDim + 1), 9);
  for_each_target([&](std::string_view target) {
    for (const Forms& forms : kForms)
      for (const std::size_t dim : {0, 1, 3, 4, 7, 8, 15, 16, 17, 32, 33})
        for (const std::size_t n_queries : {0, 1, 2, 3, 4, 5, 7, 12, 13, 26})
          for (const std::size_t n_rows : {0, 1, 3, 4, 5, 6, 7, 11, 13, 26}) {
            const MatrixView<const float> queries(left.data(), n_queries, dim, kMaxDim);
            const MatrixView<const float> rows(right.data() + 1, n_rows, dim, kMaxDim + 1);
            const std::size_t stride = n_rows + 2;
            std::vector<float> out(n_queries * stride, -7);
            forms.tile(queries, rows, MatrixView<float>(out.data(), n_queries, n_rows, stride));
            for (std::size_t q = 0; q < n_queries; ++q)
              for (std::size_t r = 0; r < stride; ++r)
                ASSERT_EQ(out[q * stride + r], r < n_rows ? forms.pair(queries.row(q), rows.row(r)) : -7)
                    << target << ' ' << forms.name << " dim " << dim << " pair " << q << ", " << r << " of " << n_queries << " x "
                    << n_rows;
          }
  });
}

TEST(Distance, OfLongRowsIsFoundAcrossPages) {
  // Rows longer than a page of memory, so that the reading ahead crosses several.
  const std::size_t dim = 3000, n = 9;
  const std::vector<float> query = random_floats(dim, 10), data = random_floats(n * dim, 11);
  std::vector<float> out(n);
  for (const Forms& forms : kForms) {
    forms.rows(query, {data.data(), n, dim}, out);
    for (std::size_t r = 0; r < n; ++r) {
      const auto row = std::span(data).subspan(r * dim, dim);
      EXPECT_NEAR(out[r], forms.reference(query, row), tolerance(forms, query, row)) << forms.name << " row " << r;
    }
  }
}

TEST(Distance, OfAVectorToItselfIsZero) {
  const std::vector<float> a = random_floats(384, 12);
  for_each_target([&](std::string_view target) {
    EXPECT_EQ(squared_l2(a, a), 0.0F) << target;
    EXPECT_EQ(manhattan(a, a), 0.0F) << target;
  });
}

TEST(Distance, CarriesANanAndAnInfinityThrough) {
  std::vector<float> a = random_floats(20, 13), b = random_floats(20, 14);
  a[17] = NAN;
  for_each_target([&](std::string_view target) {
    for (const Forms& forms : kForms) EXPECT_TRUE(std::isnan(forms.pair(a, b))) << target << ' ' << forms.name;
  });
  a[17] = INFINITY;
  for_each_target([&](std::string_view target) {
    for (const Forms& forms : kForms) EXPECT_TRUE(std::isinf(forms.pair(a, b))) << target << ' ' << forms.name;
  });
}

}  // namespace
}  // namespace akin::kernels
