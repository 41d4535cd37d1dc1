#include "watch_run.h"

#include <algorithm>
#include <string>
#include <vector>

#include "akin/base/error.h"
#include "ignore.h"
#include "index_run.h"
#include "walk.h"

namespace akin::retrieval {
namespace {

namespace fs = std::filesystem;

/// Whether a run found anything to do or to tell.
bool is_news(const IndexReport& report) {
  return report.n_added + report.n_updated + report.n_moved + report.n_removed + report.refused.size() > 0;
}

/// What has to be looked at for these changes: rules that changed are about all of their folder.
std::vector<std::string> scope_of(const std::vector<std::string>& changed, const std::vector<std::string>& roots) {
  std::vector<std::string> within;
  for (const std::string& path : changed) {
    const std::size_t slash = path.rfind('/');
    const std::string folder = path.substr(0, std::max<std::size_t>(slash, 1));
    const std::string& part = path.substr(slash + 1) == kIgnoreFile ? folder : path;
    const bool concerns =
        std::any_of(roots.begin(), roots.end(), [&](const std::string& root) { return lies_under(part, root) || lies_under(root, part); });
    if (concerns) within.push_back(part);
  }
  return within;
}

}  // namespace

void run_watch(Store& store, const Embedder& embedder, std::span<const fs::path> paths, const WatchOptions& options,
               const std::function<void(const IndexReport&)>& on_run, Context& context) {
  FolderWatch watch(options.max_folders);
  std::vector<std::string> roots;
  for (const fs::path& path : paths) {
    roots.push_back(absolute_path(path));
    watch.add(fs::path(roots.back()).parent_path().string());  // the root itself may go and come again
  }
  IndexScope scope;
  scope.on_folder = [&](const std::string& folder) { watch.add(folder); };
  bool warned = false;
  try {
    on_run(run_index(store, embedder, paths, options.index, scope, context));
    while (!context.cancel.cancelled()) {
      if (!watch.limit().empty() && !std::exchange(warned, true))
        context.warn(watch.limit() + ": everything is looked at every " + std::to_string(static_cast<int>(options.times.poll_seconds)) +
                     " s instead");
      const WatchedChanges changes = watch.wait(options.times, context.cancel);
      scope.within = scope_of(changes.paths, roots);
      if (!changes.everything && scope.within.empty()) continue;
      const IndexReport report = run_index(store, embedder, paths, options.index, scope, context);
      if (is_news(report)) on_run(report);
    }
  } catch (const Error& error) {
    if (error.code() != ErrorCode::cancelled) throw;
  }
}

}  // namespace akin::retrieval
