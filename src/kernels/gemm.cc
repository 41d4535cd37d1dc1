// Packing, tiling and the way of a tile through product and epilogue. The product is onednn.h's where the CPU has the type in hardware,
// else portable_gemm.h's.
#include "akin/kernels/gemm.h"

#include <algorithm>
#include <string>
#include <utility>

#include "akin/kernels/activation.h"
#include "akin/kernels/convert.h"
#include "akin/kernels/norm.h"
#include "akin/kernels/target.h"
#include "gemm_rows.h"
#include "onednn.h"
#include "portable_gemm.h"

namespace akin::kernels {

struct PackedMatrix::Impl {
  GemmType type = GemmType::f32;
  bool native = true;
  std::size_t n_out = 0;
  std::size_t n_in = 0;
  onednn::BlockedWeight blocked;     ///< native
  Matrix<float> panels;              ///< not native
  Matrix<float> bias;                ///< zeros if there is none
  Matrix<float> column_scales;       ///< int8, one an output
  Matrix<std::int32_t> column_sums;  ///< int8: Σ of an output's weights, which its zero points multiply
};

namespace {

using Impl = PackedMatrix::Impl;

/// Rows whose product goes through scratch and epilogue together, so that it is still in the second cache. f32 weights outgrow that cache
/// and come anew for each tile, so its tiles are taller.
constexpr std::size_t kScratchRows = 64;
constexpr std::size_t tile_rows(GemmType type) { return type == GemmType::f32 ? 2 * kScratchRows : kScratchRows; }

/// Rows of the weight on their way to the packed form: as floats, and rounded to the type.
struct Stage {
  Stage(const Impl& impl, std::size_t rows)
      : floats(Matrix<float>::uninitialized(rows, impl.n_in)),
        halves(Matrix<bf16>::uninitialized(impl.type == GemmType::bf16 ? rows : 0, impl.n_in)),
        bytes(Matrix<std::int8_t>::uninitialized(impl.type == GemmType::int8 ? rows : 0, impl.n_in)) {}
  Matrix<float> floats;
  Matrix<bf16> halves;
  Matrix<std::int8_t> bytes;
};

/// Rounds row `r` of the stage, which is output `n`, to the type.
void round_row(Impl& impl, Stage& stage, std::size_t r, std::size_t n) {
  const std::span<const float> row = std::as_const(stage.floats).row(r);
  if (impl.type == GemmType::bf16) convert(row, stage.halves.row(r));
  if (impl.type != GemmType::int8) return;
  impl.column_scales(0, n) = quantize_row(row, stage.bytes.row(r));
  std::int32_t sum = 0;
  for (const std::int8_t b : stage.bytes.row(r)) sum += b;
  impl.column_sums(0, n) = sum;
}

const void* rounded(const Impl& impl, const Stage& stage) {
  if (impl.type == GemmType::bf16) return stage.halves.data();
  return impl.type == GemmType::int8 ? static_cast<const void*>(stage.bytes.data()) : stage.floats.data();
}

/// The floats that the rounded numbers stand for.
void widen_row(const Impl& impl, Stage& stage, std::size_t r, std::size_t n) {
  if (impl.type == GemmType::bf16) convert(std::span<const bf16>(stage.halves.row(r)), stage.floats.row(r));
  if (impl.type == GemmType::int8) dequantize_row(stage.bytes.row(r), impl.column_scales(0, n), stage.floats.row(r));
}

/// A block of outputs at a time, so that no second copy of the weight is ever whole.
void pack_native(Impl& impl, const PackedMatrix::FillRow& fill) {
  Stage stage(impl, onednn::kBlockRows);
  impl.blocked = onednn::make_weight(impl.type, impl.n_out, impl.n_in);
  for (std::size_t first = 0; first < impl.n_out; first += onednn::kBlockRows) {
    const std::size_t count = std::min(onednn::kBlockRows, impl.n_out - first);
    for (std::size_t r = 0; r < count; ++r) {
      fill(first + r, stage.floats.row(r));
      round_row(impl, stage, r, first + r);
    }
    onednn::block_rows(impl.blocked, first, count, rounded(impl, stage));
  }
}

void pack_portable(Impl& impl, const PackedMatrix::FillRow& fill) {
  Stage stage(impl, 1);
  impl.panels = portable::make_panels(impl.n_out, impl.n_in);
  for (std::size_t n = 0; n < impl.n_out; ++n) {
    fill(n, stage.floats.row(0));
    round_row(impl, stage, 0, n);
    widen_row(impl, stage, 0, n);
    portable::set_row(impl.panels, n, stage.floats.row(0));
  }
}

void check(const GemmRows& x, const PackedMatrix& w) {
  if (x.type() == w.type() && x.cols() == w.n_in() && (x.rows() == 0 || GemmRows::Access::native(x) == w.impl().native)) return;
  throw Error(ErrorCode::invalid_argument, "gemm: rows of " + std::to_string(x.cols()) + " " + std::string(name_of(x.type())) +
                                               " numbers do not fit a weight of " + std::to_string(w.n_in()) + " " +
                                               std::string(name_of(w.type())) + " inputs");
}

/// out = x · wᵀ + b for rows [first, first + out.rows()), f32 or bf16. out has no gaps.
void multiply(const GemmRows& x, const Impl& w, std::size_t first, MatrixView<float> out) {
  using Access = GemmRows::Access;
  if (!w.native) return portable::multiply(Access::floats(x).middle_rows(first, out.rows()), w.panels, w.bias.data(), out);
  const void* in = Access::halves(x) + first * w.n_in;
  if (w.type == GemmType::f32) in = Access::floats(x).row_data(first);
  onednn::multiply(w.blocked, w.bias.data(), {in, out.data(), out.rows()});
}

/// The sums of up to kScratchRows 8-bit rows, and what makes floats of them.
ByteProduct multiply_bytes(GemmRows& x, const Impl& w, std::size_t first, std::size_t count) {
  using Access = GemmRows::Access;
  std::int32_t* sums = Access::sums(x, kScratchRows * w.n_out);
  onednn::multiply(w.blocked, nullptr, {Access::bytes(x) + first * w.n_in, sums, count});
  return {sums, Access::scales(x) + first, Access::zero_points(x) + first, w.column_scales.data(), w.column_sums.data(), w.bias.data()};
}

/// out = x · wᵀ + b for rows [first, first + out.rows()) of floats; more than kScratchRows rows only if `out` has no gaps.
void multiply_strided(GemmRows& x, const Impl& w, std::size_t first, MatrixView<float> out) {
  if (out.stride() == out.cols()) return multiply(x, w, first, out);
  const MatrixView<float> tile(GemmRows::Access::scratch(x, kScratchRows * w.n_out), out.rows(), w.n_out);
  multiply(x, w, first, tile);
  for (std::size_t r = 0; r < out.rows(); ++r) std::copy_n(tile.row_data(r), w.n_out, out.row_data(r));
}

void activate_rows(Activation activation, MatrixView<float> x) {
  if (activation == Activation::none) return;
  for (std::size_t r = 0; r < x.rows(); ++r) activate(activation, x.row(r));
}

}  // namespace

std::string_view name_of(GemmType type) noexcept {
  switch (type) {
    case GemmType::f32:
      return "f32";
    case GemmType::bf16:
      return "bf16";
    case GemmType::int8:
      return "int8";
  }
  return "?";
}

PackedMatrix::PackedMatrix() noexcept = default;
PackedMatrix::PackedMatrix(PackedMatrix&&) noexcept = default;
PackedMatrix& PackedMatrix::operator=(PackedMatrix&&) noexcept = default;
PackedMatrix::~PackedMatrix() = default;

PackedMatrix PackedMatrix::pack(std::size_t n_out, std::size_t n_in, const FillRow& fill, std::span<const float> bias, GemmType type) {
  use_target_from_environment();
  require(n_out > 0 && n_in > 0, "a packed weight must not be empty");
  require(bias.empty() || bias.size() == n_out, "a bias must have one number an output");
  PackedMatrix packed;
  packed.impl_ = std::make_unique<Impl>();
  Impl& impl = *packed.impl_;
  impl.type = type;
  impl.native = onednn::is_native(type);
  impl.n_out = n_out;
  impl.n_in = n_in;
  impl.bias = Matrix<float>(1, n_out);
  std::copy(bias.begin(), bias.end(), impl.bias.data());
  if (type == GemmType::int8) {
    impl.column_scales = Matrix<float>(1, n_out);
    impl.column_sums = Matrix<std::int32_t>(1, n_out);
  }
  if (impl.native) {
    pack_native(impl, fill);
  } else {
    pack_portable(impl, fill);
  }
  return packed;
}

PackedMatrix PackedMatrix::pack(MatrixView<const float> weight, std::span<const float> bias, GemmType type) {
  return pack(
      weight.rows(), weight.cols(), [&](std::size_t r, std::span<float> out) { std::copy_n(weight.row_data(r), out.size(), out.data()); },
      bias, type);
}

std::size_t PackedMatrix::n_in() const noexcept { return impl_ ? impl_->n_in : 0; }
std::size_t PackedMatrix::n_out() const noexcept { return impl_ ? impl_->n_out : 0; }
GemmType PackedMatrix::type() const noexcept { return impl_ ? impl_->type : GemmType::f32; }
std::size_t PackedMatrix::bytes() const noexcept {
  if (!impl_) return 0;
  return impl_->blocked.bytes.size() + sizeof(float) * (impl_->panels.size() + impl_->bias.size() + 2 * impl_->column_scales.size());
}

void prepare_rows(MatrixView<const float> x, GemmType type, GemmRows& rows) {
  if (type == GemmType::f32 && x.stride() == x.cols()) return GemmRows::Access::borrow(rows, x);
  GemmRows::Access::resize(rows, type, x.rows(), x.cols(), type == GemmType::f32);
  GemmRows::Access::store(rows, 0, x);
}

void gemm(GemmRows& x, const PackedMatrix& w, Activation activation, MatrixView<float> out) {
  check(x, w);
  require(out.rows() == x.rows() && out.cols() == w.n_out(), "gemm: the output has another shape than the product");
  const bool bytes = w.type() == GemmType::int8 && w.impl().native;
  const std::size_t step = bytes || out.stride() != out.cols() ? kScratchRows : tile_rows(GemmType::f32);
  for (std::size_t r = 0; r < x.rows(); r += step) {
    const MatrixView<float> tile = out.middle_rows(r, std::min(step, x.rows() - r));
    if (bytes) {
      finish_product(multiply_bytes(x, w.impl(), r, tile.rows()), activation, tile);
    } else {
      multiply_strided(x, w.impl(), r, tile);
      activate_rows(activation, tile);
    }
  }
}

void gemm_to_rows(GemmRows& x, const PackedMatrix& w, Activation activation, GemmRows& out) {
  using Access = GemmRows::Access;
  check(x, w);
  require(&x != &out, "gemm_to_rows: the output must be another object than the input");
  const std::size_t n = w.n_out(), step = tile_rows(w.type());
  Access::resize(out, w.type(), x.rows(), n, w.type() == GemmType::f32);
  float* scratch = w.type() == GemmType::f32 ? nullptr : Access::scratch(x, kScratchRows * n);
  for (std::size_t r = 0; r < x.rows(); r += step) {
    const std::size_t count = std::min(step, x.rows() - r);
    if (w.type() == GemmType::f32) {
      const MatrixView<float> tile = Access::own_floats(out).middle_rows(r, count);
      multiply(x, w.impl(), r, tile);
      activate_rows(activation, tile);
    } else if (w.type() == GemmType::int8 && w.impl().native) {
      Access::finish(out, r, count, multiply_bytes(x, w.impl(), r, count), activation, scratch);
    } else {
      const MatrixView<float> tile(scratch, count, n);
      multiply(x, w.impl(), r, tile);
      Access::store(out, r, activation, tile);
    }
  }
}

void add_layer_norm(MatrixView<const float> x, MatrixView<const float> residual, std::span<const float> gamma, std::span<const float> beta,
                    float eps, MatrixView<float> out, GemmType type, GemmRows& prepared) {
  add_layer_norm(x, residual, gamma, beta, eps, out);
  prepare_rows(out, type, prepared);
}

}  // namespace akin::kernels
