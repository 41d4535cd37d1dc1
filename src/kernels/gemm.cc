// Packing, tiling and the way of a tile through product and epilogue. The product is onednn.h's for f32 and bf16 and byte_gemm.h's for
// int8 where the CPU has the type in hardware, else portable_gemm.h's.
#include "akin/kernels/gemm.h"

#include <algorithm>
#include <string>
#include <utility>

#include "akin/kernels/activation.h"
#include "akin/kernels/convert.h"
#include "akin/kernels/native_gemm.h"
#include "akin/kernels/norm.h"
#include "akin/kernels/target.h"
#include "byte_gemm.h"
#include "gemm_rows.h"
#include "onednn.h"
#include "portable_gemm.h"

namespace akin::kernels {

struct PackedMatrix::Impl {
  GemmType type = GemmType::f32;
  bool native = true;
  std::size_t n_out = 0;
  std::size_t n_in = 0;
  onednn::BlockedWeight blocked;  ///< native f32 and bf16
  byte_gemm::Weight bytes;        ///< native int8
  Matrix<float> panels;           ///< not native
  Matrix<float> bias;             ///< zeros if there is none
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

/// Rounds row `r` of the stage to the type; for int8 returns the scale.
float round_row(const Impl& impl, Stage& stage, std::size_t r) {
  const std::span<const float> row = std::as_const(stage.floats).row(r);
  if (impl.type == GemmType::bf16) convert(row, stage.halves.row(r));
  return impl.type == GemmType::int8 ? quantize_row(row, stage.bytes.row(r)) : 1.0F;
}

/// A block of outputs at a time, so that no second copy of the weight is ever whole.
void pack_blocked(Impl& impl, const PackedMatrix::FillRow& fill) {
  Stage stage(impl, onednn::kBlockRows);
  impl.blocked = onednn::make_weight(impl.type, impl.n_out, impl.n_in);
  const void* rounded = impl.type == GemmType::bf16 ? static_cast<const void*>(stage.halves.data()) : stage.floats.data();
  for (std::size_t first = 0; first < impl.n_out; first += onednn::kBlockRows) {
    const std::size_t count = std::min(onednn::kBlockRows, impl.n_out - first);
    for (std::size_t r = 0; r < count; ++r) {
      fill(first + r, stage.floats.row(r));
      round_row(impl, stage, r);
    }
    onednn::block_rows(impl.blocked, first, count, rounded);
  }
}

void pack_bytes(Impl& impl, const PackedMatrix::FillRow& fill) {
  Stage stage(impl, 1);
  impl.bytes = byte_gemm::Weight(impl.n_out, impl.n_in);
  impl.bytes.set_bias(std::as_const(impl.bias).row(0));
  for (std::size_t n = 0; n < impl.n_out; ++n) {
    fill(n, stage.floats.row(0));
    const float scale = round_row(impl, stage, 0);
    impl.bytes.set_row(n, std::as_const(stage.bytes).row(0), scale);
  }
}

/// The floats that the rounded numbers stand for.
void pack_portable(Impl& impl, const PackedMatrix::FillRow& fill) {
  Stage stage(impl, 1);
  impl.panels = portable::make_panels(impl.n_out, impl.n_in);
  const std::span<float> row = stage.floats.row(0);
  for (std::size_t n = 0; n < impl.n_out; ++n) {
    fill(n, row);
    const float scale = round_row(impl, stage, 0);
    if (impl.type == GemmType::bf16) convert(std::span<const bf16>(stage.halves.row(0)), row);
    if (impl.type == GemmType::int8) dequantize_row(stage.bytes.row(0), scale, row);
    portable::set_row(impl.panels, n, row);
  }
}

void pack_rows(Impl& impl, const PackedMatrix::FillRow& fill) {
  if (!impl.native) return pack_portable(impl, fill);
  return impl.type == GemmType::int8 ? pack_bytes(impl, fill) : pack_blocked(impl, fill);
}

void check(const GemmRows& x, const PackedMatrix& w) {
  if (x.type() == w.type() && x.cols() == w.n_in() && (x.rows() == 0 || GemmRows::Access::native(x) == w.impl().native)) return;
  throw Error(ErrorCode::invalid_argument, "gemm: rows of " + std::to_string(x.cols()) + " " + std::string(name_of(x.type())) +
                                               " numbers do not fit a weight of " + std::to_string(w.n_in()) + " " +
                                               std::string(name_of(w.type())) + " inputs");
}

/// Where the rows begin that oneDNN reads.
const void* rows_from(const GemmRows& x, const Impl& w, std::size_t first) {
  using Access = GemmRows::Access;
  if (w.type == GemmType::f32) return Access::floats(x).row_data(first);
  return Access::halves(x) + first * w.n_in;
}

/// out = x · wᵀ + b for rows [first, first + out.rows()), f32 or bf16. out has no gaps.
void multiply(const GemmRows& x, const Impl& w, std::size_t first, MatrixView<float> out) {
  using Access = GemmRows::Access;
  if (!w.native) return portable::multiply(Access::floats(x).middle_rows(first, out.rows()), w.panels, 0, w.bias.data(), out);
  onednn::multiply(w.blocked, w.bias.data(), {rows_from(x, w, first), out.data(), out.rows()});
}

/// Panels of kGemmPiece outputs.
constexpr std::size_t kPiecePanels = kGemmPiece / byte_gemm::kPanel;
static_assert(kGemmPiece % byte_gemm::kPanel == 0 && kGemmPiece % onednn::kBlockRows == 0 && kGemmPiece % portable::kPanel == 0);

/// The same of a piece of the outputs for some rows; oneDNN wants its output without gaps, so it goes through a tile.
void multiply_piece(const GemmRows& x, const Impl& w, std::size_t piece, std::size_t first, MatrixView<float> out) {
  using Access = GemmRows::Access;
  const std::size_t output = piece * kGemmPiece;
  if (!w.native) {
    return portable::multiply(Access::floats(x).middle_rows(first, out.rows()), w.panels, output, w.bias.data(), out);
  }
  alignas(kAlignment) float tile[kScratchRows * kGemmPiece];
  onednn::multiply_part(w.blocked, {output, out.cols()}, w.bias.data(), {rows_from(x, w, first), tile, out.rows()});
  for (std::size_t r = 0; r < out.rows(); ++r) std::copy_n(tile + r * out.cols(), out.cols(), out.row_data(r));
}

/// out = activation(x · wᵀ + b) for rows [first, first + out.rows()), int8.
void multiply_bytes(const GemmRows& x, const Impl& w, std::size_t first, Activation activation, MatrixView<float> out) {
  using Access = GemmRows::Access;
  const byte_gemm::Rows rows{Access::bytes(x) + first * w.n_in, Access::scales(x) + first, Access::zero_points(x) + first, out.rows()};
  byte_gemm::multiply(rows, w.bytes, 0, w.bytes.n_panels(), activation, out);
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

bool has_native(GemmType type) { return is_native(type); }

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
  impl.native = is_native(type);
  impl.n_out = n_out;
  impl.n_in = n_in;
  impl.bias = Matrix<float>(1, n_out);
  std::copy(bias.begin(), bias.end(), impl.bias.data());
  pack_rows(impl, fill);
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
  return impl_->blocked.bytes.size() + impl_->bytes.bytes() + sizeof(float) * (impl_->panels.size() + impl_->bias.size());
}

void prepare_rows(MatrixView<const float> x, GemmType type, GemmRows& rows) {
  if (type == GemmType::f32 && x.stride() == x.cols()) return GemmRows::Access::borrow(rows, x);
  GemmRows::Access::resize(rows, type, x.rows(), x.cols(), type == GemmType::f32);
  GemmRows::Access::store(rows, 0, x);
}

void gemm(GemmRows& x, const PackedMatrix& w, Activation activation, MatrixView<float> out) {
  check(x, w);
  require(out.rows() == x.rows() && out.cols() == w.n_out(), "gemm: the output has another shape than the product");
  if (w.type() == GemmType::int8 && w.impl().native) return multiply_bytes(x, w.impl(), 0, activation, out);
  const std::size_t step = out.stride() != out.cols() ? kScratchRows : tile_rows(GemmType::f32);
  for (std::size_t r = 0; r < x.rows(); r += step) {
    const MatrixView<float> tile = out.middle_rows(r, std::min(step, x.rows() - r));
    multiply_strided(x, w.impl(), r, tile);
    activate_rows(activation, tile);
  }
}

std::size_t gemm_pieces(const PackedMatrix& w) noexcept { return (w.n_out() + kGemmPiece - 1) / kGemmPiece; }

void gemm_piece(const GemmRows& x, const PackedMatrix& w, std::size_t piece, Activation activation, MatrixView<float> out) {
  using Access = GemmRows::Access;
  check(x, w);
  require(out.rows() == x.rows() && out.cols() == w.n_out(), "gemm: the output has another shape than the product");
  require(piece < gemm_pieces(w), "gemm_piece: there is no such piece");
  const std::size_t first = piece * kGemmPiece;
  const MatrixView<float> columns = out.middle_cols(first, std::min(kGemmPiece, w.n_out() - first));
  const Impl& impl = w.impl();
  if (w.type() == GemmType::int8 && impl.native) {
    const byte_gemm::Rows rows{Access::bytes(x), Access::scales(x), Access::zero_points(x), x.rows()};
    const std::size_t panel = piece * kPiecePanels;
    return byte_gemm::multiply(rows, impl.bytes, panel, std::min(panel + kPiecePanels, impl.bytes.n_panels()), activation, columns);
  }
  for (std::size_t r = 0; r < x.rows(); r += kScratchRows) {
    const MatrixView<float> tile = columns.middle_rows(r, std::min(kScratchRows, x.rows() - r));
    multiply_piece(x, impl, piece, r, tile);
    activate_rows(activation, tile);
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
      const MatrixView<float> tile(scratch, count, n);
      multiply_bytes(x, w.impl(), r, activation, tile);
      Access::store(out, r, MatrixView<const float>(tile));
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
