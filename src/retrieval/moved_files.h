// Finds the file that a new one was before it was moved: one that has vanished, of the same bytes, whose documents are the same but for
// where they lie and what they are called. Tested by moved_files_test.cc.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "akin/store/store.h"
#include "prepare.h"

namespace akin::retrieval {

class MovedFiles {
 public:
  /// `missing`: content hash → path of files that have vanished.
  explicit MovedFiles(std::multimap<std::string, std::string> missing) : missing_(std::move(missing)) {}

  /// Whether a file of the same bytes has vanished.
  [[nodiscard]] bool may_have(const PreparedFile& file) const { return missing_.contains(file.source.content_hash); }
  /// What makes the vanished file's documents those of `file`, which was not known before; nothing if there is none. A vanished file is
  /// found once. Of several the one of the same name is taken, else the first by path.
  std::optional<SourceMove> find(const PreparedFile& file, const Snapshot& snapshot);
  /// Those that were not found: hash → path.
  [[nodiscard]] const std::multimap<std::string, std::string>& left() const noexcept { return missing_; }

 private:
  std::multimap<std::string, std::string> missing_;
};

}  // namespace akin::retrieval
