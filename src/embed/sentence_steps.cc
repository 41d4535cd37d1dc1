#include "sentence_steps.h"

#include <algorithm>
#include <utility>

#include "akin/kernels/norm.h"

namespace akin {
namespace {

constexpr float kLayerNormEps = 1e-5F;  // torch's default, which sentence-transformers leaves as it is

void normalize_rows(Matrix<float>& rows) {
  for (std::size_t r = 0; r < rows.rows(); ++r) kernels::l2_normalize(rows.row(r));
}

Matrix<float> cut_columns(const Matrix<float>& rows, std::size_t dims) {
  Matrix<float> cut = Matrix<float>::uninitialized(rows.rows(), dims);
  for (std::size_t r = 0; r < rows.rows(); ++r) std::ranges::copy(rows.row(r).first(dims), cut.row(r).begin());
  return cut;
}

}  // namespace

SentenceSteps::SentenceSteps(std::span<const StepSpec> specs, std::size_t dims, bool normalize, bool layer_norm_before_cut)
    : dims_(dims), normalize_(normalize || (dims != 0 && layer_norm_before_cut)), layer_norm_before_cut_(layer_norm_before_cut) {
  steps_.reserve(specs.size());
  for (const StepSpec& spec : specs) {
    if (const auto* dense = std::get_if<DenseStep>(&spec)) {
      steps_.emplace_back(nn::Dense(*dense->file, dense->name, dense->n_in, dense->n_out, dense->activation));
    } else if (const auto* norm = std::get_if<LayerNormStep>(&spec)) {
      steps_.emplace_back(nn::Norm(*norm->file, norm->name, norm->dim, nn::NormSpec{.eps = kLayerNormEps}));
    } else {
      steps_.emplace_back(UnitLength{});
    }
  }
}

Matrix<float> SentenceSteps::forward(Matrix<float> pooled, VectorLength length) const {
  const bool keeps_length = length == VectorLength::pooled;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const Step& step = steps_[i];
    if (const auto* dense = std::get_if<nn::Dense>(&step)) {
      pooled = dense->forward(pooled.view());
    } else if (const auto* norm = std::get_if<nn::Norm>(&step)) {
      norm->forward(pooled.view(), pooled.view());
    } else if (!keeps_length || i + 1 < steps_.size()) {
      normalize_rows(pooled);
    }
  }
  if (dims_ != 0 && layer_norm_before_cut_) kernels::layer_norm(pooled.view(), {}, {}, kLayerNormEps, pooled.view());
  if (dims_ != 0 && dims_ < pooled.cols()) pooled = cut_columns(pooled, dims_);
  if (normalize_ && !keeps_length) normalize_rows(pooled);
  return pooled;
}

}  // namespace akin
