// A folder of documents, a collection of them, and a tiny model (random weights: its vectors mean nothing, its code path is the real one).
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "akin/embed/embedder.h"
#include "akin/retrieval/collection.h"
#include "golden_files.h"
#include "temporary_files.h"

namespace akin {

struct Library {
  TemporaryFiles files;
  Context context{2};
  Embedder embedder = Embedder::load(golden::path("sentence-transformers/pool-mean"), {}, context);
  Collection collection = Collection::create(files.folder() / "collection", "pool-mean", embedder);

  /// Written an hour ago, so that its time stamp is trusted.
  void write(const std::string& name, const std::string& text) const {
    files.write("docs/" + name, text);
    files.date_back("docs/" + name, std::chrono::hours(1));
  }
  IndexReport index(const IndexOptions& options = {}) {
    const std::vector<std::filesystem::path> paths = {files.folder() / "docs"};
    return collection.index(paths, embedder, options, context);
  }
  [[nodiscard]] std::string path(const std::string& name) const { return files.path("docs/" + name); }
  [[nodiscard]] std::vector<std::string> uris() const {
    std::vector<std::string> uris;
    for (const DocumentEntry& entry : collection.documents())
      uris.push_back(std::filesystem::path(entry.uri).lexically_relative(files.folder() / "docs").string());
    return uris;
  }
  std::vector<Hit> search(const std::string& query, SearchMode mode, std::size_t k = 10) {
    return collection.search(query, &embedder, {.k = k, .mode = mode, .where = {}}, context);
  }
};

}  // namespace akin
