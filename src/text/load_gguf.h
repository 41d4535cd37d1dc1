// The vocabulary of a GGUF file as the parts of a tokenizer, with the rules of llama.cpp, which GGUF belongs to.
// Tested by load_gguf_test.cc.
#pragma once

#include <string>

#include "akin/text/tokenizer.h"
#include "pipeline.h"

namespace akin::text {

PipelineParts load_gguf(const GgufVocabulary& vocabulary, const std::string& name);

}  // namespace akin::text
