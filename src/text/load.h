// The parts of a tokenizer from the forms it is kept in. Tested by load_test.cc and folders_test.cc.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "akin/text/tokenizer.h"
#include "pipeline.h"

namespace akin::text {

/// tokenizer.json, else vocab.txt, else vocab.json with merges.txt, else a .model file; tokenizer_config.json's options go over both, as in
/// transformers.
PipelineParts load_folder(const std::filesystem::path& folder);
/// tokenizer.json as text, taken as it stands.
PipelineParts load_json(std::string_view json, const std::string& name);
PipelineParts load_word_piece(const WordPieceParts& parts, const std::string& name);
/// The inverse of load_word_piece(). Throws Error{unsupported} if `parts` cannot be said that way.
WordPieceParts to_word_piece(const PipelineParts& parts);

}  // namespace akin::text
