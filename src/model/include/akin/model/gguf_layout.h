// A model as llama.cpp's converter would lay it out in GGUF: its names, its keys, its order of rows (LLaMA's queries and keys in pairs,
// fused weights by part, Gemma's norms with their 1 added, GPT-2's weights turned round), whatever file it comes from. What conversion
// writes and what a fingerprint is taken of: one model has one layout. Tested by gguf_layout_test.cc.
#pragma once

#include <string>
#include <vector>

#include "akin/formats/gguf.h"
#include "akin/formats/tensor.h"
#include "akin/model/spec.h"

namespace akin {

struct GgufTensor {
  TensorRows rows;
  const TensorView* whole = nullptr;  ///< where it lies in the file as it is, row for row; nullptr where it is made
};

struct GgufLayout {
  std::string architecture;  ///< general.architecture; empty where llama.cpp has none for this model
  ModelDescription model;    ///< as a reader of the written file sees it
  std::vector<GgufTensor> tensors;
  std::vector<GgufTensor> head;  ///< what scores tokens and is not tied: no hidden state depends on it
};

/// `weights` must outlive the result. O(number of tensors): numbers are read when rows are. Throws Error{not_found} naming a weight that is
/// missing.
GgufLayout gguf_layout(const ModelDescription& model, const TensorFile& weights);

/// The keys of architecture and spec. Throws Error{unsupported} if the model has no architecture, or windows that no key can say.
void add_gguf_keys(GgufWriter& writer, const GgufLayout& layout);

}  // namespace akin
