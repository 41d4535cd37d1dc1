#include "akin/analysis/mahalanobis.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <string>

#include "akin/analysis/rows.h"
#include "akin/base/error.h"

namespace akin {
namespace {

using Columns = Eigen::MatrixXd;  // (dim, rows of a block)

// A block of rows in double stays in a core's cache.
constexpr std::size_t kRowsAtOnce = 512;

Columns block_of(MatrixView<const float> rows, std::size_t begin, std::size_t end, const Eigen::VectorXd& mean) {
  Columns out(static_cast<Eigen::Index>(rows.cols()), static_cast<Eigen::Index>(end - begin));
  for (std::size_t r = begin; r < end; ++r)
    for (std::size_t c = 0; c < rows.cols(); ++c)
      out(static_cast<Eigen::Index>(c), static_cast<Eigen::Index>(r - begin)) =
          static_cast<double>(rows(r, c)) - mean[static_cast<Eigen::Index>(c)];
  return out;
}

Eigen::VectorXd mean_of(MatrixView<const float> rows) {
  Eigen::VectorXd sum = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(rows.cols()));
  for (std::size_t r = 0; r < rows.rows(); ++r)
    for (std::size_t c = 0; c < rows.cols(); ++c) sum[static_cast<Eigen::Index>(c)] += static_cast<double>(rows(r, c));
  return sum / static_cast<double>(rows.rows());
}

struct Moments {
  Columns products;          ///< Σ x xᵀ
  double fourth_powers = 0;  ///< Σ ‖x‖⁴
};

/// Blocks' sums wait for each other in order, some at a time: memory does not grow with the rows.
Moments moments_of(MatrixView<const float> rows, const Eigen::VectorXd& mean, Context& context) {
  const auto dim = static_cast<Eigen::Index>(rows.cols());
  Moments out{Columns::Zero(dim, dim), 0};
  constexpr std::size_t kBlocks = 8;
  std::vector<Moments> parts(kBlocks);
  for (std::size_t first = 0; first < rows.rows(); first += kBlocks * kRowsAtOnce) {
    const std::size_t count = std::min(kBlocks * kRowsAtOnce, rows.rows() - first);
    context.parallel_for(count, kRowsAtOnce, [&](std::size_t begin, std::size_t end) {
      const Columns block = block_of(rows, first + begin, first + end, mean);
      Moments& part = parts[begin / kRowsAtOnce];
      part.products.noalias() = block * block.transpose();
      part.fourth_powers = block.colwise().squaredNorm().array().square().sum();
    });
    for (std::size_t b = 0; b * kRowsAtOnce < count; ++b) {
      out.products += parts[b].products;
      out.fourth_powers += parts[b].fourth_powers;
    }
  }
  return out;
}

/// Ledoit & Wolf's (2004), equations 14 and 15.
double shrinkage_of(const Moments& moments, double n, double variance) {
  const auto dim = static_cast<double>(moments.products.rows());
  const double squares = moments.products.squaredNorm() / (n * n);
  const double noise = (moments.fourth_powers / n - squares) / (dim * n);
  const double distance = (squares - dim * variance * variance) / dim;
  return noise <= 0 || distance <= 0 ? 0 : std::min(noise, distance) / distance;
}

}  // namespace

struct Mahalanobis::Impl {
  Eigen::VectorXd mean;
  Eigen::LLT<Columns> factor;
  double shrinkage = 0;
};

Mahalanobis::Mahalanobis(MatrixView<const float> rows, Context& context) : impl_(std::make_unique<Impl>()) {
  check_rows(rows, "Mahalanobis", context);
  impl_->mean = mean_of(rows);
  const Moments moments = moments_of(rows, impl_->mean, context);
  const auto n = static_cast<double>(rows.rows());
  Columns covariance = moments.products / n;
  const double variance = covariance.trace() / static_cast<double>(rows.cols());
  impl_->shrinkage = shrinkage_of(moments, n, variance);
  covariance *= 1 - impl_->shrinkage;
  // Columns that do not vary leave it without an inverse where nothing is shrunk: a trillionth of the ball is no change elsewhere.
  const double ball = variance > 0 ? std::max(impl_->shrinkage, 1e-12) * variance : 1;
  covariance.diagonal().array() += ball;
  impl_->factor.compute(covariance);
  if (impl_->factor.info() != Eigen::Success) throw Error(ErrorCode::invalid_argument, "Mahalanobis: the covariance has no inverse");
}

Mahalanobis::Mahalanobis(Mahalanobis&&) noexcept = default;
Mahalanobis& Mahalanobis::operator=(Mahalanobis&&) noexcept = default;
Mahalanobis::~Mahalanobis() = default;

double Mahalanobis::shrinkage() const noexcept { return impl_->shrinkage; }

std::vector<double> Mahalanobis::squares(MatrixView<const float> rows, Context& context) const {
  if (rows.rows() == 0) return {};
  if (static_cast<Eigen::Index>(rows.cols()) != impl_->mean.size())
    throw Error(ErrorCode::mismatch, "Mahalanobis: rows of " + std::to_string(rows.cols()) + " numbers; it was made of rows of " +
                                         std::to_string(impl_->mean.size()));
  check_rows(rows, "Mahalanobis", context);
  std::vector<double> out(rows.rows());
  context.parallel_for(rows.rows(), kRowsAtOnce, [&](std::size_t begin, std::size_t end) {
    Columns block = block_of(rows, begin, end, impl_->mean);
    impl_->factor.matrixL().solveInPlace(block);
    for (std::size_t r = begin; r < end; ++r) out[r] = block.col(static_cast<Eigen::Index>(r - begin)).squaredNorm();
  });
  return out;
}

}  // namespace akin
