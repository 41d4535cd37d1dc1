// Which prompt a model puts in front of a text. Private. Tested by embedder_test.cc.
#pragma once

#include <string>

#include "akin/embed/embedder.h"
#include "model_files.h"

namespace akin {

/// sentence-transformers' encode_query, encode_document and encode: the role's own prompt, else the default one, else none.
std::string role_prompt(const SentenceConfig& sentence, TextRole role);

}  // namespace akin
