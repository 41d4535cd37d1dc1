// Tells which files and folders may have changed, by inotify, some time after they did: changes are gathered until it has been quiet for a
// while. Where the system sets limits it says so and falls back to telling "everything" from time to time. Tested by folder_watch_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "akin/base/thread_pool.h"

namespace akin {

struct WatchTimes {
  double quiet_seconds = 0.5;   ///< without a change, before changes are told
  double longest_seconds = 10;  ///< after the first change, whether it is quiet or not
  double poll_seconds = 30;     ///< between two tellings of "everything" where folders cannot be watched
};

struct WatchedChanges {
  std::vector<std::string> paths;  ///< sorted, each once; files and folders that came, went or changed
  bool everything = false;         ///< too much to be told one by one, or it could not be seen
};

class FolderWatch {
 public:
  /// Never fails: see limit(). `max_folders`: more are not watched, as if the system's own limit were met.
  explicit FolderWatch(std::size_t max_folders = SIZE_MAX);
  ~FolderWatch();
  FolderWatch(const FolderWatch&) = delete;
  FolderWatch& operator=(const FolderWatch&) = delete;

  /// Watches a folder, not those below it. What happens in it from the return on is told. A folder that is not there is passed over.
  void add(const std::string& folder);
  /// Waits for changes. Nothing is told if `cancel` is set; it is looked at five times a second.
  WatchedChanges wait(const WatchTimes& times, const CancelToken& cancel);
  /// Why not every folder is watched, in one line; empty if all are.
  [[nodiscard]] const std::string& limit() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace akin
