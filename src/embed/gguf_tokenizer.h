// The tokenizer of a GGUF file: WordPiece as llama.cpp keeps it, or a whole tokenizer.json under the specification's own key. Reading is
// declared in model_files.h. Private. Tested by gguf_tokenizer_test.cc.
#pragma once

#include "akin/formats/gguf.h"
#include "model_files.h"

namespace akin {

/// Parts of a WordPiece tokenizer; else the tokenizer.json that the model came with, and llama.cpp's lists beside it. Throws
/// Error{unsupported} if there is neither.
void add_gguf_tokenizer(GgufWriter& writer, const ModelFiles& files);

}  // namespace akin
