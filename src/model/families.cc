#include "akin/model/families.h"

#include <array>

#include "akin/base/error.h"
#include "family.h"

namespace akin {
namespace {

constexpr std::array<Family, 2> kFamilies = {{
    {"bert", read_bert, bert_tensors, "bert."},
    {"distilbert", read_distilbert, distilbert_tensors, "distilbert."},
}};

std::array<std::string*, 12> parts_of(TensorNames& names) {
  return {&names.token_embedding,
          &names.position_embedding,
          &names.token_type_embedding,
          &names.embedding_norm,
          &names.query,
          &names.key,
          &names.value,
          &names.attention_output,
          &names.attention_norm,
          &names.up,
          &names.down,
          &names.mlp_norm};
}

TensorNames with_prefix(TensorNames names, std::string_view prefix) {
  for (std::string* part : parts_of(names)) {
    if (!part->empty()) part->insert(0, prefix);
  }
  return names;
}

}  // namespace

std::string supported_families() {
  std::string list;
  for (const Family& family : kFamilies) list += (list.empty() ? "" : ", ") + std::string(family.model_type);
  return list;
}

ModelDescription describe_config(std::string_view json, const std::string& where, const TensorFile& weights) {
  const Config config(json, where);
  const std::string type = config.text("model_type", "");
  for (const Family& family : kFamilies) {
    if (family.model_type != type) continue;
    const TensorNames& plain = family.names();
    const bool prefixed = weights.find(plain.token_embedding + ".weight") == nullptr;
    return {type, family.read(config), prefixed ? with_prefix(plain, family.prefix) : plain};
  }
  throw Error(ErrorCode::unsupported,
              where + ": model_type '" + type + "' is not a family that akin runs; it runs " + supported_families());
}

std::size_t TransformerSpec::max_positions() const {
  const auto& learned = std::get<LearnedPositions>(positions);
  return learned.n_rows - learned.first;
}

std::string layer_name(const std::string& pattern, std::size_t layer) {
  const std::size_t at = pattern.find("{}");
  if (at == std::string::npos) return pattern;
  return pattern.substr(0, at) + std::to_string(layer) + pattern.substr(at + 2);
}

std::vector<std::string> tensor_list(const ModelDescription& model) {
  const TensorNames& names = model.names;
  std::vector<std::string> list = {names.token_embedding + ".weight", names.position_embedding + ".weight"};
  if (model.spec.n_token_types > 0) list.push_back(names.token_type_embedding + ".weight");
  const auto add = [&](const std::string& name) {
    list.push_back(name + ".weight");
    list.push_back(name + ".bias");
  };
  add(names.embedding_norm);
  for (std::size_t layer = 0; layer < model.spec.n_layers; ++layer) {
    for (const std::string* part :
         {&names.query, &names.key, &names.value, &names.attention_output, &names.attention_norm, &names.up, &names.down, &names.mlp_norm})
      add(layer_name(*part, layer));
  }
  return list;
}

}  // namespace akin
