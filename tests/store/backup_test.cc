#include "backup.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "akin/base/error.h"
#include "akin/base/io_hook.h"
#include "base/temporary_folder.h"
#include "segment.h"
#include "store_fixture.h"

namespace akin {
namespace {

namespace fs = std::filesystem;
using testing::Draft;
using testing::put;
using testing::space_of;
using testing::TemporaryFolder;

StoreOptions small_segments() {
  StoreOptions options;
  options.max_segment_bytes = 20 * testing::kDim * sizeof(float);
  return options;
}

Store filled(const fs::path& folder) {
  Store store = Store::create(folder, space_of(), small_segments());
  for (std::uint64_t i = 0; i < 6; ++i) put(store, "document " + std::to_string(i), 11, i);
  store.apply(Draft().remove("document 2").put("document 3", 4, 77).change());
  return store;
}

std::string digest_of(const fs::path& folder) { return Store::open(folder, false).snapshot().content_digest(); }

ErrorCode code_of_backup(const Store& store, const fs::path& target) {
  Context context(1);
  try {
    store.backup(target, context);
  } catch (const Error& error) {
    EXPECT_FALSE(std::string(error.what()).empty());
    return error.code();
  }
  ADD_FAILURE() << "the backup was made";
  return ErrorCode::cancelled;
}

TEST(Backup, HoldsWhatTheCollectionHolds) {
  const TemporaryFolder folder;
  const Store store = filled(folder.path() / "notes");
  Context context(1);
  store.backup(folder.path() / "copy", context);
  EXPECT_EQ(digest_of(folder.path() / "copy"), store.snapshot().content_digest());
  Store copy = Store::open(folder.path() / "copy", true);
  EXPECT_TRUE(copy.snapshot().damage(context).empty());
  put(copy, "more", 3, 9);  // it is a collection like any other
  EXPECT_EQ(copy.snapshot().counts().n_documents, store.snapshot().counts().n_documents + 1);
  EXPECT_EQ(folder.n_entries(), 2u);
}

TEST(Backup, OfABackupRestoresIt) {
  const TemporaryFolder folder;
  const std::string digest = filled(folder.path() / "notes").snapshot().content_digest();
  Context context(1);
  Store::open(folder.path() / "notes", false).backup(folder.path() / "copy", context);
  Store::open(folder.path() / "copy", false).backup(folder.path() / "again/deeper", context);
  EXPECT_EQ(digest_of(folder.path() / "again/deeper"), digest);
}

TEST(Backup, TakesAnEmptyFolderAndNoOther) {
  const TemporaryFolder folder;
  const Store store = filled(folder.path() / "notes");
  fs::create_directories(folder.path() / "empty");
  fs::create_directories(folder.path() / "full");
  folder.write("full/mine", "x");
  Context context(1);
  store.backup(folder.path() / "empty", context);
  EXPECT_EQ(digest_of(folder.path() / "empty"), store.snapshot().content_digest());
  EXPECT_EQ(code_of_backup(store, folder.path() / "full"), ErrorCode::invalid_argument);
  EXPECT_EQ(code_of_backup(store, folder.path() / "notes"), ErrorCode::invalid_argument);
  EXPECT_EQ(code_of_backup(store, folder.path() / "full/mine"), ErrorCode::invalid_argument);
}

TEST(Backup, BesideAWriterIsOneOfItsCommits) {
  const TemporaryFolder folder;
  Store store = Store::create(folder.path() / "notes", space_of(), small_segments());
  put(store, "0", 1, 0);
  std::atomic<bool> stop{false};
  std::vector<std::string> copies;
  std::thread copier([&] {
    const Store reader = Store::open(folder.path() / "notes", false);
    Context context(1);
    for (int i = 0; i < 8; ++i) {
      const fs::path copy = folder.path() / ("copy " + std::to_string(i));
      reader.backup(copy, context);
      copies.push_back(digest_of(copy));
    }
    stop = true;
  });
  std::vector<std::string> commits = {store.snapshot().content_digest()};
  for (std::uint64_t i = 1; !stop; ++i) {
    if (i % 5 == 0) {
      store.compact(0);
    } else {
      put(store, std::to_string(i % 7), 1 + i % 13, i);
      commits.push_back(store.snapshot().content_digest());
    }
  }
  copier.join();
  ASSERT_EQ(copies.size(), 8u);
  for (const std::string& digest : copies) EXPECT_NE(std::find(commits.begin(), commits.end(), digest), commits.end());
}

TEST(Backup, OfDamagedVectorsIsRefusedNamingThem) {
  const TemporaryFolder folder;
  const Store store = filled(folder.path() / "notes");
  testing::flip_bit(folder.path() / "notes" / store::segment_name(1), store::kSegmentHeaderBytes + 3);
  EXPECT_EQ(code_of_backup(store, folder.path() / "copy"), ErrorCode::corrupt);
  EXPECT_FALSE(fs::exists(folder.path() / "copy"));
}

TEST(Backup, ThatWasInterruptedIsBegunAnew) {
  const TemporaryFolder folder;
  const Store store = filled(folder.path() / "notes");
  fs::create_directories(folder.path() / "copy.partial");
  folder.write("copy.partial/akin.db.partial", "half");
  folder.write("copy.partial/vectors-000009.seg", "half");
  EXPECT_THROW((void)Store::open(folder.path() / "copy.partial", false), Error);  // it is not taken for a backup
  Context context(1);
  store.backup(folder.path() / "copy", context);
  EXPECT_EQ(digest_of(folder.path() / "copy"), store.snapshot().content_digest());
  EXPECT_FALSE(fs::exists(folder.path() / "copy" / "vectors-000009.seg"));
  fs::create_directories(folder.path() / "other.partial");
  folder.write("other.partial/mine", "x");
  EXPECT_EQ(code_of_backup(store, folder.path() / "other"), ErrorCode::invalid_argument);
  EXPECT_TRUE(fs::exists(folder.path() / "other.partial/mine"));
}

long calls_left = 0;
int failure = 0;
int fail_here(const IoEvent&) { return --calls_left == -1 ? failure : 0; }

TEST(Backup, OnAFullOrFailingDiskLeavesNoneAndThenWorks) {
  const TemporaryFolder folder;
  const Store store = filled(folder.path() / "notes");
  const std::string digest = store.snapshot().content_digest();
  std::size_t n_failed = 0;
  for (const int error : {ENOSPC, EIO}) {
    for (long n = 0, reached = 1; reached != 0; ++n) {
      const fs::path target = folder.path() / ("copy " + std::to_string(error) + " " + std::to_string(n));
      calls_left = n;
      failure = error;
      set_io_hook(fail_here);
      bool threw = false;
      Context context(1);
      try {
        store.backup(target, context);
      } catch (const Error& caught) {
        threw = true;
        EXPECT_EQ(name_of(caught.code()), name_of(ErrorCode::io)) << caught.what();
      }
      set_io_hook(nullptr);
      reached = calls_left < 0 ? 1 : 0;
      n_failed += threw ? 1 : 0;
      // The last call of all saves the folder's new name: the backup is there and whole then.
      if (fs::exists(target)) {
        ASSERT_EQ(digest_of(target), digest) << "call " << n;
      } else {
        ASSERT_TRUE(threw);
        store.backup(target, context);
        ASSERT_EQ(digest_of(target), digest) << "call " << n << ", again";
      }
      fs::remove_all(target);
    }
  }
  EXPECT_GT(n_failed, 20u);
}

TEST(Backup, CanBeCancelled) {
  const TemporaryFolder folder;
  const Store store = filled(folder.path() / "notes");
  Context context(1);
  context.cancel.cancel();
  EXPECT_THROW(store.backup(folder.path() / "copy", context), Error);
  EXPECT_FALSE(fs::exists(folder.path() / "copy"));
}

}  // namespace
}  // namespace akin
