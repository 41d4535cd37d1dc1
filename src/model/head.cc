#include "akin/model/head.h"

#include <algorithm>
#include <vector>

#include "akin/base/error.h"
#include "akin/kernels/distance.h"
#include "akin/nn/weights.h"

namespace akin {
namespace {

// Rows of the table that a thread takes at a time.
constexpr std::size_t kRowsAtOnce = 256;

const HeadSpec& head_of(const TensorFile& file, const ModelDescription& model) {
  if (model.head) return *model.head;
  throw Error(ErrorCode::unsupported, file.path().string() + ": this " + model.family + " model has no head that scores tokens");
}

}  // namespace

LanguageHead::LanguageHead(const TensorFile& file, const ModelDescription& model)
    : tied_(head_of(file, model).tied),
      table_(file, (tied_ ? model.names.token_embedding : model.head->output) + ".weight", model.spec.vocabulary_size, model.spec.dim) {
  const HeadSpec& head = *model.head;
  if (!head.transform.empty()) {
    transform_.emplace(file, head.transform, model.spec.dim, model.spec.dim, head.activation);
    transform_norm_.emplace(file, head.transform_norm, model.spec.dim, model.spec.norm);
  }
  if (!head.bias.empty()) bias_ = nn::read_optional_vector(file, head.bias, model.spec.vocabulary_size);
}

void LanguageHead::forward(std::span<const float> hidden, std::span<float> scores, Context& context) const {
  require(scores.size() == table_.n_rows(), "a head gives one score a token of the vocabulary");
  Matrix<float> state(1, hidden.size());
  std::ranges::copy(hidden, state.row(0).begin());
  if (transform_) {
    state = transform_->forward(state.view());
    transform_norm_->forward(state.view(), state.view());
  }
  context.parallel_for(scores.size(), kRowsAtOnce, [&](std::size_t begin, std::size_t end) {
    std::vector<float> row(hidden.size());
    for (std::size_t id = begin; id < end; ++id) {
      table_.read(id, row);
      scores[id] = kernels::dot(row, state.view().row(0)) + (bias_.empty() ? 0.0F : bias_[id]);
    }
  });
}

}  // namespace akin
