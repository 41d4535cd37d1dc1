#include "akin/model/text_tower.h"

#include <algorithm>
#include <cmath>

#include "akin/base/error.h"
#include "akin/nn/dense.h"
#include "akin/nn/weights.h"
#include "config.h"

namespace akin {
namespace {

constexpr std::int32_t kOldClipEnd = 2;  // what the first CLIP checkpoints say, whose end token is another
constexpr std::size_t kClipEnd = 49407, kSiglipPad = 1;

Config text_config(const Config& config) { return config.is_object("text_config") ? config.child("text_config") : config; }

bool is_siglip(const TextTowerDescription& model) { return model.model.family == "siglip"; }

void describe_clip(const Config& config, const TensorFile& weights, TextTowerDescription& tower) {
  const Config text = text_config(config);
  tower.end_id = static_cast<std::int32_t>(text.count("eos_token_id", kClipEnd));
  tower.pooling = tower.end_id == kOldClipEnd ? TextPooling::highest_id : TextPooling::end;
  tower.dim_pooled = tower.model.spec.dim;
  if (weights.find("text_projection.weight") == nullptr) return;
  tower.projection = "text_projection";
  tower.dim_pooled = config.size("projection_dim", 512);
}

void describe_siglip(const Config& config, TextTowerDescription& tower) {
  const Config text = text_config(config);
  tower.pooling = TextPooling::last;
  tower.projection = "text_model.head";
  tower.dim_pooled = text.size("projection_size", tower.model.spec.dim);
  tower.pad_to = tower.model.spec.max_positions();
  tower.pad_id = static_cast<std::int32_t>(text.count("pad_token_id", kSiglipPad));
}

float read_number(const TensorFile& weights, const std::string& name, float missing) {
  const TensorView* tensor = weights.find(name);
  if (tensor == nullptr) return missing;
  if (tensor->size() != 1) {
    throw Error(ErrorCode::mismatch,
                weights.path().string() + ": tensor '" + name + "' must be one number, it has " + std::to_string(tensor->size()));
  }
  float number = 0;
  tensor->row_to_float(0, std::span(&number, 1));
  return number;
}

}  // namespace

bool is_text_tower_config(std::string_view json) {
  const std::string type = Config(json, "config.json").text("model_type", "");
  return type == "clip" || type == "siglip" || type == "clip_text_model" || type == "siglip_text_model";
}

TextTowerDescription describe_text_tower(std::string_view json, const std::string& where, const TensorFile& weights) {
  TextTowerDescription tower;
  tower.model = describe_config(json, where, weights);
  const Config config(json, where);
  if (is_siglip(tower)) {
    describe_siglip(config, tower);
  } else {
    describe_clip(config, weights, tower);
  }
  return tower;
}

std::optional<LogitScale> read_logit_scale(const TextTowerDescription& model, const TensorFile& weights) {
  if (weights.find("logit_scale") == nullptr) return std::nullopt;
  return LogitScale{std::exp(read_number(weights, "logit_scale", 0)), read_number(weights, "logit_bias", 0), is_siglip(model)};
}

struct TextTower::Impl {
  TextTowerDescription model;
  Transformer transformer;
  std::optional<nn::Dense> projection;

  /// Which of a sequence's tokens stands for it.
  [[nodiscard]] std::size_t pooled_token(std::span<const std::int32_t> ids) const {
    switch (model.pooling) {
      case TextPooling::highest_id:
        return static_cast<std::size_t>(std::ranges::max_element(ids) - ids.begin());
      case TextPooling::end: {
        const auto at = std::ranges::find(ids, model.end_id);
        return at == ids.end() ? 0 : static_cast<std::size_t>(at - ids.begin());
      }
      case TextPooling::last:
        break;
    }
    return ids.size() - 1;
  }
};

TextTower::TextTower(const TensorFile& file, const TextTowerDescription& model, kernels::GemmType type, Context& context)
    : impl_([&] {
        auto impl = std::make_unique<Impl>(Impl{model, Transformer(file, model.model, type, context), std::nullopt});
        if (!model.projection.empty()) {
          impl->projection.emplace(file, model.projection, model.model.spec.dim, model.dim_pooled, kernels::Activation::none);
        }
        return impl;
      }()) {}
TextTower::TextTower(TextTower&&) noexcept = default;
TextTower& TextTower::operator=(TextTower&&) noexcept = default;
TextTower::~TextTower() = default;

std::size_t TextTower::dim() const noexcept { return impl_->model.dim_pooled; }

void TextTower::hidden(const TokenBatch& batch, TransformerBuffers& buffers, MatrixView<float> hidden) const {
  impl_->transformer.forward(batch, buffers, hidden);
}

void TextTower::forward(const TokenBatch& batch, TransformerBuffers& buffers, MatrixView<float> vectors, Crew* crew) const {
  const std::size_t dim = impl_->model.model.spec.dim;
  require(!batch.starts.empty() && vectors.rows() + 1 == batch.starts.size() && vectors.cols() == this->dim(),
          "a text tower needs one row of `dim` a sequence");
  Matrix<float> states = Matrix<float>::uninitialized(batch.ids.size(), dim);
  if (crew == nullptr) {
    impl_->transformer.forward(batch, buffers, states.view());
  } else {
    impl_->transformer.forward(batch, buffers, states.view(), *crew);
  }
  Matrix<float> pooled = Matrix<float>::uninitialized(vectors.rows(), dim);
  for (std::size_t s = 0; s < vectors.rows(); ++s) {
    const std::size_t first = batch.starts[s], n = batch.starts[s + 1] - first;
    require(n > 0, "a text tower needs at least one token a text");
    std::ranges::copy(states.row(first + impl_->pooled_token(batch.ids.subspan(first, n))), pooled.row(s).begin());
  }
  if (impl_->projection) pooled = impl_->projection->forward(pooled.view());
  for (std::size_t s = 0; s < vectors.rows(); ++s) std::ranges::copy(pooled.row(s), vectors.row(s).begin());
}

}  // namespace akin
