// What a static folder says about its texts beside its table: how much of one is read, and whether vectors get unit length. Private.
// Tested by static_backend_test.cc.
#pragma once

#include <filesystem>
#include <string>

#include "static_folder.h"

namespace akin {

/// Sets max_tokens, the rules of the cut, and Model2Vec's Normalize where its modules have none. `config`: a file that need not be there;
/// `tokenizer_json`: the file's text. Throws Error{corrupt} naming file and key.
void read_static_limits(const std::filesystem::path& config, const std::string& tokenizer_json, StaticFiles& all);

}  // namespace akin
