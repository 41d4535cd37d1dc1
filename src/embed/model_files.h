// What both kinds of model (folder, GGUF) are read into before an Embedder is made of them. Tested by folder_model_test.cc and
// gguf_model_test.cc.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "akin/formats/gguf.h"
#include "akin/formats/tensor.h"
#include "akin/kernels/activation.h"
#include "akin/model/spec.h"
#include "akin/nn/pooling.h"
#include "akin/text/tokenizer.h"

namespace akin {

/// A linear map with activation after pooling. The tensors are `<name>.weight` and `<name>.bias` of `file`.
struct DenseStep {
  const TensorFile* file = nullptr;
  std::string name;
  std::size_t n_in = 0, n_out = 0;
  kernels::Activation activation = kernels::Activation::none;
};
struct LayerNormStep {
  const TensorFile* file = nullptr;
  std::string name;
  std::size_t dim = 0;
};
struct NormalizeStep {};
using StepSpec = std::variant<DenseStep, LayerNormStep, NormalizeStep>;

/// What comes before and after the transformer: sentence-transformers' configuration.
struct SentenceConfig {
  nn::Pooling pooling;
  bool include_prompt = true;                                ///< false: the prompt's tokens are left out of the pooling
  std::vector<StepSpec> steps;                               ///< after pooling, in order
  std::vector<std::pair<std::string, std::string>> prompts;  ///< name → text, sorted by name
  std::string default_prompt;                                ///< name; empty for none
  std::string similarity = "cosine";
  std::size_t max_tokens = 0;
  bool lowercase = false;              ///< texts are lower-cased before the tokenizer sees them
  bool layer_norm_before_cut = false;  ///< when fewer dimensions are asked for: see EmbedderOptions::dims
};

struct ModelFiles {
  std::string name;
  ModelDescription model;
  std::unique_ptr<TensorFile> weights;
  std::vector<std::unique_ptr<TensorFile>> step_weights;  ///< files that `sentence.steps` point into
  Tokenizer tokenizer;
  SentenceConfig sentence;
  /// Where the tokenizer's own JSON text stands: a tokenizer.json, or a GGUF file that carries one; empty if there is none.
  std::filesystem::path tokenizer_file = {};
};

/// The transformer of a model: what can be known without its tokenizer and without what comes after it. Opening maps the weights and reads
/// none of them.
struct ModelWeights {
  std::string name;
  ModelDescription model;
  std::unique_ptr<TensorFile> weights;
  std::filesystem::path folder;  ///< where the transformer's own files lie; empty for GGUF
};
ModelWeights read_weights(const std::filesystem::path& model);
/// Tokens that the model reads of a text, special ones counted: what its files state, else what its positions allow.
std::size_t read_max_tokens(const ModelWeights& weights);
std::size_t read_gguf_max_tokens(const GgufFile& file, const TransformerSpec& spec);
/// The tokenizer that goes with them.
Tokenizer read_tokenizer(const ModelWeights& weights);
Tokenizer read_gguf_tokenizer(const GgufFile& file);

/// Work on the weights that can be done while the tokenizer is read, on the caller's thread: packing them takes about as long.
using UseWeights = std::function<void(const TensorFile& weights, const ModelDescription& model)>;

/// The tokenizer that `read` gives. If `use` is there, it is run meanwhile; what it throws goes first.
Tokenizer read_tokenizer_beside(const std::function<Tokenizer()>& read, const UseWeights& use, const ModelWeights& weights);

/// A Hugging Face or sentence-transformers folder.
ModelFiles read_folder_model(const std::filesystem::path& folder, const UseWeights& use = {});
/// A GGUF file, ours or llama.cpp's.
ModelFiles read_gguf_model(const std::filesystem::path& file, const UseWeights& use = {});
/// One or the other, by what `model` is.
ModelFiles read_model(const std::filesystem::path& model, const UseWeights& use = {});

/// A pooling mode by its name. Throws Error{unsupported} naming `where` and the modes that are known.
nn::PoolingMode read_pooling_mode(std::string_view name, const std::filesystem::path& where);

/// Dimension of the vectors after all steps.
std::size_t output_dim(const ModelFiles& files);

}  // namespace akin
