// The loops of double_products.h, compiled once a CPU target.
#include "akin/kernels/double_products.h"

#include "akin/base/error.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "double_products.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
// After foreach_target.
#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using DoubleTag = hn::ScalableTag<double>;
using DoubleVec = hn::Vec<DoubleTag>;

constexpr std::size_t kTall = DoubleColumns::kColumnGrain, kWide = 2;  // sums that stay in registers
static_assert(DoubleColumns::kLengthGrain % hn::MaxLanes(DoubleTag()) == 0);

/// Of columns i … i + 3 with columns j, j + 1.
void add_tile(const DoubleColumns& columns, std::size_t i, std::size_t j, double* products) {
  const DoubleTag d;
  DoubleVec sums[kTall][kWide];
  for (auto& row : sums)
    for (auto& sum : row) sum = hn::Zero(d);
  const double* left = columns.data + i * columns.n;
  const double* right = columns.data + j * columns.n;
  for (std::size_t r = 0; r < columns.n; r += hn::MaxLanes(d)) {
    DoubleVec others[kWide];
    for (std::size_t b = 0; b < kWide; ++b) others[b] = hn::Load(d, right + b * columns.n + r);
    for (std::size_t a = 0; a < kTall; ++a) {
      const auto own = hn::Load(d, left + a * columns.n + r);
      for (std::size_t b = 0; b < kWide; ++b) sums[a][b] = hn::MulAdd(own, others[b], sums[a][b]);
    }
  }
  for (std::size_t a = 0; a < kTall; ++a)
    for (std::size_t b = 0; b < kWide; ++b) products[(i + a) * columns.n_columns + j + b] += hn::GetLane(hn::SumOfLanes(d, sums[a][b]));
}

void add_all_products(const DoubleColumns& columns, double* products) {
  for (std::size_t i = 0; i < columns.n_columns; i += kTall)
    for (std::size_t j = 0; j < i + kTall; j += kWide) add_tile(columns, i, j, products);
}

void all_triangle_squares(const DoubleColumns& columns, const double* lower, double* squares) {
  const DoubleTag d;
  for (std::size_t r = 0; r < columns.n; r += hn::MaxLanes(d)) {
    auto total = hn::Zero(d);
    for (std::size_t i = 0; i < columns.n_columns; i += kTall) {
      DoubleVec sums[kTall];
      for (auto& sum : sums) sum = hn::Zero(d);
      for (std::size_t j = 0; j < i + kTall; ++j) {
        const auto column = hn::Load(d, columns.data + j * columns.n + r);
        for (std::size_t a = 0; a < kTall; ++a) sums[a] = hn::MulAdd(hn::Set(d, lower[(i + a) * columns.n_columns + j]), column, sums[a]);
      }
      for (const auto& sum : sums) total = hn::MulAdd(sum, sum, total);
    }
    hn::StoreU(total, d, squares + r);
  }
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin::kernels {

HWY_EXPORT(add_all_products);
HWY_EXPORT(all_triangle_squares);

namespace {

void check([[maybe_unused]] const DoubleColumns& columns) {
  AKIN_DCHECK(columns.n_columns % DoubleColumns::kColumnGrain == 0 && columns.n % DoubleColumns::kLengthGrain == 0);
}

}  // namespace

void add_products(const DoubleColumns& columns, double* products) noexcept {
  check(columns);
  HWY_DYNAMIC_DISPATCH(add_all_products)(columns, products);
}

void triangle_squares(const DoubleColumns& columns, const double* lower, double* squares) noexcept {
  check(columns);
  HWY_DYNAMIC_DISPATCH(all_triangle_squares)(columns, lower, squares);
}

}  // namespace akin::kernels
#endif
