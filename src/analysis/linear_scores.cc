#include "akin/analysis/linear_scores.h"

#include <algorithm>
#include <string>

#include "akin/base/error.h"
#include "akin/kernels/gemm.h"

namespace akin {
namespace {

// A block's rows stay in a core's cache.
constexpr std::size_t kRowsAtOnce = 256;

}  // namespace

Matrix<float> linear_scores(MatrixView<const float> rows, const LinearWeights& linear, Context& context) {
  if (rows.cols() != linear.weights.cols())
    throw Error(ErrorCode::mismatch, "vectors of " + std::to_string(rows.cols()) + " numbers; the classifier was trained on " +
                                         std::to_string(linear.weights.cols()));
  Matrix<float> scores = Matrix<float>::uninitialized(rows.rows(), linear.weights.rows());
  if (scores.empty()) return scores;
  const kernels::PackedMatrix packed = kernels::PackedMatrix::pack(linear.weights.view(), linear.bias, kernels::GemmType::f32);
  std::vector<kernels::GemmRows> scratch(static_cast<std::size_t>(context.pool.n_threads()));
  context.parallel_for(rows.rows(), kRowsAtOnce, [&](std::size_t begin, std::size_t end) {
    kernels::GemmRows& own = scratch[static_cast<std::size_t>(ThreadPool::current_worker())];
    kernels::prepare_rows(rows.middle_rows(begin, end - begin), kernels::GemmType::f32, own);
    kernels::gemm(own, packed, kernels::Activation::none, scores.view().middle_rows(begin, end - begin));
  });
  return scores;
}

std::vector<std::int32_t> best_columns(MatrixView<const float> scores) {
  std::vector<std::int32_t> out(scores.rows());
  for (std::size_t r = 0; r < out.size(); ++r)
    out[r] = static_cast<std::int32_t>(std::ranges::max_element(scores.row(r)) - scores.row(r).begin());
  return out;
}

}  // namespace akin
