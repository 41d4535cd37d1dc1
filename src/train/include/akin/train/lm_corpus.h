// From files of text to what pre-training reads: a tokenizer in the model's folder, and the ids of a corpus. Tested by lm_corpus_test.cc.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "akin/base/context.h"
#include "akin/text/tokenizer.h"
#include "akin/train/lm_data.h"

namespace akin {

/// Puts a tokenizer into `folder`: "bytes" (byte_tokenizer_json()), the files of a folder that has one, or a tokenizer.json by its path.
/// Throws Error{not_found} for a folder without one.
void write_lm_tokenizer(const std::string& source, const std::filesystem::path& folder);

/// The ids of files ("-" is standard input; packed with gzip or not), each file a text. Long texts are encoded a stretch of about 256 KB at
/// a time, cut behind line ends where there are any. Throws as open_text_input() and write_token_file().
TokenFileReport write_corpus_tokens(const std::vector<std::filesystem::path>& files, const Tokenizer& tokenizer,
                                    const std::filesystem::path& path, Context& context);

}  // namespace akin
