#include "nearest_centre.h"

#include <algorithm>

#include "akin/base/error.h"

namespace akin::analysis {
namespace {

// Of one product: its scores for kRowsAtOnce rows are 512 KB at most.
constexpr std::size_t kCentresAtOnce = 512;

std::vector<float> half_square_lengths(MatrixView<const float> centres) {
  std::vector<float> out(centres.rows());
  for (std::size_t c = 0; c < out.size(); ++c) {
    double sum = 0;
    for (const float x : centres.row(c)) sum += static_cast<double>(x) * static_cast<double>(x);
    out[c] = static_cast<float>(-0.5 * sum);
  }
  return out;
}

}  // namespace

NearestCentre::NearestCentre(MatrixView<const float> centres, bool by_angle) {
  require(!centres.empty(), "NearestCentre: there are no centres");
  const std::vector<float> bias = by_angle ? std::vector<float>(centres.rows()) : half_square_lengths(centres);
  for (std::size_t first = 0; first < centres.rows(); first += kCentresAtOnce) {
    const std::size_t count = std::min(kCentresAtOnce, centres.rows() - first);
    parts_.push_back(
        kernels::PackedMatrix::pack(centres.middle_rows(first, count), std::span(bias).subspan(first, count), kernels::GemmType::f32));
  }
}

void NearestCentre::find(MatrixView<const float> rows, std::span<kernels::BestTwo> out, Scratch& scratch) const {
  AKIN_DCHECK(rows.rows() <= kRowsAtOnce && out.size() == rows.rows());
  if (scratch.scores.empty()) scratch.scores = Matrix<float>::uninitialized(kRowsAtOnce, std::max(parts_.front().n_out(), std::size_t{1}));
  kernels::prepare_rows(rows, kernels::GemmType::f32, scratch.rows);
  std::uint32_t first = 0;
  for (const kernels::PackedMatrix& part : parts_) {
    const MatrixView<float> scores = scratch.scores.view().middle_rows(0, rows.rows()).middle_cols(0, part.n_out());
    kernels::gemm(scratch.rows, part, kernels::Activation::none, scores);
    if (first == 0) {
      kernels::best_two_of_rows(scores, first, out);
    } else {
      scratch.part.resize(rows.rows());
      kernels::best_two_of_rows(scores, first, scratch.part);
      for (std::size_t r = 0; r < out.size(); ++r) out[r] = kernels::merged(out[r], scratch.part[r]);
    }
    first += static_cast<std::uint32_t>(part.n_out());
  }
}

}  // namespace akin::analysis
