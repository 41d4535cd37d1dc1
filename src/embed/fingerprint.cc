#include "fingerprint.h"

#include <bit>
#include <cstdint>
#include <vector>

#include "akin/base/sha256.h"
#include "akin/model/families.h"

namespace akin {
namespace {

void number(Sha256& hash, std::uint64_t value) { hash.field(std::to_string(value)); }
void number(Sha256& hash, float value) { number(hash, std::uint64_t{std::bit_cast<std::uint32_t>(value)}); }

void tensor(Sha256& hash, const std::string& part, const TensorView* view) {
  if (view == nullptr) return;
  hash.field(part).field(name_of(view->type));
  for (const std::size_t n : view->shape) number(hash, n);
  hash.update(view->bytes);
}

/// Parts are called by their GGUF names whatever the file calls them.
void transformer(Sha256& hash, const ModelFiles& files) {
  const TransformerSpec& spec = files.model.spec;
  ModelDescription common = files.model;
  common.names = gguf_tensor_names(spec);
  const std::vector<std::string> there = tensor_list(files.model);
  const std::vector<std::string> part = tensor_list(common);
  for (std::size_t i = 0; i < there.size(); ++i) tensor(hash, part[i], find_part(*files.weights, there[i]));
  number(hash, spec.norm.eps);
  number(hash, spec.attention.n_heads);
  number(hash, spec.attention.n_kv_heads);
  number(hash, spec.attention.scale);
  number(hash, static_cast<std::uint64_t>(spec.attention.causal));
  number(hash, static_cast<std::uint64_t>(spec.mlp.activation));
}

void step(Sha256& hash, const StepSpec& spec) {
  if (const auto* dense = std::get_if<DenseStep>(&spec)) {
    hash.field("dense");
    number(hash, static_cast<std::uint64_t>(dense->activation));
    tensor(hash, "weight", dense->file->find(dense->name + ".weight"));
    tensor(hash, "bias", dense->file->find(dense->name + ".bias"));
  } else if (const auto* norm = std::get_if<LayerNormStep>(&spec)) {
    hash.field("layer_norm");
    tensor(hash, "weight", norm->file->find(norm->name + ".weight"));
    tensor(hash, "bias", norm->file->find(norm->name + ".bias"));
  } else {
    hash.field("normalize");
  }
}

}  // namespace

std::string space_fingerprint(const ModelFiles& files, const EmbedderOptions& options) {
  Sha256 hash;
  hash.field("akin vector space 1");
  transformer(hash, files);
  const SentenceConfig& sentence = files.sentence;
  hash.field(files.tokenizer.fingerprint());
  number(hash, static_cast<std::uint64_t>(sentence.lowercase));
  for (const nn::PoolingMode mode : sentence.pooling.modes) hash.field(nn::name_of(mode));
  number(hash, static_cast<std::uint64_t>(sentence.include_prompt));
  for (const StepSpec& spec : sentence.steps) step(hash, spec);
  if (options.prompt) {
    hash.field("prompt").field(*options.prompt);
  } else {
    for (const auto& [name, text] : sentence.prompts) hash.field(name).field(text);
    hash.field("default").field(sentence.default_prompt);
  }
  number(hash, options.max_tokens == 0 ? sentence.max_tokens : options.max_tokens);
  number(hash, options.dims == 0 ? output_dim(files) : options.dims);
  number(hash, static_cast<std::uint64_t>(options.normalize));
  hash.field(name_of(options.precision));
  return hash.hex();
}

}  // namespace akin
