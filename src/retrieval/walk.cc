#include "walk.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <system_error>

#include "akin/base/error.h"
#include "akin/base/utf8.h"
#include "akin/store/store.h"
#include "ignore.h"

namespace akin::retrieval {
namespace {

namespace fs = std::filesystem;

// Coarser than the time stamps of any file system in use (FAT: 2 s).
constexpr std::int64_t kRecentNs = 2'000'000'000;

std::int64_t nanoseconds(fs::file_time_type time) {
  const auto since = fs::file_time_type::clock::to_sys(time).time_since_epoch();
  return std::chrono::duration_cast<std::chrono::nanoseconds>(since).count();
}

std::string printable(const std::string& path) {
  std::size_t n_replaced = 0;
  return replace_invalid_utf8(path, n_replaced);
}

class Walker {
 public:
  Walker(const WalkOptions& options, const CancelToken& cancel)
      : options_(options), cancel_(cancel), now_(nanoseconds(fs::file_time_type::clock::now())) {}

  void add_root(const fs::path& root) {
    std::error_code error;
    const fs::file_status status = fs::symlink_status(root, error);
    if (status.type() == fs::file_type::not_found) return;
    if (error) return refuse(root, "cannot be looked at: " + error.message(), true);
    Rules rules;
    try {
      if (options_.ignore && root.has_parent_path()) rules = rules_above(root);
    } catch (const Error& unreadable) {
      return refuse(root, std::string("lies under rules that cannot be read: ") + unreadable.what(), true);
    }
    if (status.type() == fs::file_type::symlink) {
      links_.emplace(root, rules);
    } else {
      add(root, status.type(), rules);
    }
  }

  Walk finish() {
    while (true) {
      walk_folders();
      if (links_.empty()) break;
      const auto [link, rules] = *links_.begin();
      links_.erase(links_.begin());
      follow(link, rules);
    }
    const auto by_path = [](const FoundFile& a, const FoundFile& b) { return a.path < b.path; };
    std::sort(found_.files.begin(), found_.files.end(), by_path);
    const auto same_path = [](const FoundFile& a, const FoundFile& b) { return a.path == b.path; };
    found_.files.erase(std::unique(found_.files.begin(), found_.files.end(), same_path), found_.files.end());
    std::sort(found_.refused.begin(), found_.refused.end(), [](const Refusal& a, const Refusal& b) { return a.uri < b.uri; });
    return std::move(found_);
  }

 private:
  using Rules = std::shared_ptr<const IgnoreChain>;
  struct Folder {
    fs::path path;
    Rules rules;  // of the folder above
  };

  static Rules rules_above(const fs::path& root) {
    Rules rules;
    fs::path folder;
    for (const fs::path& part : root.parent_path()) {
      folder /= part;
      rules = chain_of(folder.string(), rules);
    }
    return rules;
  }

  /// `hides_more`: what lies at or under the path may well be there, it cannot be seen.
  void refuse(const fs::path& path, const std::string& reason, bool hides_more) {
    const std::string name = printable(path.string());
    found_.refused.push_back({name, name + ": " + reason});
    if (hides_more) found_.unknown.push_back(path.string());
  }

  void add(const fs::path& path, fs::file_type type, const Rules& rules) {
    if (type == fs::file_type::directory) {
      folders_.push_back({path, rules});
    } else if (type == fs::file_type::regular) {
      add_file(path);
    } else {
      refuse(path, "is neither a file nor a folder", false);
    }
  }

  void add_file(const fs::path& path) {
    if (!is_valid_utf8(path.native())) return refuse(path, "its name is not valid UTF-8", false);
    std::error_code error;
    const std::uintmax_t size = fs::file_size(path, error);
    const fs::file_time_type time = error ? fs::file_time_type() : fs::last_write_time(path, error);
    if (error == std::errc::no_such_file_or_directory) return;
    if (error) return refuse(path, "cannot be looked at: " + error.message(), true);
    const std::int64_t mtime_ns = nanoseconds(time);
    found_.files.push_back({path.string(), size, mtime_ns > now_ - kRecentNs ? -1 : mtime_ns});
  }

