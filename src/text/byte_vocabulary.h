// A folder that holds vocab.json and merges.txt alone, as the tokenizer.json that transformers would make of it: GPT-2, RoBERTa, CLIP,
// Qwen 2 and their kin. Tested by byte_vocabulary_test.cc.
#pragma once

#include <filesystem>

#include "json_fields.h"

namespace akin::text {

bool has_byte_vocabulary(const std::filesystem::path& folder);

/// Reads the folder's vocabulary. `config`, its tokenizer_config.json or null, becomes what transformers would have in its place: the class
/// (else named by config.json, else guessed from the pieces), special tokens of special_tokens_map.json and of the class, and the tokens
/// of added_tokens.json. Throws Error{corrupt}, Error{unsupported} naming the file.
Json read_byte_vocabulary(const std::filesystem::path& folder, Json& config);

/// The lines of a merges.txt, without that of the version. Throws Error{corrupt} naming the line that is not two pieces.
Json read_merges(std::string_view text, const std::string& name);

}  // namespace akin::text
