// What transformers lays over a tokenizer.json when it loads a folder: options of tokenizer_config.json, and those that a tokenizer class
// sets whether or not the configuration names them (transformers 4.57). Tested by folder_options_test.cc.
#pragma once

#include <string>

#include "json_fields.h"

namespace akin::text {

/// Rewrites `tokenizer`, a parsed tokenizer.json, as `config`, a parsed tokenizer_config.json (or null), says. `where` names the latter.
void apply_folder_options(Json& tokenizer, const Json& config, const std::string& where);

/// The name of the tokenizer class without "Fast"; empty if the configuration names none.
std::string tokenizer_class(const Json& config);

/// The text of a special token, which is a string or an object of an added token; empty if there is none.
std::string special_token(const Json& config, const char* key, const std::string& where);

}  // namespace akin::text
