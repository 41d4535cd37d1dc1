// Which prompt is put in front of a text, as sentence-transformers' encode, encode_query and encode_document choose it.
// Tested by prompts_test.cc.
#pragma once

#include <array>
#include <string>

#include "akin/embed/embedder.h"
#include "model_files.h"

namespace akin {

/// By TextRole. In this order: the options' own text, the prompt that they name, the role's prompt ("query"; "document", "passage" or
/// "corpus"), the default prompt, none. Throws Error{invalid_argument} listing the names that there are if the named one is not.
std::array<std::string, 3> choose_prompts(const SentenceConfig& sentence, const EmbedderOptions& options, const std::string& model);

}  // namespace akin
