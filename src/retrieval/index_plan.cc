#include "index_plan.h"

#include <algorithm>
#include <utility>

namespace akin::retrieval {
namespace {

namespace fs = std::filesystem;

class Planner {
 public:
  Planner(const Snapshot& snapshot, const Walk& walk, const std::string& settings)
      : snapshot_(snapshot), walk_(walk), settings_(settings) {}

  /// Documents with damaged vectors are embedded again.
  void find_damage(Context& context) {
    for (const DocumentRecord& document : snapshot_.damaged_documents(context)) {
      damaged_sources_.insert(document.source);
      plan.damaged_documents.insert(document.uri);
    }
  }

  void add(FoundFile file) {
    std::optional<SourceState> known = snapshot_.source(file.path);
    const bool is_new = !known;
    any_new_ = any_new_ || is_new;
    if (damaged_sources_.contains(file.path)) known.reset();
    const bool same = known && known->size == file.size && known->mtime_ns == file.mtime_ns && file.mtime_ns != -1 &&
                      known->settings == settings_ && !(known->content_hash.empty() && known->refusal.empty());
    if (same) {
      plan.report.n_unchanged += snapshot_.documents_of_source(file.path).size();
      if (!known->refusal.empty()) plan.report.refused.push_back({file.path, known->refusal});
    } else {
      plan.n_bytes += file.size;
      plan.jobs.push_back({std::move(file), std::move(known), is_new});
    }
  }

  /// After all files. `folders`: where files may be missing.
  void find_missing(const std::set<std::string>& folders) {
    for (const std::string& folder : folders)
      for (const std::string& path : snapshot_.sources_under(folder))
        if (!is_found(path) && !is_unknown(path)) lose(path);
  }

  IndexPlan plan;

 private:
  [[nodiscard]] bool is_found(const std::string& path) const {
    const auto at = std::lower_bound(walk_.files.begin(), walk_.files.end(), path,
                                     [](const FoundFile& file, const std::string& wanted) { return file.path < wanted; });
    return at != walk_.files.end() && at->path == path;
  }

  [[nodiscard]] bool is_unknown(const std::string& path) const {
    return std::any_of(walk_.unknown.begin(), walk_.unknown.end(), [&](const std::string& folder) { return lies_under(path, folder); });
  }

  /// What may turn up under another path is not gone before all new files have been looked at.
  void lose(const std::string& path) {
    const std::optional<SourceState> known = snapshot_.source(path);
    const bool whole = known && !known->content_hash.empty() && known->refusal.empty() && known->settings == settings_;
    if (!whole || !any_new_ || damaged_sources_.contains(path)) {
      plan.gone.emplace(path, snapshot_.documents_of_source(path).size());
    } else if (missing_.insert(path).second) {
      plan.missing.emplace(known->content_hash, path);
    }
  }

  const Snapshot& snapshot_;
  const Walk& walk_;
  const std::string& settings_;
  std::set<std::string> damaged_sources_, missing_;
  bool any_new_ = false;
};

/// Where files may be missing: the paths, or what of them is looked at.
std::set<std::string> folders_of(std::span<const fs::path> paths, const IndexScope& scope) {
  std::set<std::string> folders;
  for (const fs::path& path : paths) {
    const std::string root = absolute_path(path);
    if (scope.within.empty()) folders.insert(root);
    for (const std::string& part : scope.within)
      if (lies_under(part, root) || lies_under(root, part)) folders.insert(lies_under(part, root) ? part : root);
  }
  return folders;
}

}  // namespace

IndexPlan plan_index(const Store& store, std::span<const fs::path> paths, const IndexOptions& options, const std::string& settings,
                     const IndexScope& scope, Context& context) {
  const WalkOptions how{options.hidden, options.ignore, {scope.within.begin(), scope.within.end()}, scope.on_folder};
  Walk walk = walk_files(paths, how, context.cancel);
  // What a link leads to may be there by itself, or through another link: that tells a look at everything.
  if (!scope.within.empty() && walk.n_links > 0) return plan_index(store, paths, options, settings, {{}, scope.on_folder}, context);
  const Snapshot snapshot = store.snapshot();
  Planner planner(snapshot, walk, settings);
  planner.plan.report.n_files_seen = walk.files.size();
  planner.plan.report.n_ignored = walk.n_ignored;
  planner.plan.report.refused = std::move(walk.refused);
  if (scope.within.empty()) planner.find_damage(context);
  for (const FoundFile& file : walk.files) {
    context.cancel.check();
    planner.add(file);
  }
  if (options.remove_missing) planner.find_missing(folders_of(paths, scope));
  return std::move(planner.plan);
}

}  // namespace akin::retrieval
