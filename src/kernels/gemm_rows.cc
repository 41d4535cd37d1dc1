// The loops of gemm_rows.h, compiled once a CPU target. Tested by gemm_test.cc.
#include "gemm_rows.h"

#include <algorithm>

#include "akin/kernels/activation.h"
#include "byte_gemm.h"
#include "onednn.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "gemm_rows.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
// After foreach_target.
#include "quantize-inl.h"

HWY_BEFORE_NAMESPACE();
namespace akin::kernels::HWY_NAMESPACE {

struct ActivateToHalvesLoop {
  MatrixView<const float> x;
  std::uint16_t* out;

  template <Activation kActivation>
  HWY_INLINE void run() const {
    const FloatTag d;
    const hn::Rebind<std::uint16_t, FloatTag> half;
    const std::size_t n = x.cols();
    for (std::size_t r = 0; r < x.rows(); ++r) {
      const float* in = x.row_data(r);
      std::size_t c = 0;
      for (; c + n_lanes() <= n; c += n_lanes()) {
        hn::StoreU(hn::TruncateTo(half, bf16_bits(activated<kActivation>(hn::LoadU(d, in + c)))), half, out + r * n + c);
      }
      if (c == n) continue;
      HWY_ALIGN float tail[hn::MaxLanes(FloatTag())];
      hn::Store(activated<kActivation>(load_tail(in + c, n - c)), d, tail);
      for (std::size_t i = c; i < n; ++i) out[r * n + i] = to_bf16(tail[i - c]).bits;
    }
  }
};

void rows_to_halves(Activation activation, MatrixView<const float> x, std::uint16_t* out) {
  with_activation(activation, ActivateToHalvesLoop{x, out});
}

/// Rows → 8 bits (rows, cols) without gaps, one scale and zero point a row.
void rows_to_bytes(MatrixView<const float> x, ByteRows out) {
  for (std::size_t r = 0; r < x.rows(); ++r) {
    const RowScale scale = quantize_bytes(x.row_data(r), x.cols(), range_of(x.row_data(r), x.cols()), out.bytes + r * x.cols());
    out.scales[r] = scale.scale;
    out.zeros[r] = scale.zero;
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

HWY_EXPORT(rows_to_halves);
HWY_EXPORT(rows_to_bytes);

bool is_native(GemmType type) { return type == GemmType::int8 ? byte_gemm::is_fast() : onednn::is_native(type); }

float* GemmRows::Access::scratch(GemmRows& rows, std::size_t count) {
  grow(rows.scratch_, count);
  return rows.scratch_.data();
}

void GemmRows::Access::resize(GemmRows& rows, GemmType type, std::size_t n_rows, std::size_t n_cols, bool owns_floats) {
  rows.type_ = type;
  rows.rows_ = n_rows;
  rows.cols_ = n_cols;
  rows.native_ = is_native(type);
  if (type == GemmType::bf16 && rows.native_) grow(rows.halves_, n_rows * n_cols);
  if (type == GemmType::int8) {
    grow(rows.bytes_, n_rows * n_cols + byte_gemm::kReadPast);
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

ByteRows GemmRows::Access::byte_rows(GemmRows& rows, std::size_t first) {
  return {rows.bytes_.data() + first * rows.cols_, rows.scales_.data() + first, rows.zero_points_.data() + first};
}

void GemmRows::Access::store(GemmRows& rows, std::size_t first, Activation activation, MatrixView<float> x) {
  const std::size_t n = rows.cols_;
  if (rows.type_ == GemmType::bf16 && rows.native_) {
    return HWY_DYNAMIC_DISPATCH(rows_to_halves)(activation, x, rows.halves_.data() + first * n);
  }
  for (std::size_t r = 0; r < x.rows(); ++r) activate(activation, x.row(r));
  store(rows, first, MatrixView<const float>(x));
}

void GemmRows::Access::store(GemmRows& rows, std::size_t first, MatrixView<const float> x) {
  const std::size_t n = rows.cols_;
  float* floats = rows.floats_.data() + first * n;
  switch (rows.type_) {
    case GemmType::f32:
      for (std::size_t r = 0; r < x.rows(); ++r) std::copy_n(x.row_data(r), n, floats + r * n);
      return;
    case GemmType::bf16:
      if (rows.native_) return HWY_DYNAMIC_DISPATCH(rows_to_halves)(Activation::none, x, rows.halves_.data() + first * n);
      for (std::size_t r = 0; r < x.rows(); ++r) {
        std::transform(x.row_data(r), x.row_data(r) + n, floats + r * n, [](float v) { return to_float(to_bf16(v)); });
      }
      return;
    case GemmType::int8:
      const ByteRows bytes = byte_rows(rows, first);
      HWY_DYNAMIC_DISPATCH(rows_to_bytes)(x, bytes);
      if (rows.native_) return;
      for (std::size_t i = 0; i < x.rows() * n; ++i) {
        floats[i] = static_cast<float>(bytes.bytes[i] - bytes.zeros[i / n]) * bytes.scales[i / n];
      }
  }
}

}  // namespace akin::kernels
#endif
