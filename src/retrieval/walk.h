// The files under some paths, for indexing: what can be read, in one order on every machine, and what cannot, with the reason. Folders
// below are entered without recursion. Links are followed, but a folder or file that is also there by itself comes once, under its own
// name, so that neither loops nor many links to one place matter. Collections of akin are left out. Tested by walk_test.cc.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "akin/base/thread_pool.h"
#include "akin/retrieval/collection.h"

namespace akin::retrieval {

struct FoundFile {
  std::string path;  ///< absolute
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;  ///< −1 if it is so recent that a further change might leave it as it is
};

struct Walk {
  std::vector<FoundFile> files;      ///< by path, each once
  std::vector<Refusal> refused;      ///< by uri
  std::vector<std::string> unknown;  ///< folders whose content could not be seen, whole or in part
};

/// The absolute form of a path, without "." and "..", without a separator at its end. Links stay.
std::string absolute_path(const std::filesystem::path& path);
/// Whether `path` is `folder` or lies under it.
bool lies_under(std::string_view path, std::string_view folder) noexcept;

/// Hidden files and folders (a name that begins with a dot) are passed over unless `hidden` or given themselves; roots that are not there
/// as well. Throws Error{cancelled}.
Walk walk_files(std::span<const std::filesystem::path> roots, bool hidden, const CancelToken& cancel);

}  // namespace akin::retrieval
