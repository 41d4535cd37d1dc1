// From a configuration to a model description: config.json of Hugging Face folders, metadata of GGUF files.
// Tested by families_test.cc.
#pragma once

#include <string>
#include <string_view>

#include "akin/formats/gguf.h"
#include "akin/formats/tensor.h"
#include "akin/model/spec.h"

namespace akin {

/// Reads config.json (`json`; `where` names it in messages). `weights` tells under which prefix the family's tensors lie ("", "bert.", …).
/// Throws Error{unsupported} for a family that akin does not run (listing those it does), Error{corrupt} naming the key.
ModelDescription describe_config(std::string_view json, const std::string& where, const TensorFile& weights);

/// The same for a GGUF file as llama.cpp's converter or akin writes it: encoders and decoders, general.architecture "bert", "nomic-bert",
/// "llama", … Throws Error{unsupported} for another architecture (listing those it runs), Error{corrupt} or Error{not_found} naming the
/// key.
ModelDescription describe_gguf(const GgufFile& file);

/// "bert, distilbert".
std::string supported_families();

}  // namespace akin
