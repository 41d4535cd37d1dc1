// What a run of indexing has to do: which files are new, changed, gone or may have moved. Files are looked at by size and time stamp; those
// that may have changed are left to be read. Tested by index_run_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "akin/retrieval/collection.h"
#include "akin/store/store.h"
#include "walk.h"

namespace akin::retrieval {

struct IndexJob {
  FoundFile file;
  std::optional<SourceState> known;  ///< as the collection has it; nothing for a new file, or one to be embedded again
  bool is_new = false;               ///< the collection knows nothing of it
};

struct IndexPlan {
  std::deque<IndexJob> jobs;                        ///< files to be read, by path
  std::uint64_t n_bytes = 0;                        ///< of them
  std::map<std::string, std::size_t> gone;          ///< files that are no longer there → number of their documents
  std::multimap<std::string, std::string> missing;  ///< the same for files that may have moved: content hash → path
  std::set<std::string> damaged_documents;          ///< uris: to be embedded again
  IndexReport report;                               ///< what is known of it so far
};

/// What is looked at, when not everything under the paths is.
struct IndexScope {
  std::vector<std::string> within;                           ///< absolute paths; empty: all. All too if a link lies there
  std::function<void(const std::string& folder)> on_folder;  ///< called before a folder is listed
};

/// `settings`: what decides the chunks of a file besides its bytes. Throws Error{cancelled}.
IndexPlan plan_index(const Store& store, std::span<const std::filesystem::path> paths, const IndexOptions& options,
                     const std::string& settings, const IndexScope& scope, Context& context);

}  // namespace akin::retrieval
