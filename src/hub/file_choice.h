// Which files of a model are pulled. Tested by file_choice_test.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "hub_metadata.h"

namespace akin::hub {

/// Shell patterns over the whole name: "*" any characters, slashes too, "?" one. A pattern that ends in "/" means all below it.
bool glob_match(std::string_view pattern, std::string_view name) noexcept;

struct FileChoice {
  std::vector<RepositoryFile> wanted;
  std::vector<std::string> left_out;
};

/// Without `include`: configuration, tokenizer, the modules of sentence-transformers, and weights as .safetensors, else the one .gguf. With
/// it: what any of its patterns names. Never what `exclude` names and never pickles (pytorch_model.bin, *.pt, *.ckpt …), which akin does
/// not read as they can run code. Throws Error{unsupported} where nothing is left, with the reason and what to do.
FileChoice choose_files(const RepositoryInfo& info, const std::vector<std::string>& include, const std::vector<std::string>& exclude,
                        const std::string& name);

}  // namespace akin::hub
