#include "nearest_centre.h"

#include <algorithm>
#include <cmath>

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

std::vector<kernels::PackedMatrix> pack(MatrixView<const float> centres, std::span<const float> bias, kernels::GemmType type) {
  std::vector<kernels::PackedMatrix> parts;
  for (std::size_t first = 0; first < centres.rows(); first += kCentresAtOnce) {
    const std::size_t count = std::min(kCentresAtOnce, centres.rows() - first);
    parts.push_back(kernels::PackedMatrix::pack(centres.middle_rows(first, count), bias.subspan(first, count), type));
  }
  return parts;
}

}  // namespace

NearestCentre::NearestCentre(MatrixView<const float> centres, bool by_angle, bool with_halves) {
  require(!centres.empty(), "NearestCentre: there are no centres");
  std::vector<float> bias = half_square_lengths(centres);
  longest_ = std::sqrt(-2 * *std::ranges::min_element(bias)) * 1.0001F;
  if (by_angle) std::ranges::fill(bias, 0.0F);
  parts_ = pack(centres, bias, kernels::GemmType::f32);
  if (with_halves) half_parts_ = pack(centres, bias, kernels::GemmType::bf16);
}

void NearestCentre::find(MatrixView<const float> rows, std::span<kernels::BestTwo> out, Scratch& scratch) const {
  kernels::prepare_rows(rows, kernels::GemmType::f32, scratch.rows);
  look(scratch.rows, parts_, out, scratch);
}

void NearestCentre::find_by_halves(kernels::GemmRows& rows, std::span<kernels::BestTwo> out, Scratch& scratch) const {
  look(rows, half_parts_, out, scratch);
}

void NearestCentre::look(kernels::GemmRows& rows, const std::vector<kernels::PackedMatrix>& parts, std::span<kernels::BestTwo> out,
                         Scratch& scratch) const {
  AKIN_DCHECK(rows.rows() <= kRowsAtOnce && out.size() == rows.rows());
  if (scratch.scores.empty()) scratch.scores = Matrix<float>::uninitialized(kRowsAtOnce, parts.front().n_out());
  std::uint32_t first = 0;
  for (const kernels::PackedMatrix& part : parts) {
    const MatrixView<float> scores = scratch.scores.view().middle_rows(0, rows.rows()).middle_cols(0, part.n_out());
    kernels::gemm(rows, part, kernels::Activation::none, scores);
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
