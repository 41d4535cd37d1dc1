#include "principal_axes.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

namespace akin::train {
namespace {

constexpr std::size_t kRowsAtOnce = 1024;  // a fixed cut: sums are the same on any number of threads

using Moments = Eigen::MatrixXd;

// Σ row · rowᵀ: products of a block in float, blocks added in double and in order.
Moments second_moments(MatrixView<const float> rows, Context& context) {
  using Block = Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>, 0, Eigen::OuterStride<>>;
  const auto dim = static_cast<Eigen::Index>(rows.cols());
  return context.pool.parallel_reduce<Moments>(
      rows.rows(), kRowsAtOnce, Moments::Zero(dim, dim),
      [&](std::size_t begin, std::size_t end) -> Moments {
        const Block block(rows.row_data(begin), static_cast<Eigen::Index>(end - begin), dim,
                          Eigen::OuterStride<>(static_cast<Eigen::Index>(rows.stride())));
        const Eigen::MatrixXf product = block.transpose() * block;
        return product.cast<double>();
      },
      [](Moments total, const Moments& block) -> Moments { return total + block; }, &context.cancel);
}

}  // namespace

Matrix<float> principal_axes(MatrixView<const float> rows, std::size_t n_axes, Context& context) {
  require(n_axes <= rows.cols(), "there are no more axes than dimensions");
  const Eigen::SelfAdjointEigenSolver<Moments> solver(second_moments(rows, context));
  const auto dim = static_cast<Eigen::Index>(rows.cols());
  Matrix<float> axes(n_axes, rows.cols());
  for (std::size_t a = 0; a < n_axes; ++a) {
    const Eigen::VectorXd axis = solver.eigenvectors().col(dim - 1 - static_cast<Eigen::Index>(a));  // eigenvalues ascend
    Eigen::Index largest = 0;
    axis.cwiseAbs().maxCoeff(&largest);
    const double sign = axis[largest] < 0 ? -1 : 1;
    for (Eigen::Index i = 0; i < dim; ++i) axes(a, static_cast<std::size_t>(i)) = static_cast<float>(sign * axis[i]);
  }
  return axes;
}

}  // namespace akin::train
