// A golden model folder copied to where a test may spoil it.
#pragma once

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include "akin/base/mapped_file.h"
#include "akin/embed/embedder.h"
#include "base/temporary_folder.h"
#include "golden_files.h"

namespace akin::golden {

class ModelCopy {
 public:
  /// `model`: a folder under tests/golden.
  explicit ModelCopy(const std::string& model) {
    std::filesystem::copy(golden::path(model), path(), std::filesystem::copy_options::recursive);
  }

  [[nodiscard]] std::filesystem::path path() const { return folder_.path() / "model"; }
  [[nodiscard]] std::string read(const std::string& file) const { return read_file(path() / file, std::size_t{64} << 20); }
  void write(const std::string& file, const std::string& content) const { std::ofstream(path() / file, std::ios::binary) << content; }
  void edit_json(const std::string& file, const std::function<void(nlohmann::json&)>& edit) const {
    nlohmann::json content = nlohmann::json::parse(read(file));
    edit(content);
    write(file, content.dump());
  }

 private:
  akin::testing::TemporaryFolder folder_;
};

/// What loading `model` says: the error's one line, or "loaded".
inline std::string loading(const std::filesystem::path& model, const EmbedderOptions& options = {}) {
  Context context(1);
  try {
    (void)Embedder::load(model, options, context);
  } catch (const Error& error) {
    return error.what();
  }
  return "loaded";
}

}  // namespace akin::golden
