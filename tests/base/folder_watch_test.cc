#include "akin/base/folder_watch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/temporary_folder.h"

namespace akin {
namespace {

namespace fs = std::filesystem;
using testing::TemporaryFolder;

const WatchTimes kQuick{.quiet_seconds = 0.05, .longest_seconds = 1, .poll_seconds = 0.05};

/// Waits until `path` has been told; a test that hangs here has failed.
bool tells(FolderWatch& watch, const fs::path& path) {
  const CancelToken cancel;
  for (;;) {
    const WatchedChanges changes = watch.wait(kQuick, cancel);
    if (changes.everything || std::find(changes.paths.begin(), changes.paths.end(), path.string()) != changes.paths.end()) return true;
  }
}

void write(const fs::path& path, const std::string& text) { std::ofstream(path) << text; }

TEST(FolderWatch, TellsWhatCameWentAndChanged) {
  const TemporaryFolder folder;
  FolderWatch watch;
  watch.add(folder.path().string());
  ASSERT_EQ(watch.limit(), "");
  write(folder.path() / "a", "x");
  EXPECT_TRUE(tells(watch, folder.path() / "a"));
  write(folder.path() / "a", "y");
  EXPECT_TRUE(tells(watch, folder.path() / "a"));
  fs::rename(folder.path() / "a", folder.path() / "b");
  const CancelToken cancel;
  EXPECT_EQ(watch.wait(kQuick, cancel).paths, (std::vector<std::string>{(folder.path() / "a").string(), (folder.path() / "b").string()}));
  fs::remove(folder.path() / "b");
  EXPECT_TRUE(tells(watch, folder.path() / "b"));
}

TEST(FolderWatch, KnowsAFolderByItsNewNameOnly) {
  const TemporaryFolder folder;
  fs::create_directories(folder.path() / "old/deep");
  FolderWatch watch;
  for (const char* name : {"", "old", "old/deep"}) watch.add((folder.path() / name).lexically_normal().string());
  fs::rename(folder.path() / "old", folder.path() / "new");
  EXPECT_TRUE(tells(watch, folder.path() / "new"));
  watch.add((folder.path() / "new/deep").string());
  write(folder.path() / "new/deep/a", "x");
  EXPECT_TRUE(tells(watch, folder.path() / "new/deep/a"));
}

TEST(FolderWatch, TellsEverythingWhereItCannotWatch) {
  const TemporaryFolder folder;
  FolderWatch watch(1);
  fs::create_directory(folder.path() / "a");
  watch.add(folder.path().string());
  EXPECT_EQ(watch.limit(), "");
  watch.add((folder.path() / "a").string());
  EXPECT_EQ(watch.limit(), "no more than 1 folders can be watched (fs.inotify.max_user_watches)");
  const CancelToken cancel;
  EXPECT_TRUE(watch.wait(kQuick, cancel).everything);
}

TEST(FolderWatch, TellsEverythingWhenThereIsTooMuch) {
  const TemporaryFolder folder;
  FolderWatch watch;
  watch.add(folder.path().string());
  const std::string name = (folder.path() / "f").string();
  for (int i = 0; i < 10'100; ++i) write(name + std::to_string(i), "");
  const CancelToken cancel;
  while (!watch.wait(kQuick, cancel).everything) {
  }
}

TEST(FolderWatch, EndsWhenItIsCancelled) {
  FolderWatch watch;
  watch.add("/no/such/folder");
  EXPECT_EQ(watch.limit(), "");
  CancelToken cancel;
  cancel.cancel();
  const WatchedChanges changes = watch.wait({}, cancel);
  EXPECT_TRUE(changes.paths.empty());
  EXPECT_FALSE(changes.everything);
}

}  // namespace
}  // namespace akin
