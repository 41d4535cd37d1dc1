#include "ridge.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace akin::train {
namespace {

constexpr std::size_t kRowsAtOnce = 512;

// One number a column.
using Columns = std::vector<double>;

// Calls visit(row, sums) for every row; the sums of blocks are added in their order.
template <class Visit>
Columns sum_over_rows(std::size_t n_rows, std::size_t n_cols, Context& context, Visit&& visit) {
  return context.pool.parallel_reduce<Columns>(
      n_rows, kRowsAtOnce, Columns(n_cols),
      [&](std::size_t begin, std::size_t end) {
        Columns sums(n_cols);
        for (std::size_t row = begin; row < end; ++row) visit(row, sums);
        return sums;
      },
      [](Columns total, const Columns& block) {
        for (std::size_t c = 0; c < total.size(); ++c) total[c] += block[c];
        return total;
      },
      &context.cancel);
}

std::vector<float> ratio(const Columns& a, const Columns& b) {
  std::vector<float> out(a.size());
  for (std::size_t c = 0; c < a.size(); ++c) out[c] = b[c] == 0 ? 0 : static_cast<float>(a[c] / b[c]);
  return out;
}

double length(const Columns& squares) {
  double sum = 0;
  for (const double x : squares) sum += x;
  return std::sqrt(sum);
}

class Solver {
 public:
  Solver(const TokenMeans& means, MatrixView<float> targets, MatrixView<float> vectors, const RidgeOptions& options, Context& context)
      : means_(means),
        texts_(targets),
        vectors_(vectors),
        options_(options),
        context_(context),
        scale_(means.column_squares()),
        residual_(vectors.rows(), vectors.cols()),
        direction_(vectors.rows(), vectors.cols()),
        image_(vectors.rows(), vectors.cols()) {
    for (float& s : scale_) s = 1 / (s + static_cast<float>(options.ridge));
  }

  std::size_t run() {
    begin();
    const double wanted = options_.tolerance * length(squares_);
    std::size_t round = 0;
    context_.progress.begin("fitting", options_.max_rounds, "rounds");
    while (round < options_.max_rounds && length(squares_) > wanted) {
      step();
      ++round;
      context_.progress.advance(1);
    }
    context_.progress.end();
    return round;
  }

 private:
  // Residual = Mᵀ(T − M·E); the first direction is the preconditioned residual.
  void begin() {
    Matrix<float> made(texts_.rows(), texts_.cols());
    means_.multiply(vectors_, made.view(), context_);
    context_.parallel_for(texts_.rows(), kRowsAtOnce, [&](std::size_t first, std::size_t last) {
      for (std::size_t r = first; r < last; ++r) {
        for (std::size_t c = 0; c < texts_.cols(); ++c) texts_(r, c) -= made(r, c);
      }
    });
    means_.multiply_transposed(texts_, residual_.view(), context_);
    rho_ = sum_over_rows(residual_.rows(), residual_.cols(), context_, [&](std::size_t r, Columns& sums) {
      for (std::size_t c = 0; c < sums.size(); ++c) {
        direction_(r, c) = scale_[r] * residual_(r, c);
        sums[c] += static_cast<double>(residual_(r, c)) * static_cast<double>(direction_(r, c));
      }
    });
    squares_ = residual_squares();
  }

  Columns residual_squares() {
    return sum_over_rows(residual_.rows(), residual_.cols(), context_, [&](std::size_t r, Columns& sums) {
      for (std::size_t c = 0; c < sums.size(); ++c) sums[c] += static_cast<double>(residual_(r, c)) * static_cast<double>(residual_(r, c));
    });
  }

  void step() {
    const auto ridge = static_cast<float>(options_.ridge);
    means_.multiply(direction_.view(), texts_, context_);
    means_.multiply_transposed(texts_, image_.view(), context_);
    const Columns curvature = sum_over_rows(image_.rows(), image_.cols(), context_, [&](std::size_t r, Columns& sums) {
      for (std::size_t c = 0; c < sums.size(); ++c) {
        image_(r, c) += ridge * direction_(r, c);
        sums[c] += static_cast<double>(image_(r, c)) * static_cast<double>(direction_(r, c));
      }
    });
    const std::vector<float> along = ratio(rho_, curvature);
    const Columns rho = sum_over_rows(image_.rows(), image_.cols(), context_, [&](std::size_t r, Columns& sums) {
      for (std::size_t c = 0; c < sums.size(); ++c) {
        vectors_(r, c) += along[c] * direction_(r, c);
        residual_(r, c) -= along[c] * image_(r, c);
        sums[c] += static_cast<double>(scale_[r]) * static_cast<double>(residual_(r, c)) * static_cast<double>(residual_(r, c));
      }
    });
    const std::vector<float> kept = ratio(rho, rho_);
    rho_ = rho;
    context_.parallel_for(direction_.rows(), kRowsAtOnce, [&](std::size_t first, std::size_t last) {
      for (std::size_t r = first; r < last; ++r) {
        for (std::size_t c = 0; c < direction_.cols(); ++c) direction_(r, c) = scale_[r] * residual_(r, c) + kept[c] * direction_(r, c);
      }
    });
    squares_ = residual_squares();
  }

  const TokenMeans& means_;
  MatrixView<float> texts_, vectors_;
  const RidgeOptions& options_;
  Context& context_;
  std::vector<float> scale_;  // the preconditioner, one a token
  Matrix<float> residual_, direction_, image_;
  Columns rho_, squares_;
};

}  // namespace

std::size_t fit_ridge(const TokenMeans& means, MatrixView<float> targets, MatrixView<float> vectors, const RidgeOptions& options,
                      Context& context) {
  require(options.ridge > 0, "the ridge must be above 0");
  require(targets.cols() == vectors.cols() && targets.rows() == means.n_texts(), "ridge: the shapes of targets and vectors do not fit");
  return Solver(means, targets, vectors, options, context).run();
}

}  // namespace akin::train
