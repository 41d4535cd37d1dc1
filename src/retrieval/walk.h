// The files under some paths, for indexing: what can be read, in one order on every machine, and what cannot, with the reason. Folders
// below are entered without recursion. Links are followed, but a folder or file that is also there by itself comes once, under its own
// name, so that neither loops nor many links to one place matter. Collections of akin are left out, and what .akinignore files say.
// Tested by walk_test.cc.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <set>
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
  std::size_t n_links = 0;           ///< links met in folders
  std::size_t n_ignored = 0;         ///< files and folders that rules of .akinignore pass over
};

struct WalkOptions {
  bool hidden = false;  ///< also hidden files and folders: a name that begins with a dot
  bool ignore = true;   ///< by the rules of .akinignore files, those of the folders above a root too, and the list for every folder
  std::set<std::string> within = {};  ///< absolute paths: only what lies at or under one of them is looked at; empty: all
  std::function<void(const std::string& folder)> on_folder = {};  ///< called before a folder is listed
};

/// The absolute form of a path, without "." and "..", without a separator at its end. Links stay.
std::string absolute_path(const std::filesystem::path& path);
/// Whether `path` is `folder` or lies under it.
bool lies_under(std::string_view path, std::string_view folder) noexcept;

/// What is given itself is looked at whatever it is called and whatever rules say; roots that are not there are passed over. Throws
/// Error{cancelled}.
Walk walk_files(std::span<const std::filesystem::path> roots, const WalkOptions& options, const CancelToken& cancel);

}  // namespace akin::retrieval