  void walk_folders() {
    while (!folders_.empty()) {
      cancel_.check();
      const Folder folder = std::move(folders_.back());
      folders_.pop_back();
      std::error_code error;
      const fs::path real = fs::canonical(folder.path, error);
      if (error) {
        refuse(folder.path, "cannot be opened: " + error.message(), true);
      } else if (real_folders_.insert(real).second && !Store::exists(folder.path)) {
        list(folder);
      }
    }
  }

  void list(const Folder& folder) {
    Rules rules;
    try {
      if (options_.ignore) rules = chain_of(folder.path.string(), folder.rules);
    } catch (const Error& unreadable) {
      return refuse(folder.path, std::string("its rules cannot be read: ") + unreadable.what(), true);
    }
    if (options_.on_folder) options_.on_folder(folder.path.string());
    std::error_code error;
    fs::directory_iterator entry(folder.path, error);
    for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
      const bool is_hidden = !options_.hidden && entry->path().filename().native().starts_with('.');
      if (!is_hidden && concerns(entry->path().native())) take(*entry, rules);
    }
    if (error) refuse(folder.path, "cannot be listed: " + error.message(), true);
  }

  /// Whether the path is what is to be looked at, lies under it or leads to it.
  [[nodiscard]] bool concerns(const std::string& path) const {
    if (options_.within.empty()) return true;
    const auto below = options_.within.lower_bound(path + "/");
    if (below != options_.within.end() && lies_under(*below, path)) return true;
    for (std::string above = path; !above.empty(); above.resize(above.rfind('/')))
      if (options_.within.contains(above)) return true;
    return options_.within.contains("/");
  }

  void take(const fs::directory_entry& entry, const Rules& rules) {
    std::error_code unreadable;
    const fs::file_type type = entry.symlink_status(unreadable).type();
    if (type == fs::file_type::not_found) return;
    if (unreadable) return refuse(entry.path(), "cannot be looked at: " + unreadable.message(), true);
    std::error_code no_target;
    if (options_.ignore && is_ignored(rules.get(), entry.path().native(), entry.is_directory(no_target))) {
      ++found_.n_ignored;
    } else if (type == fs::file_type::symlink) {
      ++found_.n_links;
      links_.emplace(entry.path(), rules);
    } else {
      add(entry.path(), type, rules);
    }
  }

  void follow(const fs::path& link, const Rules& rules) {
    std::error_code error;
    const fs::path real = fs::canonical(link, error);
    if (error == std::errc::no_such_file_or_directory) return refuse(link, "is a link to nothing", false);
    if (error == std::errc::too_many_symbolic_link_levels) return refuse(link, "is a link that leads to itself", false);
    if (error) return refuse(link, "is a link that cannot be followed: " + error.message(), true);
    const fs::file_type type = fs::status(real, error).type();
    if (error) return refuse(link, "is a link that cannot be followed: " + error.message(), true);
    // A file in a folder that was listed is there by itself.
    const bool listed = type == fs::file_type::regular && real_folders_.contains(real.parent_path()) &&
                        (options_.hidden || !real.filename().native().starts_with('.'));
    if (!listed && (type != fs::file_type::regular || real_files_.insert(real).second)) add(link, type, rules);
  }

  const WalkOptions& options_;
  const CancelToken& cancel_;
  std::int64_t now_;
  Walk found_;
  std::vector<Folder> folders_;      // still to be listed
  std::map<fs::path, Rules> links_;  // still to be followed, after all folders: what is there by itself comes first
  std::set<fs::path> real_folders_;  // listed
  std::set<fs::path> real_files_;    // that links led to
};

}  // namespace

std::string absolute_path(const fs::path& path) {
  std::string text = fs::absolute(path).lexically_normal().string();
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

bool lies_under(std::string_view path, std::string_view folder) noexcept {
  if (!path.starts_with(folder)) return false;
  return path.size() == folder.size() || folder.ends_with('/') || path[folder.size()] == '/';
}

Walk walk_files(std::span<const fs::path> roots, const WalkOptions& options, const CancelToken& cancel) {
  Walker walker(options, cancel);
  for (const fs::path& root : roots) walker.add_root(absolute_path(root));
  return walker.finish();
}

}  // namespace akin::retrieval
