#include "cache_layout.h"

#include <algorithm>
#include <cstdlib>
#include <system_error>

#include "akin/base/error.h"
#include "akin/base/mapped_file.h"

namespace akin::hub {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "models--";
// A commit hash and a newline; anything larger is not a ref.
constexpr std::size_t kMaxRefBytes = 4096;
constexpr std::size_t kMaxRepositoryName = 96;  // as huggingface_hub checks it
constexpr std::size_t kMaxPart = 255;           // bytes of a file name on Linux
constexpr std::size_t kMaxPath = 1024;

fs::path environment_path(const char* variable) {
  const char* value = std::getenv(variable);
  return value == nullptr ? fs::path() : fs::path(value);
}

bool is_word(std::string_view text) noexcept {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

/// Calls `good` for the parts between slashes; true if it holds for all.
template <class Predicate>
bool all_parts(std::string_view path, Predicate good) {
  for (;;) {
    const std::size_t slash = path.find('/');
    if (!good(path.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

fs::path home_folder() {
  if (fs::path home = environment_path("HF_HOME"); !home.empty()) return home;
  if (const fs::path cache = environment_path("XDG_CACHE_HOME"); !cache.empty()) return cache / "huggingface";
  if (const fs::path home = environment_path("HOME"); !home.empty()) return home / ".cache" / "huggingface";
  return {};
}

fs::path cache_folder() {
  for (const char* variable : {"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"})
    if (fs::path path = environment_path(variable); !path.empty()) return path;
  const fs::path home = home_folder();
  return home.empty() ? home : home / "hub";
}

std::string repository_folder(std::string_view name) {
  std::string folder(kPrefix);
  for (const char c : name) folder += c == '/' ? std::string("--") : std::string(1, c);
  return folder;
}

std::optional<std::string> name_of_repository(std::string_view folder) {
  if (!folder.starts_with(kPrefix)) return std::nullopt;
  std::string name(folder.substr(kPrefix.size()));
  if (const std::size_t at = name.find("--"); at != std::string::npos) name.replace(at, 2, "/");
  return name;
}

bool is_repository_name(std::string_view name) noexcept {
  if (name.size() > kMaxRepositoryName || std::ranges::count(name, '/') > 1) return false;
  if (name.find("--") != std::string_view::npos || name.find("..") != std::string_view::npos || name.ends_with(".git")) return false;
  return all_parts(name, [](std::string_view part) {
    return is_word(part) && part.front() != '-' && part.front() != '.' && part.back() != '-' && part.back() != '.';
  });
}

bool is_revision(std::string_view revision) noexcept {
  return is_safe_path(revision) && all_parts(revision, [](std::string_view part) { return is_word(part) && part.front() != '.'; });
}

bool is_commit(std::string_view text) noexcept {
  return text.size() == 40 && std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_safe_path(std::string_view path) noexcept {
  if (path.empty() || path.size() > kMaxPath) return false;
  if (std::ranges::any_of(path, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F || c == '\\'; })) return false;
  return all_parts(path, [](std::string_view part) { return !part.empty() && part.size() <= kMaxPart && part != "." && part != ".."; });
}

std::optional<std::string> commit_of(const fs::path& repository, const std::string& revision) {
  if (!is_revision(revision)) return std::nullopt;
  std::string commit;
  try {
    commit = read_file(repository / "refs" / revision, kMaxRefBytes);
  } catch (const Error&) {
    commit = revision;  // not a branch or tag that was pulled: maybe a commit
  }
  while (!commit.empty() && (commit.back() == '\n' || commit.back() == '\r' || commit.back() == ' ')) commit.pop_back();
  std::error_code ignored;
  const bool plain = !commit.empty() && commit.find('/') == std::string::npos && commit.front() != '.';
  if (plain && fs::is_directory(repository / "snapshots" / commit, ignored)) return commit;
  return std::nullopt;
}

}  // namespace akin::hub
