#include "akin/kernels/gemm.h"

#include <algorithm>

#include "akin/kernels/convert.h"
#include "akin/kernels/norm.h"
#include "akin/kernels/target.h"

namespace akin::kernels {

struct PackedMatrix::Impl {
  GemmType type = GemmType::f32;
  Matrix<float> weight;
  Matrix<float> bias;
};

struct GemmRows::Access {
  static void set(GemmRows& rows, MatrixView<const float> x, GemmType type) {
    rows.type_ = type;
    rows.rows_ = x.rows();
    rows.cols_ = x.cols();
    rows.borrowed_ = x;
  }
  static MatrixView<const float> view(const GemmRows& rows) { return rows.borrowed_; }
  static MatrixView<float> own(GemmRows& rows, std::size_t n, std::size_t cols) {
    rows.floats_ = Matrix<float>::uninitialized(n, cols);
    return rows.floats_.view();
  }
};

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
  packed.impl_->type = type;
  packed.impl_->weight = Matrix<float>::uninitialized(n_out, n_in);
  packed.impl_->bias = Matrix<float>(1, n_out);
  std::copy(bias.begin(), bias.end(), packed.impl_->bias.data());
  for (std::size_t r = 0; r < n_out; ++r) fill(r, packed.impl_->weight.row(r));
  return packed;
}

PackedMatrix PackedMatrix::pack(MatrixView<const float> weight, std::span<const float> bias, GemmType type) {
  return pack(
      weight.rows(), weight.cols(), [&](std::size_t r, std::span<float> out) { std::copy_n(weight.row_data(r), out.size(), out.data()); },
      bias, type);
}

std::size_t PackedMatrix::n_in() const noexcept { return impl_ ? impl_->weight.cols() : 0; }
std::size_t PackedMatrix::n_out() const noexcept { return impl_ ? impl_->weight.rows() : 0; }
GemmType PackedMatrix::type() const noexcept { return impl_ ? impl_->type : GemmType::f32; }
std::size_t PackedMatrix::bytes() const noexcept { return impl_ ? impl_->weight.size() * sizeof(float) : 0; }

void prepare_rows(MatrixView<const float> x, GemmType type, GemmRows& rows) { GemmRows::Access::set(rows, x, type); }

void gemm(GemmRows& x, const PackedMatrix& w, Activation activation, MatrixView<float> out) {
  require(x.type() == w.type() && x.cols() == w.n_in(), "gemm: rows and weight disagree");
  const MatrixView<const float> view = GemmRows::Access::view(x);
  for (std::size_t r = 0; r < view.rows(); ++r) {
    for (std::size_t c = 0; c < w.n_out(); ++c) {
      float sum = 0;
      for (std::size_t i = 0; i < w.n_in(); ++i) sum += view(r, i) * w.impl().weight(c, i);
      out(r, c) = sum + w.impl().bias(0, c);
    }
    activate(activation, out.row(r));
  }
}

void gemm_to_rows(GemmRows& x, const PackedMatrix& w, Activation activation, GemmRows& out) {
  const MatrixView<float> own = GemmRows::Access::own(out, x.rows(), w.n_out());
  gemm(x, w, activation, own);
  GemmRows::Access::set(out, own, w.type());
}

void add_layer_norm(MatrixView<const float> x, MatrixView<const float> residual, std::span<const float> gamma, std::span<const float> beta,
                    float eps, MatrixView<float> out, GemmType type, GemmRows& prepared) {
  if (residual.rows() == 0) {
    layer_norm(x, gamma, beta, eps, out);
  } else {
    add_layer_norm(x, residual, gamma, beta, eps, out);
  }
  prepare_rows(out, type, prepared);
}

}  // namespace akin::kernels
