// A folder's transformer of texts in its parts, for training: description and numbers of the transformer, and how its rows become one
// vector. To embed with it, see embedder.h. Tested by sentence_parts_test.cc.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "akin/formats/tensor.h"
#include "akin/model/spec.h"
#include "akin/nn/pooling.h"

namespace akin {

struct SentenceParts {
  std::string name;
  std::filesystem::path folder;       ///< with modules.json, if there is one
  std::filesystem::path transformer;  ///< with config.json and the weights: `folder`, or inside it
  bool has_modules = false;           ///< modules.json is there; a folder without one is pooled by its mean
  ModelDescription model;
  std::unique_ptr<TensorFile> weights;
  nn::Pooling pooling;
  bool include_prompt = true;  ///< false: the prompt's tokens are left out of the pooling
  bool has_unit_length = false;
};

/// Throws Error{unsupported} for a GGUF file and for a model with steps behind pooling other than Normalize; else as Embedder::load().
SentenceParts read_sentence_parts(const std::filesystem::path& folder);

}  // namespace akin
