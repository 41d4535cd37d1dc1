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

/// row = activation((sums − zero · column_sums) · scale · column_scales + bias); returns its range, for the 8 bits that may come next.
template <Activation kActivation>
HWY_INLINE Range finish_row(const ByteProduct& product, std::size_t r, std::size_t n, float* row) {
  const FloatTag d;
  const hn::RebindToSigned<FloatTag> di;
  const std::int32_t* sums = product.sums + r * n;
  const auto zero = hn::Set(di, product.row_zeros[r]);
  const auto scale = hn::Set(d, product.row_scales[r]);
  auto least = hn::Zero(d), most = hn::Zero(d);
  std::size_t c = 0;
  for (; c + n_lanes() <= n; c += n_lanes()) {
    const auto sum = hn::Sub(hn::LoadU(di, sums + c), hn::Mul(zero, hn::LoadU(di, product.column_sums + c)));
    const auto factor = hn::Mul(scale, hn::LoadU(d, product.column_scales + c));
    const auto y = activated<kActivation>(hn::MulAdd(hn::ConvertTo(d, sum), factor, hn::LoadU(d, product.bias + c)));
    hn::StoreU(y, d, row + c);
    least = hn::Min(least, y);
    most = hn::Max(most, y);
  }
  Range range{hn::GetLane(hn::MinOfLanes(d, least)), largest_of(most)};
  if (c == n) return range;
  HWY_ALIGN float y[hn::MaxLanes(FloatTag())] = {};
  for (std::size_t i = c; i < n; ++i) {
    const auto sum = static_cast<float>(sums[i] - product.row_zeros[r] * product.column_sums[i]);
    y[i - c] = sum * (product.row_scales[r] * product.column_scales[i]) + product.bias[i];
  }
  store_tail(activated<kActivation>(hn::Load(d, y)), row + c, n - c);
  const Range tail = range_of(row + c, n - c);
  return {std::min(range.least, tail.least), std::max(range.most, tail.most)};
}

struct FinishLoop {
  const ByteProduct& product;
  MatrixView<float> out;

  template <Activation kActivation>
  HWY_INLINE void run() const {
    for (std::size_t r = 0; r < out.rows(); ++r) finish_row<kActivation>(product, r, out.cols(), out.row_data(r));
  }
};

struct FinishToBytesLoop {
  const ByteProduct& product;
  std::size_t n_rows, n;
  float* row;
  ByteRows out;

  template <Activation kActivation>
  HWY_INLINE void run() const {
    for (std::size_t r = 0; r < n_rows; ++r) {
      const Range range = finish_row<kActivation>(product, r, n, row);
      const RowScale scale = quantize_bytes(row, n, range, out.bytes + r * n);
      out.scales[r] = scale.scale;
      out.zeros[r] = scale.zero;
    }
  }
};

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

void finish_rows(const ByteProduct& product, Activation activation, MatrixView<float> out) {
  with_activation(activation, FinishLoop{product, out});
}

void finish_rows_to_bytes(const ByteProduct& product, Activation activation, std::size_t n_rows, std::size_t n, float* row, ByteRows out) {
  with_activation(activation, FinishToBytesLoop{product, n_rows, n, row, out});
}

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

HWY_EXPORT(finish_rows);
HWY_EXPORT(finish_rows_to_bytes);
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

void GemmRows::Access::finish(GemmRows& rows, std::size_t first, std::size_t count, const ByteProduct& product, Activation activation,
                              float* row) {
  HWY_DYNAMIC_DISPATCH(finish_rows_to_bytes)(product, activation, count, rows.cols_, row, byte_rows(rows, first));
}

}  // namespace akin::kernels
#endif
