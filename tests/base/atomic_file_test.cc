#include "akin/base/atomic_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

#include "akin/base/mapped_file.h"
#include "base/temporary_folder.h"
#include "base/throws.h"

namespace akin {
namespace {

using testing::expect_error;
using testing::TemporaryFolder;

std::string content_of(const std::filesystem::path& path) { return read_file(path, std::size_t{1} << 26); }

mode_t mode_of(const std::filesystem::path& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 07777 : 0;
}

/// While it lives, no file may grow beyond `bytes`: what a full disk does to a writer.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int);
};

TEST(AtomicFile, PutsTheWholeFileInPlaceAtCommit) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "a.bin";
  AtomicFile file(path);
  file.write("hello ");
  file.write("world");
  EXPECT_EQ(file.size(), 11U);
  EXPECT_FALSE(std::filesystem::exists(path));
  file.commit();
  EXPECT_EQ(content_of(path), "hello world");
  EXPECT_EQ(folder.n_entries(), 1U);
}

TEST(AtomicFile, LeavesNothingBehindWithoutCommit) {
  const TemporaryFolder folder;
  const auto path = folder.write("a.txt", "old");
  {
    AtomicFile file(path);
    file.write(std::string(3 << 20, 'x'));
  }
  EXPECT_EQ(content_of(path), "old");
  EXPECT_EQ(folder.n_entries(), 1U);
}

TEST(AtomicFile, KeepsTheOldFileReadableUntilItIsReplaced) {
  const TemporaryFolder folder;
  const auto path = folder.write("a.txt", "old");
  AtomicFile file(path);
  file.write("new");
  EXPECT_EQ(content_of(path), "old");
  file.commit();
  EXPECT_EQ(content_of(path), "new");
}

TEST(AtomicFile, WritesPiecesSmallerAndLargerThanItsBuffer) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "a.bin";
  std::string wanted;
  AtomicFile file(path);
  for (const std::size_t size : {1U, 1000000U, 100000U, 0U, 3000000U, 7U, 1048576U, 1048577U}) {
    const std::string piece(size, static_cast<char>('a' + wanted.size() % 26));
    file.write(piece);
    wanted += piece;
    ASSERT_EQ(file.size(), wanted.size());
  }
  file.commit();
  EXPECT_TRUE(content_of(path) == wanted);
}

TEST(AtomicFile, OverwritesBytesThatWereWrittenBefore) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "a.bin";
  AtomicFile file(path);
  file.write("....body");
  const std::string head = "HEAD";
  file.write_at(0, std::as_bytes(std::span(head)));
  file.write(" and tail");
  expect_error(ErrorCode::invalid_argument, "write_at", [&] { file.write_at(15, std::as_bytes(std::span(head))); });
  expect_error(ErrorCode::invalid_argument, "write_at", [&] { file.write_at(SIZE_MAX - 1, std::as_bytes(std::span(head))); });
  file.write_at(13, std::as_bytes(std::span(head)));
  file.commit();
  EXPECT_EQ(content_of(path), "HEADbody and HEAD");
}

TEST(AtomicFile, OnAFullDiskSaysSoAndLeavesTheOldFile) {
  const TemporaryFolder folder;
  const auto path = folder.write("a.txt", "old");
  const FullDisk full(100000);
  {
    AtomicFile file(path);
    expect_error(ErrorCode::io, path.string() + ": cannot write it: File too large", [&] { file.write(std::string(3 << 20, 'x')); });
  }
  EXPECT_EQ(content_of(path), "old");
  EXPECT_EQ(folder.n_entries(), 1U);
}

TEST(AtomicFile, OnAFullDiskThatShowsOnlyAtCommitLeavesTheOldFile) {
  const TemporaryFolder folder;
  const auto path = folder.write("a.txt", "old");
  const FullDisk full(100);
  {
    AtomicFile file(path);
    file.write(std::string(1000, 'x'));
    expect_error(ErrorCode::io, "cannot write it", [&] { file.commit(); });
  }
  EXPECT_EQ(content_of(path), "old");
  EXPECT_EQ(folder.n_entries(), 1U);
}

TEST(AtomicFile, AfterAFailedWriteCannotBeCommittedEvenIfSpaceComesBack) {
  const TemporaryFolder folder;
  const auto path = folder.write("a.txt", "old");
  AtomicFile file(path);
  {
    const FullDisk full(100000);
    expect_error(ErrorCode::io, "cannot write it", [&] { file.write(std::string(3 << 20, 'x')); });
  }
  expect_error(ErrorCode::io, "an earlier write failed", [&] { file.write("more"); });
  expect_error(ErrorCode::io, "an earlier write failed", [&] { file.commit(); });
  EXPECT_EQ(content_of(path), "old");
}

TEST(AtomicFile, TakesNothingMoreAfterCommit) {
  const TemporaryFolder folder;
  AtomicFile file(folder.path() / "a");
  file.commit();
  expect_error(ErrorCode::invalid_argument, "after commit", [&] { file.write("x"); });
  expect_error(ErrorCode::invalid_argument, "after commit", [&] { file.commit(); });
}

TEST(AtomicFile, GivesANewFileThePermissionsThatTheUmaskLeaves) {
  const TemporaryFolder folder;
  const mode_t before = ::umask(027);
  AtomicFile file(folder.path() / "a");
  file.commit();
  ::umask(before);
  EXPECT_EQ(mode_of(folder.path() / "a"), 0640U);
}

TEST(AtomicFile, KeepsThePermissionsOfTheFileItReplaces) {
  const TemporaryFolder folder;
  const auto path = folder.write("secret", "old");
  ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
  AtomicFile file(path);
  file.commit();
  EXPECT_EQ(mode_of(path), 0600U);
}

TEST(AtomicFile, ReplacesWhatASymbolicLinkPointsTo) {
  const TemporaryFolder folder;
  const auto real = folder.write("real", "old");
  const auto link = folder.path() / "link";
  std::filesystem::create_symlink("real", link);
  AtomicFile file(link);
  file.write("new");
  file.commit();
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_EQ(content_of(real), "new");
}

TEST(AtomicFile, NeverReplacesAFolderOrADevice) {
  const TemporaryFolder folder;
  expect_error(ErrorCode::io, "this is a folder", [&] { AtomicFile file(folder.path()); });
  expect_error(ErrorCode::io, "/dev/full: a regular file is wanted", [] { AtomicFile file("/dev/full"); });
}

TEST(AtomicFile, NamesTheTargetWhenTheFolderIsMissingOrClosed) {
  const TemporaryFolder folder;
  const auto target = folder.path() / "no" / "a.txt";
  expect_error(ErrorCode::not_found, target.string() + ": cannot create it", [&] { AtomicFile file(target); });
  if (::geteuid() == 0) return;  // root may write everywhere
  std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  expect_error(ErrorCode::io, "Permission denied", [&] { AtomicFile file(folder.path() / "a.txt"); });
  std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_all);
}

TEST(AtomicFile, TakesTheLongestFileNames) {
  const TemporaryFolder folder;
  const auto path = folder.path() / std::string(255, 'n');
  AtomicFile file(path);
  file.write("x");
  file.commit();
  EXPECT_EQ(content_of(path), "x");
}

TEST(AtomicFile, TwoWritersOfOneTargetDoNotMixTheLastCommitWins) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "a";
  AtomicFile first(path);
  AtomicFile second(path);
  first.write("first");
  second.write("second");
  second.commit();
  first.commit();
  EXPECT_EQ(content_of(path), "first");
  EXPECT_EQ(folder.n_entries(), 1U);
}

}  // namespace
}  // namespace akin
