#include "moved_files.h"

#include <filesystem>
#include <utility>

namespace akin::retrieval {
namespace {

/// The move if all documents of the file are those of the one at `from`, else nothing.
std::optional<SourceMove> move_from(const std::string& from, const PreparedFile& file, const Snapshot& snapshot) {
  SourceMove move{from, file.source.path, {}};
  std::map<std::string, DocumentRecord> old;
  for (DocumentRecord& document : snapshot.documents_of_source(from)) {
    std::string uri = document.uri;
    old.emplace(std::move(uri), std::move(document));
  }
  if (old.size() != file.documents.size()) return std::nullopt;
  for (const PreparedDocument& document : file.documents) {
    // A record's uri is its file's path with more behind it.
    if (!document.stored.uri.starts_with(move.to)) return std::nullopt;
    const auto before = old.find(from + document.stored.uri.substr(move.to.size()));
    if (before == old.end()) return std::nullopt;
    if (content_hash_of(document, before->second.title) != before->second.content_hash) return std::nullopt;
    move.documents.push_back({before->first, document.stored.uri, document.stored.title, document.stored.content_hash});
  }
  return move;
}

}  // namespace

std::optional<SourceMove> MovedFiles::find(const PreparedFile& file, const Snapshot& snapshot) {
  const auto [begin, end] = missing_.equal_range(file.source.content_hash);
  const std::filesystem::path name = std::filesystem::path(file.source.path).filename();
  for (const bool same_name : {true, false}) {
    for (auto at = begin; at != end; ++at) {
      if ((std::filesystem::path(at->second).filename() == name) != same_name) continue;
      std::optional<SourceMove> move = move_from(at->second, file, snapshot);
      if (!move) continue;
      missing_.erase(at);
      return move;
    }
  }
  return std::nullopt;
}

}  // namespace akin::retrieval
