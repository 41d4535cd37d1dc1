#include "fingerprint.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

#include "akin/base/sha256.h"
#include "akin/model/gguf_layout.h"
#include "prompts.h"

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

void tensor(Sha256& hash, const GgufTensor& made) {
  const TensorRows& rows = made.rows;
  if (made.whole != nullptr) return tensor(hash, rows.name, made.whole);
  hash.field(rows.name).field(name_of(rows.type));
  for (const std::size_t n : rows.shape) number(hash, n);
  std::vector<std::byte> row(byte_size(rows.type, rows.shape.back()));
  for (std::size_t r = 0; r < rows.n_rows(); ++r) {
    rows.read(r, row);
    hash.update(row);
  }
}

/// Fields that the shapes of the tensors show, and those that are hashed by themselves.
constexpr std::string_view kShownElsewhere[] = {
    "n_layers",           "dim",           "vocabulary_size", "n_token_types",     "has_learned_positions", "learned_positions.n_rows",
    "attention.head_dim", "mlp.dim",       "norm.eps",        "attention.n_heads", "attention.n_kv_heads",  "attention.scale",
    "attention.causal",   "mlp.activation"};

/// Whatever the file calls its parts and however they lie: the model as it is laid out in GGUF. Fields that BERT does not have are hashed
/// by name where they differ from its own, so that a new field leaves the fingerprints of old models as they are.
void transformer(Sha256& hash, const ModelDescription& model, const TensorFile& weights) {
  const GgufLayout layout = gguf_layout(model, weights);
  for (const GgufTensor& made : layout.tensors) tensor(hash, made);
  const TransformerSpec& spec = layout.model.spec;
  number(hash, spec.norm.eps);
  number(hash, spec.attention.n_heads);
  number(hash, spec.attention.n_kv_heads);
  number(hash, spec.attention.scale);
  number(hash, static_cast<std::uint64_t>(spec.attention.causal));
  number(hash, static_cast<std::uint64_t>(spec.mlp.activation));
  const std::vector<SpecField> usual = spec_fields(TransformerSpec{});
  for (const SpecField& field : spec_fields(spec)) {
    if (std::ranges::find(kShownElsewhere, field.name) != std::end(kShownElsewhere)) continue;
    if (std::ranges::find(usual, field) == usual.end()) hash.field(field.name).field(field.value);
  }
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

std::string model_fingerprint(const ModelDescription& model, const TensorFile& weights) {
  Sha256 hash;
  transformer(hash, model, weights);
  return hash.hex();
}

std::string space_fingerprint(const ModelFiles& files, const EmbedderOptions& options) {
  Sha256 hash;
  hash.field("akin vector space 1");
  transformer(hash, files.model, *files.weights);
  describe_sentence(hash, files, options);
  return hash.hex();
}

std::string fingerprint_stamp(const ModelFiles& files, const EmbedderOptions& options, std::string_view fingerprint, std::int64_t now_ns) {
  constexpr std::int64_t kRecent = 2'000'000'000;
  const std::vector<FileIdentity> identities = files.weights->identities();
  if (identities.empty()) return {};
  Sha256 hash;
  hash.field("akin fingerprint stamp 1").field(fingerprint);
  for (const FileIdentity& file : identities) {
    if (std::max(file.modified_ns, file.changed_ns) > now_ns - kRecent) return {};
    for (const std::uint64_t value : {file.device, file.inode, file.size}) number(hash, value);
    for (const std::int64_t value : {file.modified_ns, file.changed_ns}) number(hash, static_cast<std::uint64_t>(value));
  }
  hash.field(files.model.family);
  for (const SpecField& field : spec_fields(files.model.spec)) hash.field(field.name).field(field.value);
  describe_sentence(hash, files, options);
  return hash.hex();
}

void describe_sentence(Sha256& hash, const ModelFiles& files, const EmbedderOptions& options) {
  const SentenceConfig& sentence = files.sentence;
  hash.field(files.tokenizer.fingerprint());
  number(hash, static_cast<std::uint64_t>(sentence.lowercase));
  for (const nn::PoolingMode mode : sentence.pooling.modes) hash.field(nn::name_of(mode));
  number(hash, static_cast<std::uint64_t>(sentence.include_prompt));
  for (const StepSpec& spec : sentence.steps) step(hash, spec);
  if (options.prompt || options.prompt_name) {
    hash.field("prompt").field(choose_prompts(sentence, options, files.name)[0]);
  } else {
    for (const auto& [name, text] : sentence.prompts) hash.field(name).field(text);
    hash.field("default").field(sentence.default_prompt);
  }
  number(hash, options.max_tokens == 0 ? sentence.max_tokens : options.max_tokens);
  number(hash, options.dims == 0 ? output_dim(files) : options.dims);
  if (options.dims != 0 && sentence.layer_norm_before_cut) hash.field("layer_norm before cut");
  number(hash, static_cast<std::uint64_t>(options.normalize));
  if (options.long_texts == LongTexts::pool) hash.field("long texts pooled");
  hash.field(name_of(options.precision));
}

}  // namespace akin
