#include "akin/base/mapped_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <span>
#include <string>

#include "base/temporary_folder.h"
#include "base/throws.h"

namespace akin {
namespace {

using testing::expect_error;
using testing::TemporaryFolder;

std::string text_of(const MappedFile& file) { return std::string(reinterpret_cast<const char*>(file.bytes().data()), file.size()); }

TEST(MappedFile, ShowsTheBytesOfTheFile) {
  const TemporaryFolder folder;
  const std::string content = "first\0second\n" + std::string(100000, 'x');
  const MappedFile file(folder.write("a.bin", content));
  EXPECT_EQ(text_of(file), content);
  EXPECT_EQ(file.path().filename(), "a.bin");
  EXPECT_NO_THROW(file.will_need());
}

TEST(MappedFile, ReadsAgainWhatItForgot) {
  const TemporaryFolder folder;
  const std::string content = std::string(50000, 'x') + std::string(50000, 'y');
  const MappedFile file(folder.write("a.bin", content));
  EXPECT_EQ(text_of(file), content);
  const std::string other(20000, 'z');
  for (const std::span<const std::byte> part : {file.bytes(), file.bytes().subspan(10, 30000), file.bytes().subspan(99999),
                                                file.bytes().first(0), std::as_bytes(std::span(other))}) {
    file.forget(part);
    EXPECT_EQ(text_of(file), content);
  }
  EXPECT_EQ(other, std::string(20000, 'z'));
}

TEST(MappedFile, GivesBackTheMemoryOfWhatItForgot) {
  const TemporaryFolder folder;
  const MappedFile file(folder.write("a.bin", std::string(1 << 20, 'x')));
  EXPECT_EQ(text_of(file).size(), file.size());
  const auto here = [&] {
    std::ifstream map("/proc/self/smaps");
    std::size_t kilobytes = 0;
    bool ours = false;
    for (std::string line; std::getline(map, line);) {
      if (line.find(':') == std::string::npos || line.find(' ') < line.find(':')) ours = line.ends_with("a.bin");  // a mapping's first line
      if (ours && line.starts_with("Rss:")) kilobytes += std::stoul(line.substr(4));
    }
    return kilobytes;
  };
  EXPECT_EQ(here(), 1024U);
  file.forget(file.bytes().first(file.size() / 2));
  EXPECT_EQ(here(), 512U);
}

TEST(MappedFile, OfAnEmptyFileIsEmpty) {
  const TemporaryFolder folder;
  const MappedFile file(folder.write("empty", ""));
  EXPECT_EQ(file.size(), 0U);
  EXPECT_TRUE(file.bytes().empty());
  EXPECT_NO_THROW(file.will_need());
  EXPECT_NO_THROW(file.forget(file.bytes()));
}

TEST(MappedFile, MovesItsMapping) {
  const TemporaryFolder folder;
  MappedFile a(folder.write("a", "alpha"));
  MappedFile b(folder.write("b", "beta"));
  const std::byte* alpha = a.bytes().data();
  b = std::move(a);
  EXPECT_EQ(b.bytes().data(), alpha);
  EXPECT_EQ(text_of(b), "alpha");
  EXPECT_EQ(a.size(), 0U);  // NOLINT(bugprone-use-after-move): that it is empty is what is tested
  const MappedFile c(std::move(b));
  EXPECT_EQ(text_of(c), "alpha");
}

TEST(MappedFile, StaysTheOldFileWhenAnotherTakesItsName) {
  const TemporaryFolder folder;
  const auto path = folder.write("a", "old");
  const MappedFile file(path);
  std::filesystem::rename(folder.write("b", "new"), path);
  EXPECT_EQ(text_of(file), "old");
  EXPECT_EQ(text_of(MappedFile(path)), "new");
}

TEST(MappedFile, SaysWhyItCannotBeOpened) {
  const TemporaryFolder folder;
  const auto missing = folder.path() / "missing.bin";
  expect_error(ErrorCode::not_found, missing.string() + ": cannot open it for reading", [&] { MappedFile file(missing); });
  expect_error(ErrorCode::not_found, "cannot open", [&] { MappedFile file(folder.write("plain", "x") / "below"); });
  expect_error(ErrorCode::io, "this is a folder", [&] { MappedFile file(folder.path()); });
  expect_error(ErrorCode::io, "a regular file is wanted", [] { MappedFile file("/dev/null"); });
}

TEST(MappedFile, RefusesAPipeInsteadOfWaitingForAWriter) {
  const TemporaryFolder folder;
  const auto pipe = folder.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  expect_error(ErrorCode::io, "a regular file is wanted", [&] { MappedFile file(pipe); });
  expect_error(ErrorCode::io, "a regular file is wanted", [&] { read_file(pipe, 100); });
}

TEST(MappedFile, SaysThatPermissionIsMissing) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  const TemporaryFolder folder;
  const auto path = folder.write("secret", "x");
  std::filesystem::permissions(path, std::filesystem::perms::none);
  expect_error(ErrorCode::io, "Permission denied", [&] { MappedFile file(path); });
}

TEST(ReadFile, GivesTheWholeFileUpToTheBound) {
  const TemporaryFolder folder;
  for (const std::size_t size : {0U, 1U, 4095U, 4096U, 4097U, 100000U}) {
    const std::string content(size, 'z');
    const auto path = folder.write("f", content);
    EXPECT_EQ(read_file(path, size), content);
    if (size > 0) expect_error(ErrorCode::limit, "larger than the bound of", [&] { read_file(path, size - 1); });
  }
}

TEST(ReadFile, ReadsFilesWhoseSizeIsNotToldBeforehand) {
  const std::string status = read_file("/proc/self/status", 1 << 20);  // the kernel reports a size of 0
  EXPECT_NE(status.find("Name:"), std::string::npos);
  expect_error(ErrorCode::limit, "/proc/self/status", [] { read_file("/proc/self/status", 10); });
}

TEST(ReadFile, SaysWhyItCannotRead) {
  const TemporaryFolder folder;
  expect_error(ErrorCode::not_found, "nothing.txt", [&] { read_file(folder.path() / "nothing.txt", 10); });
  expect_error(ErrorCode::io, "this is a folder", [&] { read_file(folder.path(), 10); });
}

TEST(MappedFile, IsKnownAgainUntilItIsTouched) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.write("a.bin", "one");
  const FileIdentity first = MappedFile(path).identity();
  EXPECT_EQ(first.size, 3U);
  EXPECT_GT(first.modified_ns, 0);
  EXPECT_EQ(MappedFile(path).identity(), first);
  EXPECT_NE(MappedFile(folder.write("b.bin", "one")).identity(), first);
  // The same length and, by utimensat(), the same time of writing: the time of change gives it away.
  ::usleep(20000);
  std::ofstream(path) << "two";
  const timespec modified{first.modified_ns / 1'000'000'000, first.modified_ns % 1'000'000'000};
  const timespec times[2] = {modified, modified};
  ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
  const FileIdentity second = MappedFile(path).identity();
  EXPECT_EQ(second.modified_ns, first.modified_ns);
  EXPECT_NE(second, first);
}

}  // namespace
}  // namespace akin
