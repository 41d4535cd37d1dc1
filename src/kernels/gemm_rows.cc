// The loops of gemm_rows.h, compiled once a CPU target.
#include "gemm_rows.h"

#include <algorithm>

#include "akin/kernels/activation.h"
#include "onednn.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "gemm_rows.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
// After foreach_target.
#include "quantize-inl.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

struct FinishLoop {
  const ByteProduct& product;
  MatrixView<float> out;

  template <Activation kActivation>
  HWY_INLINE void run() const {
    for (std::size_t r = 0; r < out.rows(); ++r) finish_row<kActivation>(r);
  }

  template <Activation kActivation>
  HWY_INLINE void finish_row(std::size_t r) const {
    const FloatTag d;
    const hn::RebindToSigned<FloatTag> di;
    const std::size_t n = out.cols();
    const std::int32_t* sums = product.sums + r * n;
    float* row = out.row_data(r);
    const auto zero = hn::Set(di, product.row_zeros[r]);
    const auto scale = hn::Set(d, product.row_scales[r]);
    std::size_t c = 0;
    for (; c + n_lanes() <= n; c += n_lanes()) {
      const auto sum = hn::Sub(hn::LoadU(di, sums + c), hn::Mul(zero, hn::LoadU(di, product.column_sums + c)));
      const auto factor = hn::Mul(scale, hn::LoadU(d, product.column_scales + c));
      const auto y = hn::MulAdd(hn::ConvertTo(d, sum), factor, hn::LoadU(d, product.bias + c));
      hn::StoreU(activated<kActivation>(y), d, row + c);
    }
    if (c == n) return;
    HWY_ALIGN float y[hn::MaxLanes(FloatTag())] = {};
    for (std::size_t i = c; i < n; ++i) {
      const auto sum = static_cast<float>(sums[i] - product.row_zeros[r] * product.column_sums[i]);
      y[i - c] = sum * (product.row_scales[r] * product.column_scales[i]) + product.bias[i];
    }
    store_tail(activated<kActivation>(hn::Load(d, y)), row + c, n - c);
  }
};

void finish_rows(const ByteProduct& product, Activation activation, MatrixView<float> out) {
  with_activation(activation, FinishLoop{product, out});
}

/// Rows → bfloat16 bits (rows, cols) without gaps.
void rows_to_halves(MatrixView<const float> x, std::uint16_t* out) {
  for (std::size_t r = 0; r < x.rows(); ++r) round_to_bf16(x.row_data(r), x.cols(), out + r * x.cols());
}

/// Rows → 8 bits (rows, cols) without gaps, one scale and zero point a row.
void rows_to_bytes(MatrixView<const float> x, std::uint8_t* out, float* scales, std::int32_t* zeros) {
  for (std::size_t r = 0; r < x.rows(); ++r) {
    const RowScale scale = quantize_bytes(x.row_data(r), x.cols(), range_of(x.row_data(r), x.cols()), out + r * x.cols());
    scales[r] = scale.scale;
    zeros[r] = scale.zero;
  }
}

}  // namespace akin::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace akin::kernels {
namespace {

template <class T>
void grow(Matrix<T>& buffer, std::size_t count) {
  if (buffer.size() < count) buffer = Matrix<T>::uninitialized(1, count);
}

}  // namespace

HWY_EXPORT(finish_rows);
HWY_EXPORT(rows_to_halves);
HWY_EXPORT(rows_to_bytes);

void finish_product(const ByteProduct& product, Activation activation, MatrixView<float> out) {
  HWY_DYNAMIC_DISPATCH(finish_rows)(product, activation, out);
}

float* GemmRows::Access::scratch(GemmRows& rows, std::size_t count) {
  grow(rows.scratch_, count);
  return rows.scratch_.data();
}

std::int32_t* GemmRows::Access::sums(GemmRows& rows, std::size_t count) {
  grow(rows.sums_, count);
  return rows.sums_.data();
}

void GemmRows::Access::resize(GemmRows& rows, GemmType type, std::size_t n_rows, std::size_t n_cols, bool owns_floats) {
  rows.type_ = type;
  rows.rows_ = n_rows;
  rows.cols_ = n_cols;
  rows.native_ = onednn::is_native(type);
  if (type == GemmType::bf16 && rows.native_) grow(rows.halves_, n_rows * n_cols);
  if (type == GemmType::int8) {
    grow(rows.bytes_, n_rows * n_cols);
    grow(rows.scales_, n_rows);
    grow(rows.zero_points_, n_rows);
  }
  if (owns_floats || (type != GemmType::f32 && !rows.native_)) {
    grow(rows.floats_, n_rows * n_cols);
    rows.borrowed_ = MatrixView<const float>(rows.floats_.data(), n_rows, n_cols);
  }
}

void GemmRows::Access::borrow(GemmRows& rows, MatrixView<const float> x) {
  resize(rows, GemmType::f32, x.rows(), x.cols(), false);
  rows.borrowed_ = x;
}

void GemmRows::Access::store(GemmRows& rows, std::size_t first, MatrixView<const float> x) {
  const std::size_t n = rows.cols_;
  float* floats = rows.floats_.data() + first * n;
  switch (rows.type_) {
    case GemmType::f32:
      for (std::size_t r = 0; r < x.rows(); ++r) std::copy_n(x.row_data(r), n, floats + r * n);
      return;
    case GemmType::bf16:
      if (rows.native_) return HWY_DYNAMIC_DISPATCH(rows_to_halves)(x, rows.halves_.data() + first * n);
      for (std::size_t r = 0; r < x.rows(); ++r) {
        std::transform(x.row_data(r), x.row_data(r) + n, floats + r * n, [](float v) { return to_float(to_bf16(v)); });
      }
      return;
    case GemmType::int8:
      std::uint8_t* bytes = rows.bytes_.data() + first * n;
      HWY_DYNAMIC_DISPATCH(rows_to_bytes)(x, bytes, rows.scales_.data() + first, rows.zero_points_.data() + first);
      if (rows.native_) return;
      for (std::size_t i = 0; i < x.rows() * n; ++i) {
        const std::size_t r = first + i / n;
        floats[i] = static_cast<float>(bytes[i] - rows.zero_points_.data()[r]) * rows.scales_.data()[r];
      }
  }
}

}  // namespace akin::kernels
#endif
