#include "akin/analysis/mahalanobis.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <utility>

#include "akin/analysis/rows.h"
#include "akin/base/error.h"
#include "akin/kernels/double_products.h"

namespace akin {
namespace {

using kernels::DoubleColumns;
using Square = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// A block of rows in double stays in a core's cache.
constexpr std::size_t kRowsAtOnce = 512;
static_assert(kRowsAtOnce % DoubleColumns::kLengthGrain == 0);

constexpr std::size_t padded(std::size_t n_columns) {
  return (n_columns + DoubleColumns::kColumnGrain - 1) / DoubleColumns::kColumnGrain * DoubleColumns::kColumnGrain;
}

/// The columns of kRowsAtOnce rows, less their means; zeros behind the last column and row.
class Block {
 public:
  Block(MatrixView<const float> rows, std::span<const double> mean) : columns_(padded(mean.size()), kRowsAtOnce) {
    for (std::size_t r = 0; r < rows.rows(); ++r)
      for (std::size_t c = 0; c < rows.cols(); ++c) columns_(c, r) = static_cast<double>(rows(r, c)) - mean[c];
  }
  [[nodiscard]] DoubleColumns columns() const noexcept { return {columns_.data(), columns_.rows(), columns_.cols()}; }

  /// Σ ‖x‖⁴
  [[nodiscard]] double fourth_powers() const {
    std::vector<double> squares(kRowsAtOnce);
    for (std::size_t c = 0; c < columns_.rows(); ++c)
      for (std::size_t r = 0; r < kRowsAtOnce; ++r) squares[r] += columns_(c, r) * columns_(c, r);
    double sum = 0;
    for (const double square : squares) sum += square * square;
    return sum;
  }

 private:
  Matrix<double> columns_;
};

struct Moments {
  Matrix<double> products;   ///< Σ x xᵀ, its lower triangle
  double fourth_powers = 0;  ///< Σ ‖x‖⁴
};

/// Blocks' sums wait for each other in order, some at a time: memory does not grow with the rows.
Moments moments_of(MatrixView<const float> rows, std::span<const double> mean, Context& context) {
  Moments out;
  constexpr std::size_t kBlocks = 8;
  std::vector<Moments> parts(kBlocks);
  for (std::size_t first = 0; first < rows.rows(); first += kBlocks * kRowsAtOnce) {
    const std::size_t count = std::min(kBlocks * kRowsAtOnce, rows.rows() - first);
    context.parallel_for(count, kRowsAtOnce, [&](std::size_t begin, std::size_t end) {
      const Block block(rows.middle_rows(first + begin, end - begin), mean);
      const DoubleColumns columns = block.columns();
      Moments& part = parts[begin / kRowsAtOnce];
      part = {Matrix<double>(columns.n_columns, columns.n_columns), block.fourth_powers()};
      kernels::add_products(columns, part.products.data());
    });
    for (std::size_t b = 0; b * kRowsAtOnce < count; ++b) {
      out.fourth_powers += parts[b].fourth_powers;
      if (out.products.empty()) {
        out.products = std::move(parts[b].products);
        continue;
      }
      for (std::size_t i = 0; i < out.products.size(); ++i) out.products.data()[i] += parts[b].products.data()[i];
    }
  }
  return out;
}

Square symmetric(const Matrix<double>& lower, std::size_t dim) {
  Square out(static_cast<Eigen::Index>(dim), static_cast<Eigen::Index>(dim));
  for (std::size_t i = 0; i < dim; ++i)
    for (std::size_t j = 0; j <= i; ++j)
      out(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) = out(static_cast<Eigen::Index>(j), static_cast<Eigen::Index>(i)) =
          lower(i, j);
  return out;
}

/// Ledoit & Wolf's (2004), equations 14 and 15.
double shrinkage_of(const Square& covariance, double fourth_powers, double n, double variance) {
  const auto dim = static_cast<double>(covariance.rows());
  const double squares = covariance.squaredNorm();
  const double noise = (fourth_powers / n - squares) / (dim * n);
  const double distance = (squares - dim * variance * variance) / dim;
  return noise <= 0 || distance <= 0 ? 0 : std::min(noise, distance) / distance;
}

}  // namespace

struct Mahalanobis::Impl {
  std::vector<double> mean;
  Matrix<double> whitening;  // L⁻¹ of the covariance L Lᵀ, zeros around it: its squares are the distances
  double shrinkage = 0;

  void set_whitening(const Square& covariance) {
    const Eigen::LLT<Square> factor(covariance);
    if (factor.info() != Eigen::Success) throw Error(ErrorCode::invalid_argument, "Mahalanobis: the covariance has no inverse");
    const Square inverse = factor.matrixL().solve(Square::Identity(covariance.rows(), covariance.cols()));
    whitening = Matrix<double>(padded(mean.size()), padded(mean.size()));
    for (std::size_t i = 0; i < mean.size(); ++i)
      for (std::size_t j = 0; j <= i; ++j) whitening(i, j) = inverse(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j));
  }
};

Mahalanobis::Mahalanobis(MatrixView<const float> rows, Context& context) : impl_(std::make_unique<Impl>()) {
  check_rows(rows, "Mahalanobis", context);
  impl_->mean = column_means(rows, context);
  const Moments moments = moments_of(rows, impl_->mean, context);
  const auto n = static_cast<double>(rows.rows());
  Square covariance = symmetric(moments.products, rows.cols()) / n;
  const double variance = covariance.trace() / static_cast<double>(rows.cols());
  impl_->shrinkage = shrinkage_of(covariance, moments.fourth_powers, n, variance);
  covariance *= 1 - impl_->shrinkage;
  // Columns that do not vary leave it without an inverse where nothing is shrunk: a trillionth of the ball is no change elsewhere.
  const double ball = variance > 0 ? std::max(impl_->shrinkage, 1e-12) * variance : 1;
  covariance.diagonal().array() += ball;
  impl_->set_whitening(covariance);
}

Mahalanobis::Mahalanobis(Mahalanobis&&) noexcept = default;
Mahalanobis& Mahalanobis::operator=(Mahalanobis&&) noexcept = default;
Mahalanobis::~Mahalanobis() = default;

double Mahalanobis::shrinkage() const noexcept { return impl_->shrinkage; }

std::vector<double> Mahalanobis::squares(MatrixView<const float> rows, Context& context) const {
  if (rows.rows() == 0) return {};
  if (rows.cols() != impl_->mean.size())
    throw Error(ErrorCode::mismatch, "Mahalanobis: rows of " + std::to_string(rows.cols()) + " numbers; it was made of rows of " +
                                         std::to_string(impl_->mean.size()));
  check_rows(rows, "Mahalanobis", context);
  std::vector<double> out(rows.rows());
  context.parallel_for(rows.rows(), kRowsAtOnce, [&](std::size_t begin, std::size_t end) {
    std::array<double, kRowsAtOnce> squares;
    kernels::triangle_squares(Block(rows.middle_rows(begin, end - begin), impl_->mean).columns(), impl_->whitening.data(), squares.data());
    std::copy_n(squares.begin(), end - begin, out.begin() + static_cast<std::ptrdiff_t>(begin));
  });
  return out;
}

}  // namespace akin
