// Database pages that prove themselves: any changed bit is found and its page named, any other SQLite can still read the file, and writes
// that fail say so.
#include "checked_vfs.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "akin/base/io_hook.h"
#include "base/temporary_folder.h"
#include "base/throws.h"
#include "sqlite.h"

namespace akin::store {
namespace {

using akin::testing::expect_error;
using akin::testing::TemporaryFolder;

constexpr std::size_t kPage = 4096;

IoCall hook_call = IoCall::write;
int hook_error = 0;
int refuse(const IoEvent& event) { return event.call == hook_call ? hook_error : 0; }

class CheckedVfs : public ::testing::Test {
 protected:
  CheckedVfs() : file_(folder_.path() / "checked.db") {}
  ~CheckedVfs() override { set_io_hook(nullptr); }

  /// A table of about `n_pages` pages that a scan reads all of.
  void make(int n_pages, const char* journal = "DELETE") {
    Connection db(file_, OpenMode::create);
    db.exec((std::string("PRAGMA journal_mode=") + journal).c_str());
    Transaction transaction(db, true);
    db.exec("CREATE TABLE t(id INTEGER PRIMARY KEY, text)");
    for (int i = 0; i < n_pages; ++i)
      db.statement("INSERT INTO t VALUES(?1, ?2)").bind(i, std::string_view(std::string(3500, static_cast<char>('a' + i % 26)))).run();
    transaction.commit();
  }
  [[nodiscard]] std::vector<char> bytes() const {
    std::ifstream in(file_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void write(const std::vector<char>& bytes) {
    std::ofstream(file_, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  /// Reads every row.
  void scan() {
    Connection db(file_, OpenMode::read);
    db.integer("SELECT sum(length(text)) FROM t", 0);
  }
  void refuse_all(IoCall call, int error) {
    hook_call = call;
    hook_error = error;
    set_io_hook(refuse);
  }

  TemporaryFolder folder_;
  std::filesystem::path file_;
};

std::string damaged(std::size_t page) { return "checked.db: page " + std::to_string(page) + " is damaged"; }

TEST_F(CheckedVfs, FindsAFlippedBitInAnyPageAndNamesThePage) {
  make(20);
  const auto right = bytes();
  ASSERT_GE(right.size() / kPage, 20u);
  for (std::size_t page = 0; page < right.size() / kPage; ++page) {
    for (const std::size_t at : {kPage / 2, kPage - kPageReserve - 1, kPage - 1, kPage - 7, std::size_t{40}}) {
      auto wrong = right;
      wrong[page * kPage + at] = static_cast<char>(wrong[page * kPage + at] ^ 0x10);
      write(wrong);
      expect_error(ErrorCode::corrupt, damaged(page + 1), [&] { scan(); });
    }
  }
  write(right);
  scan();
}

TEST_F(CheckedVfs, FindsAFlippedBitInEveryByteOfTheFirstPagesHeader) {
  make(2);
  const auto right = bytes();
  for (std::size_t at = 0; at < 100; ++at) {
    auto wrong = right;
    wrong[at] = static_cast<char>(wrong[at] ^ 0x01);
    write(wrong);
    expect_error(ErrorCode::corrupt, "checked.db", [&] { scan(); });
  }
}

TEST_F(CheckedVfs, TellsTheProgramWhichPageItWas) {
  make(5);
  auto wrong = bytes();
  wrong[3 * kPage + 100] = static_cast<char>(wrong[3 * kPage + 100] ^ 1);
  write(wrong);
  Connection db(file_, OpenMode::read);
  EXPECT_EQ(last_bad_page(db.handle()), 0u);
  expect_error(ErrorCode::corrupt, damaged(4), [&] { db.integer("SELECT sum(length(text)) FROM t", 0); });
  EXPECT_EQ(last_bad_page(db.handle()), 4u);
}

TEST_F(CheckedVfs, FindsAPageThatLiesWhereAnotherBelongs) {
  make(10);
  auto wrong = bytes();
  std::memcpy(wrong.data() + 5 * kPage, wrong.data() + 6 * kPage, kPage);
  write(wrong);
  expect_error(ErrorCode::corrupt, damaged(6), [&] { scan(); });
}

TEST_F(CheckedVfs, LeavesAFileThatAnySqliteCanRead) {
  make(10, "WAL");
  sqlite3* plain = nullptr;
  ASSERT_EQ(sqlite3_open_v2(file_.c_str(), &plain, SQLITE_OPEN_READWRITE, nullptr), SQLITE_OK);
  sqlite3_stmt* check = nullptr;
  ASSERT_EQ(sqlite3_prepare_v2(plain, "PRAGMA integrity_check", -1, &check, nullptr), SQLITE_OK);
  ASSERT_EQ(sqlite3_step(check), SQLITE_ROW);
  EXPECT_STREQ(reinterpret_cast<const char*>(sqlite3_column_text(check, 0)), "ok");
  sqlite3_finalize(check);
  ASSERT_EQ(sqlite3_prepare_v2(plain, "SELECT count(*) FROM t", -1, &check, nullptr), SQLITE_OK);
  ASSERT_EQ(sqlite3_step(check), SQLITE_ROW);
  EXPECT_EQ(sqlite3_column_int(check, 0), 10);
  sqlite3_finalize(check);
  EXPECT_EQ(last_bad_page(plain), 0u);
  sqlite3_close(plain);
}

TEST_F(CheckedVfs, FindsWhatAnotherProgramWrote) {
  make(3);
  sqlite3* plain = nullptr;
  ASSERT_EQ(sqlite3_open_v2(file_.c_str(), &plain, SQLITE_OPEN_READWRITE, nullptr), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(plain, "UPDATE t SET text = 'other' || text WHERE id = 1", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(plain);
  expect_error(ErrorCode::corrupt, "is damaged", [&] { scan(); });
}

TEST_F(CheckedVfs, HoldsForManyPagesAndTheirChanges) {
  make(3000, "WAL");
  {
    Connection db(file_, OpenMode::write);
    db.exec("DELETE FROM t WHERE id % 3 = 0; UPDATE t SET text = text || 'more' WHERE id % 5 = 0; VACUUM");
  }
  ASSERT_GT(bytes().size() / kPage, 1500u);
  Connection db(file_, OpenMode::read);
  EXPECT_EQ(db.integer("SELECT count(*) FROM t", 0), 2000);
  Statement check(db, "PRAGMA integrity_check");
  ASSERT_TRUE(check.step());
  EXPECT_EQ(check.text(0), "ok");
}

TEST_F(CheckedVfs, FailsWritesAsTheHookWants) {
  make(3);
  for (const int error : {ENOSPC, EDQUOT, EIO}) {
    Connection db(file_, OpenMode::write);
    refuse_all(IoCall::write, error);
    const std::string_view part = error == EIO ? "disk I/O error" : "database or disk is full";
    expect_error(ErrorCode::io, part, [&] { db.exec("INSERT INTO t VALUES(1000, 'x')"); });
    set_io_hook(nullptr);
    EXPECT_EQ(db.integer("SELECT count(*) FROM t", 0), 3) << "nothing of it is there";
    db.exec("UPDATE t SET text = text || 'y'");
  }
  scan();
}

TEST_F(CheckedVfs, FailsSyncsAsTheHookWants) {
  make(3);
  for (const int error : {ENOSPC, EIO}) {
    Connection db(file_, OpenMode::write);
    db.exec("PRAGMA synchronous=FULL");
    refuse_all(IoCall::sync, error);
    const std::string_view part = error == EIO ? "disk I/O error" : "database or disk is full";
    expect_error(ErrorCode::io, part, [&] { db.exec("INSERT INTO t VALUES(1000, 'x')"); });
    set_io_hook(nullptr);
    EXPECT_EQ(db.integer("SELECT count(*) FROM t", 0), 3);
  }
  scan();
}

TEST_F(CheckedVfs, FailsTheRemovalOfAJournalAsTheHookWants) {
  make(3);
  Connection db(file_, OpenMode::write);
  refuse_all(IoCall::remove, EIO);
  expect_error(ErrorCode::io, "disk I/O error", [&] { db.exec("INSERT INTO t VALUES(1000, 'x')"); });
  set_io_hook(nullptr);
  EXPECT_EQ(db.integer("SELECT count(*) FROM t", 0), 3);
}

TEST_F(CheckedVfs, FailsTheCuttingOfAFileAsTheHookWants) {
  make(50, "WAL");
  Connection db(file_, OpenMode::write);
  db.exec("DELETE FROM t WHERE id > 5; PRAGMA journal_mode=DELETE");
  refuse_all(IoCall::truncate, EIO);
  expect_error(ErrorCode::io, "disk I/O error", [&] { db.exec("VACUUM"); });
  set_io_hook(nullptr);
  EXPECT_EQ(db.integer("SELECT count(*) FROM t", 0), 6);
}

}  // namespace
}  // namespace akin::store
