// The table of families. Private: a new family is a file like bert.cc, a declaration here and a row in families.cc.
#pragma once

#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "akin/model/spec.h"
#include "config.h"

namespace akin {

struct Family {
  std::string_view model_type;            ///< of config.json
  bool (*matches)(const Config& config);  ///< nullptr: every configuration of that model_type
  std::string_view name;                  ///< what akin calls it
  TransformerSpec (*read)(const Config& config);
  TensorNames (*names)(const Config& config, const TensorFile& weights);
  std::vector<std::string_view> prefixes;  ///< that may stand before every name; the first whose token embedding is there
  std::optional<HeadSpec> (*head)(const Config& config, const TensorFile& weights);  ///< nullptr: none
};

const std::vector<Family>& families();

// bert.cc: BERT, RoBERTa, CamemBERT, XLM-R; jina_bert.cc, mpnet.cc, …: one function for the spec, one for the names.
TransformerSpec read_bert(const Config& config);
TransformerSpec read_roberta(const Config& config);
TensorNames bert_tensors(const Config& config, const TensorFile& weights);
std::optional<HeadSpec> bert_head(const Config& config, const TensorFile& weights);
std::optional<HeadSpec> roberta_head(const Config& config, const TensorFile& weights);

bool is_jina_bert(const Config& config);
TransformerSpec read_jina_bert(const Config& config);
TensorNames jina_bert_tensors(const Config& config, const TensorFile& weights);

TransformerSpec read_distilbert(const Config& config);
TensorNames distilbert_tensors(const Config& config, const TensorFile& weights);

TransformerSpec read_mpnet(const Config& config);
TensorNames mpnet_tensors(const Config& config, const TensorFile& weights);

TransformerSpec read_nomic_bert(const Config& config);
TensorNames nomic_bert_tensors(const Config& config, const TensorFile& weights);

TransformerSpec read_gte(const Config& config);
TensorNames gte_tensors(const Config& config, const TensorFile& weights);

TransformerSpec read_modernbert(const Config& config);
TensorNames modernbert_tensors(const Config& config, const TensorFile& weights);
std::optional<HeadSpec> modernbert_head(const Config& config, const TensorFile& weights);

TransformerSpec read_t5(const Config& config);
TensorNames t5_tensors(const Config& config, const TensorFile& weights);

TransformerSpec read_gpt2(const Config& config);
TensorNames gpt2_tensors(const Config& config, const TensorFile& weights);

TransformerSpec read_gpt_neox(const Config& config);
TensorNames gpt_neox_tensors(const Config& config, const TensorFile& weights);
std::optional<HeadSpec> gpt_neox_head(const Config& config, const TensorFile& weights);

TransformerSpec read_bloom(const Config& config);
TensorNames bloom_tensors(const Config& config, const TensorFile& weights);

TransformerSpec read_mpt(const Config& config);
TensorNames mpt_tensors(const Config& config, const TensorFile& weights);

TransformerSpec read_opt(const Config& config);
TensorNames opt_tensors(const Config& config, const TensorFile& weights);

TransformerSpec read_falcon(const Config& config);
TensorNames falcon_tensors(const Config& config, const TensorFile& weights);

// llama.cc: LLaMA, Mistral, Qwen2, Qwen3; gemma.cc: Gemma and Gemma 3.
TransformerSpec read_llama(const Config& config);
TransformerSpec read_mistral(const Config& config);
TransformerSpec read_qwen2(const Config& config);
TransformerSpec read_qwen3(const Config& config);
TensorNames llama_tensors(const Config& config, const TensorFile& weights);
TensorNames qwen3_tensors(const Config& config, const TensorFile& weights);
TransformerSpec read_gemma(const Config& config);
TransformerSpec read_gemma3(const Config& config);
TensorNames gemma_tensors(const Config& config, const TensorFile& weights);
TensorNames gemma3_tensors(const Config& config, const TensorFile& weights);

// clip.cc: the text towers of CLIP and SigLIP.
TransformerSpec read_clip_text(const Config& config);
TransformerSpec read_siglip_text(const Config& config);
TensorNames clip_text_tensors(const Config& config, const TensorFile& weights);

/// Every name that is not empty with `prefix` before it.
TensorNames with_prefix(TensorNames names, std::string_view prefix);

/// A head whose scores are products with "lm_head" or, where config.json says so or the file lacks it, with the token embeddings.
std::optional<HeadSpec> tied_by_default(const Config& config, const TensorFile& weights);
/// The same for families that tie only when config.json says so.
std::optional<HeadSpec> untied_by_default(const Config& config, const TensorFile& weights);

/// Heads that share `dim` evenly, each of its own query, key and value.
nn::AttentionSpec even_heads(const Config& config, std::size_t dim, std::size_t n_heads);
/// Which heads a decoder's configuration asks for: num_attention_heads, num_key_value_heads, head_dim.
nn::AttentionSpec grouped_heads(const Config& config, std::size_t dim);
/// The rotation that rope_theta, rope_scaling (or rope_parameters) and partial factors ask for.
nn::RopeSpec read_rope(const Config& config, std::size_t head_dim, double theta, double partial);
/// What no file may say, whatever its keys: sizes that no machine holds, heads that do not divide, rotations over an odd number, patterns
/// of another number of layers. Throws Error{corrupt} or Error{unsupported} naming `where`.
void check_spec(const TransformerSpec& spec, const std::string& where);
/// The base of the layers of a type in the form that transformers 5 writes: rope_parameters.LAYER_TYPE.rope_theta.
double layer_rope_theta(const Config& config, const char* layer_type, double missing);
/// Throws Error{unsupported} if the key is there and true.
void refuse(const Config& config, const char* key);

}  // namespace akin
