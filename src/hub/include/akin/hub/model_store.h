// Model names → local folders or files, in one place: a path, then the local cache (the Hugging Face cache layout, shared with other
// tools), then the embedded default. Nothing is downloaded: pull.h does that when asked. Tested by model_store_test.cc.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace akin {

/// A model that can be loaded from here.
struct LocalModel {
  std::string name;            ///< what to pass as --model
  std::filesystem::path path;  ///< folder or .gguf
  std::string origin;          ///< "path", "cache", "embedded"
};

/// The embedded default's name: all-MiniLM-L6-v2 in 8 bits.
inline constexpr std::string_view kDefaultModel = "all-MiniLM-L6-v2";

/// `name`: a path, "all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2", "org/model@REVISION", "org/model/FILE.gguf" where a cached
/// model has several of them, or empty for the default. Throws Error{not_found} with
/// what was tried, the nearest known name and what to do.
LocalModel resolve_model(std::string_view name);

/// Everything that resolve_model() can find without a path, default first, without repeats.
std::vector<LocalModel> list_models();

/// The name of list_models() that `name` may have been meant to be; empty if none is near.
std::string nearest_model(std::string_view name);

/// Where the embedded default lies: $AKIN_MODELS, else beside the installed program (share/akin/models), else the source tree's models/.
std::filesystem::path embedded_models_folder();

}  // namespace akin
