#include "akin/model/families.h"

#include <algorithm>
#include <array>

#include "akin/base/error.h"
#include "family.h"

namespace akin {
namespace {

/// Every part, in the order of tensor_list().
constexpr std::string TensorNames::*kModelParts[] = {&TensorNames::token_embedding, &TensorNames::position_embedding,
                                                     &TensorNames::token_type_embedding};
constexpr std::string TensorNames::*kLayerParts[] = {&TensorNames::query,
                                                     &TensorNames::key,
                                                     &TensorNames::value,
                                                     &TensorNames::fused_query_key_value,
                                                     &TensorNames::query_norm,
                                                     &TensorNames::key_norm,
                                                     &TensorNames::attention_output,
                                                     &TensorNames::attention_norm,
                                                     &TensorNames::attention_post_norm,
                                                     &TensorNames::attention_scale,
                                                     &TensorNames::up,
                                                     &TensorNames::gate,
                                                     &TensorNames::fused_up_gate,
                                                     &TensorNames::down,
                                                     &TensorNames::mlp_norm,
                                                     &TensorNames::mlp_post_norm,
                                                     &TensorNames::mlp_scale};

/// The first prefix under which the token embedding lies; the last one if none, so that an error names a full tensor.
TensorNames prefixed_names(const Family& family, const Config& config, const TensorFile& weights) {
  const TensorNames plain = family.names(config, weights);
  TensorNames names = plain;
  for (const std::string_view prefix : family.prefixes) {
    names = with_prefix(plain, prefix);
    if (weights.find(names.token_embedding + ".weight") != nullptr) break;
  }
  return names;
}

}  // namespace

TensorNames with_prefix(TensorNames names, std::string_view prefix) {
  const auto add = [&](std::string& part) {
    if (!part.empty()) part.insert(0, prefix);
  };
  for (const auto part : kModelParts) add(names.*part);
  for (const auto part : kLayerParts) add(names.*part);
  for (const auto part : {&TensorNames::embedding_norm, &TensorNames::relative_bias, &TensorNames::final_norm}) add(names.*part);
  return names;
}

const std::vector<Family>& families() {
  static const std::vector<Family> list = {
      {"bert", is_jina_bert, "jina-bert", read_jina_bert, jina_bert_tensors, {"bert.", ""}, nullptr},
      {"bert", nullptr, "bert", read_bert, bert_tensors, {"bert.", ""}, bert_head},
      {"distilbert", nullptr, "distilbert", read_distilbert, distilbert_tensors, {"distilbert.", ""}, nullptr},
      {"roberta", nullptr, "roberta", read_roberta, bert_tensors, {"roberta.", ""}, roberta_head},
      {"camembert", nullptr, "camembert", read_roberta, bert_tensors, {"roberta.", ""}, roberta_head},
      {"xlm-roberta", nullptr, "xlm-roberta", read_roberta, bert_tensors, {"roberta.", ""}, roberta_head},
      {"mpnet", nullptr, "mpnet", read_mpnet, mpnet_tensors, {"mpnet.", ""}, nullptr},
      {"nomic_bert", nullptr, "nomic-bert", read_nomic_bert, nomic_bert_tensors, {"bert.", ""}, nullptr},
      {"new", nullptr, "gte", read_gte, gte_tensors, {"new.", ""}, nullptr},
      {"modernbert", nullptr, "modernbert", read_modernbert, modernbert_tensors, {"model.", ""}, modernbert_head},
      {"t5", nullptr, "t5", read_t5, t5_tensors, {""}, nullptr},
      {"mt5", nullptr, "mt5", read_t5, t5_tensors, {""}, nullptr},
      {"gpt2", nullptr, "gpt2", read_gpt2, gpt2_tensors, {"transformer.", ""}, tied_by_default},
      {"gpt_neox", nullptr, "gpt-neox", read_gpt_neox, gpt_neox_tensors, {"gpt_neox.", ""}, gpt_neox_head},
      {"bloom", nullptr, "bloom", read_bloom, bloom_tensors, {"transformer.", ""}, tied_by_default},
      {"mpt", nullptr, "mpt", read_mpt, mpt_tensors, {"transformer.", ""}, tied_by_default},
      {"opt", nullptr, "opt", read_opt, opt_tensors, {"model.decoder.", "decoder.", ""}, tied_by_default},
      {"falcon", nullptr, "falcon", read_falcon, falcon_tensors, {"transformer.", ""}, tied_by_default},
      {"llama", nullptr, "llama", read_llama, llama_tensors, {"model.", ""}, untied_by_default},
      {"mistral", nullptr, "mistral", read_mistral, llama_tensors, {"model.", ""}, untied_by_default},
      {"qwen2", nullptr, "qwen2", read_qwen2, llama_tensors, {"model.", ""}, untied_by_default},
      {"qwen3", nullptr, "qwen3", read_qwen3, qwen3_tensors, {"model.", ""}, untied_by_default},
      {"gemma", nullptr, "gemma", read_gemma, gemma_tensors, {"model.", ""}, tied_by_default},
      {"gemma3_text", nullptr, "gemma3", read_gemma3, gemma3_tensors, {"model.", ""}, tied_by_default},
      {"clip", nullptr, "clip", read_clip_text, clip_text_tensors, {"text_model."}, nullptr},
      {"clip_text_model", nullptr, "clip", read_clip_text, clip_text_tensors, {"text_model."}, nullptr},
      {"siglip", nullptr, "siglip", read_siglip_text, clip_text_tensors, {"text_model."}, nullptr},
      {"siglip_text_model", nullptr, "siglip", read_siglip_text, clip_text_tensors, {"text_model."}, nullptr},
  };
  return list;
}

std::string supported_families() {
  std::string list;
  std::string_view last;
  for (const Family& family : families()) {
    if (family.name != last) list += (list.empty() ? "" : ", ") + std::string(family.name);
    last = family.name;
  }
  return list;
}

ModelDescription describe_config(std::string_view json, const std::string& where, const TensorFile& weights) {
  const Config config(json, where);
  const std::string type = config.text("model_type", "");
  for (const Family& family : families()) {
    if (family.model_type != type || (family.matches != nullptr && !family.matches(config))) continue;
    ModelDescription model{std::string(family.name), family.read(config), prefixed_names(family, config, weights)};
    if (family.head != nullptr) model.head = family.head(config, weights);
    check_spec(model.spec, where);
    return model;
  }
  throw Error(ErrorCode::unsupported,
              where + ": model_type '" + type + "' is not a family that akin runs; it runs " + supported_families());
}

std::size_t TransformerSpec::hard_position_limit() const {
  return learned_positions ? learned_positions->n_rows - learned_positions->first : kNoPositionLimit;
}

std::size_t TransformerSpec::max_positions() const { return std::min(hard_position_limit(), context_length); }

std::string layer_name(const std::string& pattern, std::size_t layer) {
  const std::size_t at = pattern.find("{}");
  if (at == std::string::npos) return pattern;
  return pattern.substr(0, at) + std::to_string(layer) + pattern.substr(at + 2);
}

std::vector<TensorPart> tensor_parts(const ModelDescription& model) {
  const TensorNames& names = model.names;
  std::vector<TensorPart> list;
  const auto add = [&](std::string TensorNames::*part, std::size_t layer, bool bias) {
    if ((names.*part).empty()) return;
    list.push_back({part, layer, ".weight"});
    if (bias) list.push_back({part, layer, ".bias"});
  };
  for (const auto part : kModelParts) add(part, 0, false);
  add(&TensorNames::embedding_norm, 0, true);
  for (std::size_t layer = 0; layer < model.spec.n_layers; ++layer) {
    for (const auto part : kLayerParts) {
      if (part == &TensorNames::attention_norm && layer == 0 && !model.spec.first_layer_has_attention_norm) continue;
      if (part == &TensorNames::attention_scale || part == &TensorNames::mlp_scale) {
        if (!(names.*part).empty()) list.push_back({part, layer, ""});
      } else {
        add(part, layer, true);
      }
    }
  }
  add(&TensorNames::relative_bias, 0, false);
  add(&TensorNames::final_norm, 0, true);
  return list;
}

std::vector<std::string> tensor_list(const ModelDescription& model) {
  std::vector<std::string> list;
  for (const TensorPart& part : tensor_parts(model)) list.push_back(part.name(model.names));
  return list;
}

const TensorView* find_part(const TensorFile& file, const std::string& name) {
  constexpr std::array<std::array<std::string_view, 2>, 2> kOldNames = {{{".weight", ".gamma"}, {".bias", ".beta"}}};
  if (const TensorView* tensor = file.find(name)) return tensor;
  for (const auto& [now, old] : kOldNames) {
    if (name.ends_with(now)) return file.find(name.substr(0, name.size() - now.size()).append(old));
  }
  return nullptr;
}

}  // namespace akin
