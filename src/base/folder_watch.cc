#include "akin/base/folder_watch.h"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <map>
#include <optional>
#include <set>

namespace akin {
namespace {

using Clock = std::chrono::steady_clock;

// More are not kept: looking at everything is cheaper then.
constexpr std::size_t kMaxPaths = 10'000;
constexpr double kLookSeconds = 0.2;  // between two looks at the cancel token

constexpr std::uint32_t kMask = IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF |
                                IN_ATTRIB | IN_ONLYDIR | IN_EXCL_UNLINK;

double seconds_since(Clock::time_point time) { return std::chrono::duration<double>(Clock::now() - time).count(); }

bool lies_under(const std::string& path, const std::string& folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

}  // namespace

struct FolderWatch::State {
  int fd = -1;
  std::size_t max_folders = 0;
  std::map<int, std::string> folders;  // by watch descriptor
  std::string limit;
  std::set<std::string> paths;
  bool everything = false;
  std::optional<Clock::time_point> first, last;  // changes that have not been told

  void change(std::string path) {
    last = Clock::now();
    if (!first) first = last;
    if (paths.size() >= kMaxPaths) everything = true;
    if (!everything) paths.insert(std::move(path));
  }

  void forget_under(const std::string& folder) {
    for (auto at = folders.begin(); at != folders.end();) {
      if (lies_under(at->second, folder)) {
        inotify_rm_watch(fd, at->first);
        at = folders.erase(at);
      } else {
        ++at;
      }
    }
  }

  void take(const inotify_event& event, const char* name) {
    if ((event.mask & (IN_Q_OVERFLOW | IN_UNMOUNT)) != 0) {
      everything = true;
      return change({});
    }
    const auto folder = folders.find(event.wd);
    if (folder == folders.end()) return;
    if ((event.mask & IN_IGNORED) != 0) {
      folders.erase(folder);
      return;
    }
    std::string path = folder->second;
    if (event.len > 0) path += (path.ends_with('/') ? "" : "/") + std::string(name);
    // A folder that goes takes the names of all below it along; where it turns up it is added anew.
    const bool goes = (event.mask & IN_MOVE_SELF) != 0 || ((event.mask & IN_MOVED_FROM) != 0 && (event.mask & IN_ISDIR) != 0);
    if (goes) forget_under(path);
    change(std::move(path));
  }

  void read_events() {
    alignas(inotify_event) std::array<char, 1 << 16> buffer;
    const ssize_t n = ::read(fd, buffer.data(), buffer.size());
    for (ssize_t at = 0; at < n;) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      take(event, buffer.data() + at + sizeof event);
      at += static_cast<ssize_t>(sizeof event + event.len);
    }
  }

  [[nodiscard]] bool is_due(const WatchTimes& times) const {
    return first && (everything || seconds_since(*last) >= times.quiet_seconds || seconds_since(*first) >= times.longest_seconds);
  }

  WatchedChanges tell() {
    WatchedChanges changes;
    changes.everything = everything;
    if (!everything) changes.paths.assign(paths.begin(), paths.end());
    paths.clear();
    everything = false;
    first.reset();
    last.reset();
    return changes;
  }
};

FolderWatch::FolderWatch(std::size_t max_folders) : state_(std::make_unique<State>()) {
  state_->max_folders = max_folders;
  state_->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  if (state_->fd < 0) state_->limit = std::string("folders cannot be watched: ") + std::strerror(errno);
}

FolderWatch::~FolderWatch() {
  if (state_->fd >= 0) ::close(state_->fd);
}

void FolderWatch::add(const std::string& folder) {
  if (state_->fd < 0) return;
  const bool full = state_->folders.size() >= state_->max_folders;
  const int wd = full ? -1 : inotify_add_watch(state_->fd, folder.c_str(), kMask);
  if (wd >= 0) {
    state_->folders[wd] = folder;
  } else if (full || errno == ENOSPC || errno == ENOMEM) {
    state_->limit = "no more than " + std::to_string(state_->folders.size()) + " folders can be watched (fs.inotify.max_user_watches)";
  }
}

WatchedChanges FolderWatch::wait(const WatchTimes& times, const CancelToken& cancel) {
  State& state = *state_;
  const Clock::time_point begin = Clock::now();
  while (!cancel.cancelled()) {
    if (state.is_due(times)) return state.tell();
    if (!state.limit.empty() && seconds_since(begin) >= times.poll_seconds) {
      state.everything = true;
      return state.tell();
    }
    const double seconds = std::min(kLookSeconds, times.quiet_seconds);
    pollfd ready{state.fd, POLLIN, 0};  // a negative descriptor is passed over: the time alone counts
    if (::poll(&ready, 1, std::max(1, static_cast<int>(seconds * 1000))) > 0) state.read_events();
  }
  return {};
}

const std::string& FolderWatch::limit() const noexcept { return state_->limit; }

}  // namespace akin
