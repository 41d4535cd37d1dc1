#include "akin/analysis/pca.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <string>

#include "akin/analysis/rows.h"
#include "akin/base/error.h"
#include "akin/base/rng.h"
#include "akin/kernels/matmul.h"
#include "eigen_matrices.h"

namespace akin {
namespace {

// A fixed cut: sums are the same on any number of threads. A block's products are float, blocks are added in double and in order.
constexpr std::size_t kRowsAtOnce = 512;
constexpr std::size_t kOversamples = 10;
constexpr std::size_t kPasses = 4;  // each over the rows and back
constexpr std::size_t kExactDims = 400;
constexpr double kNoVariance = 1e-12;  // of all: what rounding leaves where there is none

using analysis::Doubles;
using analysis::orthonormal;
using analysis::to_double;
using analysis::to_float;

/// The rows less their mean, a block at a time.
class CentredRows {
 public:
  CentredRows(MatrixView<const float> rows, std::span<const float> mean, Context& context) : rows_(rows), mean_(mean), context_(context) {}

  [[nodiscard]] std::size_t size() const noexcept { return rows_.rows(); }
  [[nodiscard]] std::size_t dim() const noexcept { return rows_.cols(); }

  /// Σ f(block), blocks in order; f gives a matrix of `height` × `width`.
  template <class F>
  [[nodiscard]] Doubles sum(std::size_t height, std::size_t width, const F& f) const {
    return context_.pool.parallel_reduce<Doubles>(
        rows_.rows(), kRowsAtOnce, Doubles::Zero(static_cast<Eigen::Index>(height), static_cast<Eigen::Index>(width)),
        [&](std::size_t begin, std::size_t end) { return to_double(f(block(begin, end).view()).view()); },
        [](Doubles total, const Doubles& part) -> Doubles { return total + part; }, &context_.cancel);
  }
  /// Σ of all squares.
  [[nodiscard]] double squares() const {
    return context_.pool.parallel_reduce<double>(
        rows_.rows(), kRowsAtOnce, 0.0,
        [&](std::size_t begin, std::size_t end) {
          const Matrix<float> part = block(begin, end);
          double total = 0;
          for (std::size_t i = 0; i < part.size(); ++i) total += static_cast<double>(part.data()[i]) * static_cast<double>(part.data()[i]);
          return total;
        },
        [](double total, double part) { return total + part; }, &context_.cancel);
  }
  /// rows · directions, (n, n_directions).
  [[nodiscard]] Matrix<float> along(MatrixView<const float> directions) const {
    Matrix<float> out = Matrix<float>::uninitialized(rows_.rows(), directions.cols());
    context_.parallel_for(rows_.rows(), kRowsAtOnce, [&](std::size_t begin, std::size_t end) {
      kernels::matmul(kernels::plain(block(begin, end).view()), kernels::plain(directions), kernels::Sum::replace,
                      out.view().middle_rows(begin, end - begin));
    });
    return out;
  }

 private:
  [[nodiscard]] Matrix<float> block(std::size_t begin, std::size_t end) const {
    Matrix<float> out = Matrix<float>::uninitialized(end - begin, rows_.cols());
    for (std::size_t r = begin; r < end; ++r)
      for (std::size_t c = 0; c < rows_.cols(); ++c) out(r - begin, c) = rows_(r, c) - mean_[c];
    return out;
  }

