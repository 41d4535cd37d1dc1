// The architectures of llama.cpp that akin runs, as data: what each is made of, and how its tensors are called. Private to the model layer;
// reading is gguf_names.cc, writing gguf_layout.cc. Tested by gguf_names_test.cc.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "akin/formats/tensor.h"
#include "akin/model/spec.h"

namespace akin {

/// How a model of an architecture knows positions.
enum class GgufPositions {
  learned,
  rope_halves,  ///< numbers i and i + dim/2 of a head turn together
  rope_pairs,   ///< 2i and 2i + 1: llama.cpp's converter reorders the rows of queries and keys for it
  alibi,
  alibi_mpt,
  buckets,
};

/// Which layers slide where the file does not list them: all but every `period`-th; 0: all.
struct GgufSliding {
  std::size_t period = 0;
  bool global_first = false;  ///< layer 0 is global, else the last one of a period
  bool own_rope = false;      ///< sliding layers turn with a base of their own
};

struct GgufArchitecture {
  std::string_view name;    ///< general.architecture, and the prefix of its keys
  std::string_view family;  ///< akin's name
  bool causal = true;       ///< where the file does not say
  nn::NormKind norm = nn::NormKind::layer;
  NormPlace norm_place = NormPlace::before;
  GgufPositions positions = GgufPositions::learned;
  kernels::Activation activation = kernels::Activation::gelu;
  bool gated = false;
  bool fused_up_gate = false;  ///< ffn_up holds the gate's rows, then its own
  bool fused_qkv = false;
  bool embedding_norm = false;
  bool scaled_embedding = false;
  bool head_norm = false;
  bool post_norms = false;
  bool parallel = false;              ///< where the file does not say
  bool says_parallel = false;         ///< the key use_parallel_residual is there
  bool one_norm_in_parallel = false;  ///< a parallel layer's MLP reads what its attention reads, unless there is a second norm
  bool has_head = true;               ///< scores tokens: with output.weight or, without it, with the token embeddings
  bool first_layer_has_attention_norm = true;
  GgufSliding sliding = {};
  std::string_view prefix = "";  ///< before every name but the token table's
};

std::span<const GgufArchitecture> gguf_architectures() noexcept;

/// The row of general.architecture = `name`; nullptr if akin does not run it.
const GgufArchitecture* gguf_architecture(std::string_view name) noexcept;
/// The architecture that a model of one of akin's families is written as; nullptr if llama.cpp has none.
const GgufArchitecture* gguf_architecture_of(const ModelDescription& model) noexcept;

/// What the file decides about names: read from it, or, for writing, given by the model.
struct GgufForms {
  bool fused_qkv = false;
  bool fused_up_gate = false;
  bool two_parallel_norms = false;  ///< a parallel layer whose MLP has a norm of its own, called attn_norm_2 and attn_norm (Falcon 40B)
};

TensorNames gguf_names(const GgufArchitecture& architecture, const TransformerSpec& spec, const GgufForms& forms);

// Keys of ours, for what llama.cpp has no word for. Specified in docs/formats/gguf.md.
namespace gguf {

inline constexpr char kFamily[] = "akin.family";                                // string
inline constexpr char kActivation[] = "akin.activation";                        // string: transformers' name
inline constexpr char kRopeScaling[] = "akin.rope.scaling";                     // string: "ntk", "dynamic", "llama3"
inline constexpr char kRopeLowFrequency[] = "akin.rope.low_freq_factor";        // f64
inline constexpr char kRopeHighFrequency[] = "akin.rope.high_freq_factor";      // f64
inline constexpr char kRopeTruncate[] = "akin.rope.yarn_truncate";              // bool
inline constexpr char kMaxDistance[] = "akin.attention.relative_max_distance";  // u32
inline constexpr char kAlibiSlopes[] = "akin.attention.alibi_slopes";           // f32 array: where they are not the architecture's
inline constexpr char kParallel[] = "akin.parallel";                            // bool

}  // namespace gguf

}  // namespace akin
