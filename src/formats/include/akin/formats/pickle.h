// Weights as torch's pickles (pytorch_model.bin, .pt, .pth, .ckpt). Unpickling runs what the file says, so akin never does it; it says why,
// and which command makes safetensors of them. Tested by pickle_test.cc.
#pragma once

#include <filesystem>
#include <optional>

namespace akin {

/// Whether the file begins as a pickle does: protocol 2 to 5, or torch's archive of one. False if it cannot be opened.
bool is_pickle(const std::filesystem::path& file);

/// A file of pickled weights in a model's folder, by the names that transformers and torch give them; sharded ones by their index.
std::optional<std::filesystem::path> find_pickle(const std::filesystem::path& folder);

/// Throws Error{unsupported} with the reason and the command to convert the model of `file`'s folder.
[[noreturn]] void refuse_pickle(const std::filesystem::path& file);

}  // namespace akin