  MatrixView<const float> rows_;
  std::span<const float> mean_;
  Context& context_;
};

struct Axes {
  Doubles directions;           // (dim, n): columns
  std::vector<double> squares;  // of the rows along each
};

Axes strongest(const Doubles& moments, std::size_t n) {
  const Eigen::SelfAdjointEigenSolver<Doubles> solver(moments);
  const Eigen::Index dim = moments.rows();
  Axes axes{Doubles(dim, static_cast<Eigen::Index>(n)), {}};
  for (std::size_t a = 0; a < n; ++a) {  // eigenvalues ascend
    const Eigen::Index from = dim - 1 - static_cast<Eigen::Index>(a);
    axes.directions.col(static_cast<Eigen::Index>(a)) = solver.eigenvectors().col(from);
    axes.squares.push_back(std::max(solver.eigenvalues()[from], 0.0));
  }
  return axes;
}

Axes exact_axes(const CentredRows& rows, std::size_t n) {
  const auto product = [&](MatrixView<const float> block) {
    Matrix<float> out = Matrix<float>::uninitialized(rows.dim(), rows.dim());
    kernels::matmul(kernels::transposed(block), kernels::plain(block), kernels::Sum::replace, out.view());
    return out;
  };
  return strongest(rows.sum(rows.dim(), rows.dim(), product), n);
}

// The span of the strongest directions: a random one, sent through rowsᵀ · rows some times.
Axes randomized_axes(const CentredRows& rows, std::size_t n, std::uint64_t seed) {
  const std::size_t width = std::min(n + kOversamples, rows.dim());
  Rng rng(seed);
  Doubles span(static_cast<Eigen::Index>(rows.dim()), static_cast<Eigen::Index>(width));
  for (Eigen::Index c = 0; c < span.cols(); ++c)
    for (Eigen::Index r = 0; r < span.rows(); ++r) span(r, c) = static_cast<double>(rng.normal());
  for (std::size_t pass = 0; pass < kPasses; ++pass) {
    span = orthonormal(span);
    const Matrix<float> directions = to_float(span);
    span = rows.sum(rows.dim(), width, [&](MatrixView<const float> block) {
      Matrix<float> along = Matrix<float>::uninitialized(block.rows(), width), back = Matrix<float>::uninitialized(rows.dim(), width);
      kernels::matmul(kernels::plain(block), kernels::plain(directions.view()), kernels::Sum::replace, along.view());
      kernels::matmul(kernels::transposed(block), kernels::plain(along.view()), kernels::Sum::replace, back.view());
      return back;
    });
  }
  span = orthonormal(span);
  const Matrix<float> directions = to_float(span);
  Axes inside = strongest(
      rows.sum(width, width,
               [&](MatrixView<const float> block) {
                 Matrix<float> along = Matrix<float>::uninitialized(block.rows(), width);
                 Matrix<float> out = Matrix<float>::uninitialized(width, width);
                 kernels::matmul(kernels::plain(block), kernels::plain(directions.view()), kernels::Sum::replace, along.view());
                 kernels::matmul(kernels::transposed(along.view()), kernels::plain(along.view()), kernels::Sum::replace, out.view());
                 return out;
               }),
      n);
  inside.directions = span * inside.directions;
  return inside;
}

bool is_exact(const PcaOptions& options, std::size_t dim) {
  if (options.solver != PcaSolver::automatic) return options.solver == PcaSolver::exact;
  return dim <= kExactDims || options.n_components * 10 > dim;
}

Matrix<float> signed_components(const Doubles& directions) {
  Matrix<float> out(static_cast<std::size_t>(directions.cols()), static_cast<std::size_t>(directions.rows()));
  for (std::size_t a = 0; a < out.rows(); ++a) {
    const Eigen::VectorXd axis = directions.col(static_cast<Eigen::Index>(a));
    Eigen::Index largest = 0;
    axis.cwiseAbs().maxCoeff(&largest);
    const double sign = axis[largest] < 0 ? -1 : 1;
    for (std::size_t i = 0; i < out.cols(); ++i) out(a, i) = static_cast<float>(sign * axis[static_cast<Eigen::Index>(i)]);
  }
  return out;
}

}  // namespace

Pca pca(MatrixView<const float> rows, const PcaOptions& options, Context& context) {
  check_rows(rows, "pca", context);
  const std::size_t most = std::min(rows.rows(), rows.cols());
  if (options.n_components == 0 || options.n_components > most)
    throw Error(ErrorCode::invalid_argument, "pca: " + std::to_string(options.n_components) + " components are asked for, of " +
                                                 std::to_string(rows.rows()) + " rows of " + std::to_string(rows.cols()) +
                                                 " numbers there are 1 to " + std::to_string(most));
  Pca result;
  result.mean.resize(rows.cols(), 0.0F);
  if (options.centred)
    std::ranges::transform(column_means(rows, context), result.mean.begin(), [](double x) { return static_cast<float>(x); });
  const CentredRows centred(rows, result.mean, context);
  const Axes axes = is_exact(options, rows.cols()) ? exact_axes(centred, options.n_components)
                                                   : randomized_axes(centred, options.n_components, context.seed);
  result.components = signed_components(axes.directions);
  const double total = centred.squares(), n = std::max(static_cast<double>(rows.rows()) - 1, 1.0);
  for (const double squares : axes.squares) {
    result.explained_variance.push_back(squares / n);
    result.explained_variance_ratio.push_back(total > 0 ? squares / total : 0);
  }
  return result;
}

Matrix<float> Pca::transform(MatrixView<const float> rows, Context& context) const {
  if (rows.cols() != mean.size())
    throw Error(ErrorCode::mismatch,
                "pca: rows of " + std::to_string(rows.cols()) + " numbers, the components are of " + std::to_string(mean.size()));
  Matrix<float> directions(mean.size(), components.rows());
  for (std::size_t a = 0; a < components.rows(); ++a)
    for (std::size_t i = 0; i < mean.size(); ++i) directions(i, a) = components(a, i);
  return CentredRows(rows, mean, context).along(directions.view());
}

Matrix<float> Pca::plane(MatrixView<const float> rows, Context& context) const {
  require(components.rows() <= 2, "Pca::plane: there are more than two components");
  const Matrix<float> along = transform(rows, context);
  Matrix<float> out(rows.rows(), 2);
  for (std::size_t r = 0; r < rows.rows(); ++r) std::ranges::copy(along.row(r), out.row(r).begin());
  return out;
}

Matrix<float> principal_plane(MatrixView<const float> rows, Context& context) {
  if (rows.empty()) return {rows.rows(), 2};
  const Pca found = pca(rows, {.n_components = std::min<std::size_t>({2, rows.rows(), rows.cols()})}, context);
  Matrix<float> out = found.plane(rows, context);
  for (std::size_t c = 0; c < found.components.rows(); ++c)
    if (found.explained_variance_ratio[c] <= kNoVariance)
      for (std::size_t r = 0; r < rows.rows(); ++r) out(r, c) = 0;
  return out;
}

}  // namespace akin
