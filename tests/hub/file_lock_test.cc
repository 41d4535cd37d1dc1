#include "file_lock.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <thread>

#include "base/temporary_folder.h"
#include "base/throws.h"

namespace akin::hub {
namespace {

using akin::testing::TemporaryFolder;

TEST(FileLock, MakesItsFoldersAndIsFreeAgainAtItsEnd) {
  const TemporaryFolder folder;
  Context context(1);
  for (int i = 0; i < 2; ++i) const FileLock lock(folder.path() / "a/b/x.lock", context);
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "a/b/x.lock"));
}

TEST(FileLock, WaitsForTheHolderAndSaysSoOnce) {
  const TemporaryFolder folder;
  Context context(1), waiting(1);
  std::optional<FileLock> held(std::in_place, folder.path() / "x.lock", context);
  std::vector<std::string> said;
  waiting.log = [&](LogLevel, std::string_view line) {
    said.emplace_back(line);
    held.reset();  // only when the other has said that it waits
  };
  std::thread other([&] { const FileLock lock(folder.path() / "x.lock", waiting); });
  other.join();
  ASSERT_EQ(said.size(), 1U);
  EXPECT_NE(said[0].find("waiting for it"), std::string::npos);
}

TEST(FileLock, StopsWaitingWhenCancelled) {
  const TemporaryFolder folder;
  Context context(1), waiting(1);
  const FileLock held(folder.path() / "x.lock", context);
  waiting.log = [&](LogLevel, std::string_view) { waiting.cancel.cancel(); };
  akin::testing::expect_error(ErrorCode::cancelled, "", [&] { const FileLock lock(folder.path() / "x.lock", waiting); });
}

TEST(FileLock, NamesAFolderThatCannotBe) {
  const TemporaryFolder folder;
  folder.write("file", "x");
  Context context(1);
  akin::testing::expect_error(ErrorCode::io, "cannot create it", [&] { const FileLock lock(folder.path() / "file/x.lock", context); });
}

}  // namespace
}  // namespace akin::hub
