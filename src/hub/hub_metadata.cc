#include "hub_metadata.h"

#include <algorithm>
#include <charconv>

#include "akin/base/error.h"
#include "bounded_json.h"
#include "cache_layout.h"

namespace akin::hub {
namespace {

constexpr std::size_t kMaxFiles = 100'000;
constexpr std::size_t kMaxEtag = 128;

RepositoryFile file_from(const Json& sibling, const std::string& where) {
  const Json& name = member(sibling, "rfilename");
  if (!name.is_string()) throw Error(ErrorCode::corrupt, where + ": a file without a name");
  RepositoryFile file{name.get<std::string>(), std::nullopt};
  if (!is_safe_path(file.name))
    throw Error(ErrorCode::corrupt, where + ": the file name '" + quotable(file.name, 120) + "' leads out of the model's folder: refused");
  const Json& size = member(sibling, "size");
  if (size.is_number_unsigned()) file.size = size.get<std::uint64_t>();
  return file;
}

/// `"abc"`, `W/"abc"` and abc are the same.
std::string etag_from(std::string_view header) {
  if (header.starts_with("W/")) header.remove_prefix(2);
  if (header.size() >= 2 && header.starts_with('"') && header.ends_with('"')) header = header.substr(1, header.size() - 2);
  const bool word = !header.empty() && header.size() <= kMaxEtag && header.front() != '.' && std::ranges::all_of(header, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
  return word ? std::string(header) : std::string();
}

std::optional<std::uint64_t> number_from(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string_view first_of(const HttpResponse& response, std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (const std::string_view value = response.header(name); !value.empty()) return value;
  return {};
}

}  // namespace

RepositoryInfo parse_repository(std::string_view json, const std::string& where) {
  const Json answer = parse_bounded(json, where);
  RepositoryInfo info;
  const Json& commit = member(answer, "sha");
  const Json& siblings = member(answer, "siblings");
  if (!commit.is_string() || !is_commit(commit.get_ref<const std::string&>()))
    throw Error(ErrorCode::corrupt, where + ": 'sha' is not a commit: is this a Hub?");
  if (!siblings.is_array()) throw Error(ErrorCode::corrupt, where + ": no list of files ('siblings'): is this a Hub?");
  if (siblings.size() > kMaxFiles)
    throw Error(ErrorCode::limit,
                where + ": " + std::to_string(siblings.size()) + " files, at most " + std::to_string(kMaxFiles) + " are read");
  info.commit = commit.get<std::string>();
  for (const Json& sibling : siblings) info.files.push_back(file_from(sibling, where));
  const auto by_name = [](const RepositoryFile& file) { return std::string_view(file.name); };
  std::ranges::stable_sort(info.files, {}, by_name);
  const auto same_name = [](const RepositoryFile& a, const RepositoryFile& b) { return a.name == b.name; };
  info.files.erase(std::unique(info.files.begin(), info.files.end(), same_name), info.files.end());
  return info;
}

FileMetadata parse_file_metadata(const HttpResponse& response, const std::string& commit, const std::string& where) {
  const std::string_view of_commit = response.header("x-repo-commit");
  if (of_commit != commit)
    throw Error(ErrorCode::corrupt, where + ": X-Repo-Commit is '" + quotable(of_commit, 60) + "', wanted " + commit + ": is this a Hub?");
  FileMetadata file;
  file.etag = etag_from(first_of(response, {"x-linked-etag", "etag"}));
  if (file.etag.empty()) throw Error(ErrorCode::corrupt, where + ": no usable ETag, so that the file cannot be checked");
  const auto size = number_from(first_of(response, {"x-linked-size", "content-length"}));
  if (!size) throw Error(ErrorCode::corrupt, where + ": neither X-Linked-Size nor Content-Length says how large the file is");
  file.size = *size;
  return file;
}

}  // namespace akin::hub
