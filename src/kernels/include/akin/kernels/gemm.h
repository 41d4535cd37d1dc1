// Matrix products of a transformer: y = activation(x · Wᵀ + b), with the weights packed once. Products of floats are oneDNN's on
// AVX-512; products of bytes, products elsewhere and the passes around them are ours. See docs/adr/0003-gemm.md. Tested by gemm_test.cc.
//
// A row's result has the same bits whatever the number of rows and its place among them (on one CPU target). A call runs on the thread
// that makes it; any number of threads may share a PackedMatrix, each with its own GemmRows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "akin/base/half.h"
#include "akin/base/matrix.h"
#include "akin/kernels/activation.h"

namespace akin::kernels {

/// The arithmetic of the product; sums and results are f32 always.
enum class GemmType {
  f32,
  bf16,  ///< both sides rounded to bfloat16
  int8,  ///< weights 8 bits with one scale an output, activations 8 bits with one scale and zero point a row
};
/// "f32", "bf16", "int8".
std::string_view name_of(GemmType type) noexcept;

/// A weight (n_out, n_in) and a bias, laid out for the product. Const and shared once packed.
class PackedMatrix {
 public:
  /// Writes row `row` of the weight (n_in floats) to `out`.
  using FillRow = std::function<void(std::size_t row, std::span<float> out)>;

  PackedMatrix() noexcept;
  PackedMatrix(PackedMatrix&&) noexcept;
  PackedMatrix& operator=(PackedMatrix&&) noexcept;
  ~PackedMatrix();

  /// `bias` is empty or has weight.rows() numbers. Throws Error{invalid_argument} for an empty weight or another bias size.
  static PackedMatrix pack(MatrixView<const float> weight, std::span<const float> bias, GemmType type);
  /// The same with rows asked for one by one in order, so that weights in other forms need no full f32 copy.
  static PackedMatrix pack(std::size_t n_out, std::size_t n_in, const FillRow& fill, std::span<const float> bias, GemmType type);

  [[nodiscard]] std::size_t n_in() const noexcept;
  [[nodiscard]] std::size_t n_out() const noexcept;
  [[nodiscard]] GemmType type() const noexcept;
  [[nodiscard]] std::size_t bytes() const noexcept;  ///< of memory held

  struct Impl;
  [[nodiscard]] const Impl& impl() const noexcept { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

/// Rows of activations in the form that a GEMM type reads. Reused from call to call: it grows to the largest use and stays.
/// Owned by one thread at a time.
class GemmRows {
 public:
  GemmRows() = default;

  [[nodiscard]] GemmType type() const noexcept { return type_; }
  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  [[nodiscard]] std::size_t cols() const noexcept { return cols_; }

  struct Access;

 private:
  GemmType type_ = GemmType::f32;
  bool native_ = true;  // false: a target without the type in hardware, which reads the floats that the numbers stand for
  std::size_t rows_ = 0;
  std::size_t cols_ = 0;
  MatrixView<const float> borrowed_;  // f32: the caller's rows, or floats_
  Matrix<float> floats_;
  Matrix<std::uint16_t> halves_;
  Matrix<std::uint8_t> bytes_;  // value = (byte − zero_points_[row]) · scales_[row]
  Matrix<float> scales_;
  Matrix<std::int32_t> zero_points_;
  Matrix<float> scratch_;  // product tiles on their way through the epilogue
};

/// Brings `x` into the form of `type`. For f32 nothing is copied: `rows` then reads `x`, which must live and stay as long as `rows` is
/// used.
void prepare_rows(MatrixView<const float> x, GemmType type, GemmRows& rows);

/// out (x.rows(), w.n_out()) = activation(x · wᵀ + bias). x.type() == w.type(), x.cols() == w.n_in(); Error{invalid_argument} otherwise.
/// `x` is not const because it lends its scratch.
void gemm(GemmRows& x, const PackedMatrix& w, Activation activation, MatrixView<float> out);

/// gemm() cut over its outputs, for a short text on several threads: piece p has the outputs from p · kGemmPiece on. `out` is the output
/// of the whole. The pieces give gemm()'s bits, and any number of threads may run different ones at once.
inline constexpr std::size_t kGemmPiece = 192;
std::size_t gemm_pieces(const PackedMatrix& w) noexcept;
void gemm_piece(const GemmRows& x, const PackedMatrix& w, std::size_t piece, Activation activation, MatrixView<float> out);

/// gemm() with the output in the form that the next GEMM of w.type() reads. `out` is another object than `x`.
void gemm_to_rows(GemmRows& x, const PackedMatrix& w, Activation activation, GemmRows& out);

/// out = layer_norm(x + residual), and the same rows prepared for the next GEMM of `type` (for f32 `prepared` reads `out`).
/// `residual` may have no rows: then layer_norm(x). `out` may be `x` or `residual`.
void add_layer_norm(MatrixView<const float> x, MatrixView<const float> residual, std::span<const float> gamma, std::span<const float> beta,
                    float eps, MatrixView<float> out, GemmType type, GemmRows& prepared);

}  // namespace akin::kernels
