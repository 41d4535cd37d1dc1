// What the Hub says about a model and its files: the answer of /api/models/…, and the headers of /resolve/…. Nothing in them is trusted:
// names must stay inside their folder, hashes must be hashes. Tested by hub_metadata_test.cc; fuzz entry hub_metadata.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "akin/hub/http.h"

namespace akin::hub {

struct RepositoryFile {
  std::string name;                   ///< relative, with slashes; is_safe_path()
  std::optional<std::uint64_t> size;  ///< where the server says it
};

struct RepositoryInfo {
  std::string commit;
  std::vector<RepositoryFile> files;  ///< by name, each once
};

/// Reads {"sha": …, "siblings": [{"rfilename": …, "size": …}, …]}; `where` is for messages. Throws Error{corrupt} for what breaks the
/// rules above, Error{limit} for more than 100,000 files.
RepositoryInfo parse_repository(std::string_view json, const std::string& where);

struct FileMetadata {
  std::string etag;  ///< the blob's name: a SHA-256 (64 digits), a git hash (40 digits) or another word
  std::uint64_t size = 0;
};

/// From the head of a resolve address, for the file of `commit`. Throws Error{corrupt} saying what a Hub would have sent.
FileMetadata parse_file_metadata(const HttpResponse& response, const std::string& commit, const std::string& where);

}  // namespace akin::hub
