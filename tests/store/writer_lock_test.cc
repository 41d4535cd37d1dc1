#include "writer_lock.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>
#include <utility>

#include "base/temporary_folder.h"
#include "base/throws.h"

namespace akin::store {
namespace {

using akin::testing::expect_error;
using akin::testing::TemporaryFolder;

TEST(WriterLock, IsHeldByOne) {
  const TemporaryFolder folder;
  const WriterLock first(folder.path() / "lock");
  EXPECT_TRUE(first.held());
  EXPECT_FALSE(WriterLock().held());
  expect_error(ErrorCode::busy, "process " + std::to_string(::getpid()), [&] { WriterLock(folder.path() / "lock"); });
}

TEST(WriterLock, IsFreeAgainWhenItsHolderLetsGo) {
  const TemporaryFolder folder;
  { const WriterLock first(folder.path() / "lock"); }
  EXPECT_TRUE(WriterLock(folder.path() / "lock").held());
}

TEST(WriterLock, MovesWithItsHolder) {
  const TemporaryFolder folder;
  WriterLock first(folder.path() / "lock");
  WriterLock second(std::move(first));
  EXPECT_TRUE(second.held());
  expect_error(ErrorCode::busy, "is being written", [&] { WriterLock(folder.path() / "lock"); });
  second = WriterLock();
  EXPECT_TRUE(WriterLock(folder.path() / "lock").held());
}

TEST(WriterLock, SaysWhatIsInTheWayOfTheFile) {
  const TemporaryFolder folder;
  expect_error(ErrorCode::not_found, "absent", [&] { WriterLock(folder.path() / "absent" / "lock"); });
}

TEST(WriterLock, GoesWithAKilledProcess) {
  const TemporaryFolder folder;
  std::array<int, 2> ready{};
  ASSERT_EQ(::pipe(ready.data()), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const WriterLock lock(folder.path() / "lock");
    const char held = lock.held() ? 'y' : 'n';
    if (::write(ready[1], &held, 1) == 1) ::pause();
    ::_exit(0);
  }
  char held = 'n';
  ASSERT_EQ(::read(ready[0], &held, 1), 1);
  EXPECT_EQ(held, 'y');
  expect_error(ErrorCode::busy, "process " + std::to_string(child), [&] { WriterLock(folder.path() / "lock"); });
  ASSERT_EQ(::kill(child, SIGKILL), 0);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_TRUE(WriterLock(folder.path() / "lock").held());
  ::close(ready[0]);
  ::close(ready[1]);
}

}  // namespace
}  // namespace akin::store
