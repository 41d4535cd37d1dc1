// The families of image towers: config.json → spec and names. Tested by vision_test.cc.
#include "akin/base/error.h"
#include "akin/model/vision.h"
#include "family.h"

namespace akin {
namespace {

struct VisionDefaults {  // what the reference takes where config.json leaves a key out
  std::size_t patch;
  const char* activation;
  float eps;
};

/// The tower's own keys: the file itself or its "vision_config".
Config vision_config(const Config& config) { return config.is_object("vision_config") ? config.child("vision_config") : config; }

VisionSpec read_tower(const Config& config, const VisionDefaults& missing) {
  VisionSpec vision;
  TransformerSpec& spec = vision.transformer;
  spec.n_layers = config.has("num_hidden_layers") ? config.layers("num_hidden_layers") : 12;
  spec.dim = config.size("hidden_size", 768);
  spec.norm.eps = config.number("layer_norm_eps", missing.eps);
  spec.norm_place = NormPlace::before;
  spec.attention = even_heads(config, spec.dim, config.size("num_attention_heads", 12));
  spec.mlp = {.dim = config.size("intermediate_size", 4 * spec.dim), .activation = config.activation("hidden_act", missing.activation)};
  if (config.size("num_channels", 3) != 3) config.fail("num_channels", "3");
  vision.image_size = config.size("image_size", 224);
  vision.patch_size = config.size("patch_size", missing.patch);
  // No image is as wide as this: sizes that lie are refused before they are multiplied.
  if (vision.patch_size > vision.image_size || vision.image_size > 16384) {
    config.fail("image_size", "at least patch_size " + std::to_string(vision.patch_size) + " and at most 16384");
  }
  return vision;
}

VisionSpec read_clip(const Config& config) {
  VisionSpec vision = read_tower(vision_config(config), {32, "quick_gelu", 1e-5F});
  vision.patch_bias = false;
  vision.dim_pooled = config.size("projection_dim", 512);
  return vision;
}

VisionSpec read_siglip(const Config& config) {
  VisionSpec vision = read_tower(vision_config(config), {16, "gelu_pytorch_tanh", 1e-6F});
  vision.class_token = false;
  vision.pooling = ImagePooling::attention;
  return vision;
}

VisionSpec read_vit(const Config& config) { return read_tower(config, {16, "gelu", 1e-12F}); }

VisionSpec read_dinov2(const Config& config) {
  VisionSpec vision = read_tower(config, {14, "gelu", 1e-6F});
  const double ratio = config.real("mlp_ratio", 4);
  if (!(ratio > 0 && ratio < 1024)) config.fail("mlp_ratio", "above 0 and below 1024");
  nn::MlpSpec& mlp = vision.transformer.mlp;
  mlp.dim = static_cast<std::size_t>(static_cast<double>(vision.transformer.dim) * ratio);
  if (config.flag("use_swiglu_ffn", false)) {
    mlp.dim = (mlp.dim * 2 / 3 + 7) / 8 * 8;
    mlp.activation = kernels::Activation::silu;
    mlp.gated = true;
  }
  return vision;
}

TensorNames clip_layers(const Config& config, const TensorFile& weights) {
  TensorNames names = clip_text_tensors(config, weights);
  names.token_embedding = names.position_embedding = names.final_norm = "";
  return names;
}

void name_clip(const Config& config, const TensorFile& weights, VisionDescription& model) {
  model.names = clip_layers(config, weights);
  model.names.embedding_norm = "pre_layrnorm";
  model.vision = {.patch = "vision_model.embeddings.patch_embedding",
                  .class_token = "vision_model.embeddings.class_embedding",
                  .positions = "vision_model.embeddings.position_embedding.weight",
                  .pooler = "",
                  .pooled_norm = "vision_model.post_layernorm",
                  .projection = weights.find("visual_projection.weight") != nullptr ? "visual_projection" : "",
                  .probe = "",
                  .head = ""};
  if (model.vision.projection.empty()) model.spec.dim_pooled = 0;
}

void name_siglip(const Config& config, const TensorFile& weights, VisionDescription& model) {
  model.names = clip_layers(config, weights);
  model.names.final_norm = "post_layernorm";
  model.vision = {.patch = "vision_model.embeddings.patch_embedding",
                  .class_token = "",
                  .positions = "vision_model.embeddings.position_embedding.weight",
                  .pooler = "",
                  .pooled_norm = "",
                  .projection = "",
                  .probe = "vision_model.head.probe",
                  .head = "vision_model.head"};
}

TensorNames vit_layers() {
  TensorNames names;
  names.query = "encoder.layer.{}.attention.attention.query";
  names.key = "encoder.layer.{}.attention.attention.key";
  names.value = "encoder.layer.{}.attention.attention.value";
  names.attention_output = "encoder.layer.{}.attention.output.dense";
  names.attention_norm = "encoder.layer.{}.layernorm_before";
  names.up = "encoder.layer.{}.intermediate.dense";
  names.down = "encoder.layer.{}.output.dense";
  names.mlp_norm = "encoder.layer.{}.layernorm_after";
  names.final_norm = "layernorm";
  return names;
}

void name_vit(const Config&, const TensorFile& weights, VisionDescription& model) {
  model.names = vit_layers();
  model.vision.patch = "embeddings.patch_embeddings.projection";
  model.vision.class_token = "embeddings.cls_token";
  model.vision.positions = "embeddings.position_embeddings";
  const bool pools = weights.find("pooler.dense.weight") != nullptr || weights.find("vit.pooler.dense.weight") != nullptr;
  if (pools) model.vision.pooler = "pooler.dense";
}

void name_dinov2(const Config&, const TensorFile&, VisionDescription& model) {
  TensorNames& names = model.names = vit_layers();
  names.attention_norm = "encoder.layer.{}.norm1";
  names.attention_scale = "encoder.layer.{}.layer_scale1.lambda1";
  names.mlp_norm = "encoder.layer.{}.norm2";
  names.mlp_scale = "encoder.layer.{}.layer_scale2.lambda1";
  const bool gated = model.spec.transformer.mlp.gated;
  names.up = gated ? "" : "encoder.layer.{}.mlp.fc1";
  names.fused_up_gate = gated ? "encoder.layer.{}.mlp.weights_in" : "";
  names.down = gated ? "encoder.layer.{}.mlp.weights_out" : "encoder.layer.{}.mlp.fc2";
  model.vision.patch = "embeddings.patch_embeddings.projection";
  model.vision.class_token = "embeddings.cls_token";
  model.vision.positions = "embeddings.position_embeddings";
}

struct VisionFamily {
  std::string_view model_type, name;
  VisionSpec (*read)(const Config& config);
  void (*names)(const Config& config, const TensorFile& weights, VisionDescription& model);
  std::string_view prefix;       ///< of the layers' names
  std::string_view task_prefix;  ///< that a classifier's file puts before every name
};

constexpr VisionFamily kFamilies[] = {
    {"clip", "clip", read_clip, name_clip, "vision_model.", ""},
    {"clip_vision_model", "clip", read_clip, name_clip, "vision_model.", ""},
    {"siglip", "siglip", read_siglip, name_siglip, "vision_model.", ""},
    {"siglip_vision_model", "siglip", read_siglip, name_siglip, "vision_model.", ""},
    {"vit", "vit", read_vit, name_vit, "", "vit."},
    {"dinov2", "dinov2", read_dinov2, name_dinov2, "", "dinov2."},
};

const VisionFamily* find_family(std::string_view model_type) {
  for (const VisionFamily& family : kFamilies) {
    if (family.model_type == model_type) return &family;
  }
  return nullptr;
}

}  // namespace

bool is_vision_config(std::string_view json) {
  const Config config(json, "config.json");
  return find_family(config.text("model_type", "")) != nullptr;
}

VisionDescription describe_vision(std::string_view json, const std::string& where, const TensorFile& weights) {
  const Config config(json, where);
  const std::string type = config.text("model_type", "");
  const VisionFamily* family = find_family(type);
  if (family == nullptr) {
    throw Error(ErrorCode::unsupported,
                where + ": model_type '" + type + "' is not an image family that akin runs; it runs clip, siglip, vit, dinov2");
  }
  VisionDescription model;
  model.family = family->name;
  model.spec = family->read(config);
  family->names(config, weights, model);
  const bool task = weights.find(model.vision.patch + ".weight") == nullptr &&
                    weights.find(std::string(family->task_prefix) + model.vision.patch + ".weight") != nullptr;
  const std::string before = task ? std::string(family->task_prefix) : std::string();
  model.names = with_prefix(model.names, before + std::string(family->prefix));
  for (std::string* name : {&model.vision.patch, &model.vision.class_token, &model.vision.positions, &model.vision.pooler}) {
    if (!name->empty()) name->insert(0, before);
  }
  return model;
}

}  // namespace akin
