// Connections and statements: every kind of value there and back, errors that name the file, transactions that are all or nothing.
#include "sqlite.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/temporary_folder.h"
#include "base/throws.h"

namespace akin::store {
namespace {

using akin::testing::expect_error;
using akin::testing::TemporaryFolder;

class SqliteTest : public ::testing::Test {
 protected:
  SqliteTest() : file_(folder_.path() / "test.db"), db_(std::in_place, file_, OpenMode::create) {
    db_->exec("CREATE TABLE t(id INTEGER PRIMARY KEY, value)");
  }
  std::int64_t count() { return db_->integer("SELECT count(*) FROM t", -1); }

  TemporaryFolder folder_;
  std::filesystem::path file_;
  std::optional<Connection> db_;
};

TEST_F(SqliteTest, KeepsIntegersOfAllSizes) {
  for (const std::int64_t value :
       {std::int64_t{0}, std::int64_t{-1}, std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()}) {
    Statement query(*db_, "SELECT ?1, typeof(?1)");
    ASSERT_TRUE(query.bind(value).step());
    EXPECT_EQ(query.integer(0), value);
    EXPECT_EQ(query.text(1), "integer");
  }
  Statement query(*db_, "SELECT ?1, ?2, ?3");
  ASSERT_TRUE(query.bind(std::uint32_t{4'000'000'000U}, std::size_t{7}, std::numeric_limits<std::uint64_t>::max()).step());
  EXPECT_EQ(query.integer(0), 4'000'000'000);
  EXPECT_EQ(query.integer(1), 7);
  EXPECT_EQ(static_cast<std::uint64_t>(query.integer(2)), std::numeric_limits<std::uint64_t>::max());
}

TEST_F(SqliteTest, KeepsRealNumbersToTheLastBit) {
  Statement query(*db_, "SELECT ?1, typeof(?1)");
  ASSERT_TRUE(query.bind(0.1).step());
  EXPECT_EQ(query.real(0), 0.1);
  EXPECT_EQ(query.text(1), "real");
}

TEST_F(SqliteTest, KeepsTextWithAnyCharacters) {
  const std::string with_zero("a\0b", 3);
  for (const std::string& value : {std::string("plain"), std::string("it's \"quoted\"; DROP TABLE t"), std::string("日本語"), with_zero}) {
    Statement query(*db_, "SELECT ?1, typeof(?1)");
    ASSERT_TRUE(query.bind(std::string_view(value)).step());
    EXPECT_EQ(query.text(0), value);
    EXPECT_EQ(query.text(1), "text");
  }
}

TEST_F(SqliteTest, KeepsBytes) {
  std::vector<std::byte> value(1000);
  for (std::size_t i = 0; i < value.size(); ++i) value[i] = static_cast<std::byte>(i);
  Statement query(*db_, "SELECT ?1, typeof(?1)");
  ASSERT_TRUE(query.bind(std::span<const std::byte>(value)).step());
  const auto found = query.blob(0);
  EXPECT_EQ(std::vector<std::byte>(found.begin(), found.end()), value);
  EXPECT_EQ(query.text(1), "blob");
}

TEST_F(SqliteTest, TellsEmptyFromNothing) {
  Statement query(*db_, "SELECT ?1, typeof(?1), ?2, typeof(?2), NULL");
  ASSERT_TRUE(query.bind(std::string_view(), std::span<const std::byte>()).step());
  EXPECT_EQ(query.text(0), "");
  EXPECT_EQ(query.text(1), "text");
  EXPECT_TRUE(query.blob(2).empty());
  EXPECT_EQ(query.text(3), "blob");
  EXPECT_FALSE(query.is_null(0));
  EXPECT_TRUE(query.is_null(4));
  EXPECT_EQ(query.text(4), "");
  EXPECT_EQ(query.integer(4), 0);
}

TEST_F(SqliteTest, BindsInOrderAndForgetsOnReset) {
  Statement query(*db_, "SELECT ?1, ?2, ?3");
  ASSERT_TRUE(query.bind(1, std::string_view("two"), 3.0).step());
  EXPECT_EQ(query.integer(0), 1);
  EXPECT_EQ(query.text(1), "two");
  EXPECT_EQ(query.real(2), 3.0);
  EXPECT_FALSE(query.step());
  ASSERT_TRUE(query.bind(4).step());
  EXPECT_EQ(query.integer(0), 4);
  EXPECT_TRUE(query.is_null(1));
}

TEST_F(SqliteTest, RefusesMoreValuesThanAStatementTakes) {
  Statement query(*db_, "SELECT ?1");
  expect_error(ErrorCode::invalid_argument, file_.string(), [&] { query.bind(1, 2); });
}

TEST_F(SqliteTest, WalksThroughTheRows) {
  db_->exec("INSERT INTO t(value) VALUES(10), (20), (30); UPDATE t SET value = value + 1 WHERE value = 30");
  Statement query(*db_, "SELECT value FROM t ORDER BY id");
  std::vector<std::int64_t> values;
  while (query.step()) values.push_back(query.integer(0));
  EXPECT_EQ(values, (std::vector<std::int64_t>{10, 20, 31}));
  EXPECT_EQ(db_->last_insert_id(), 3);
  EXPECT_EQ(db_->integer("SELECT value FROM t WHERE id = 2", -1), 20);
  EXPECT_EQ(db_->integer("SELECT value FROM t WHERE id = 99", -1), -1);
}

TEST_F(SqliteTest, KeepsAStatementForTheNextUse) {
  constexpr const char* sql = "INSERT INTO t(value) VALUES(?1)";
  Statement& first = db_->statement(sql);
  first.bind(1).run();
  Statement& second = db_->statement(sql);
  EXPECT_EQ(&first, &second);
  second.bind(2).run();
  EXPECT_EQ(count(), 2);
  Statement& reading = db_->statement("SELECT id FROM t ORDER BY id");
  ASSERT_TRUE(reading.step());
  ASSERT_TRUE(db_->statement("SELECT id FROM t ORDER BY id").step()) << "it starts again";
  EXPECT_EQ(reading.integer(0), 1);
}

TEST_F(SqliteTest, LetsGoOfLocksWhenSettled) {
  db_->exec("PRAGMA journal_mode=DELETE; INSERT INTO t(value) VALUES(1), (2)");
  Statement& reading = db_->statement("SELECT id FROM t");
  ASSERT_TRUE(reading.step());
  Connection other(file_, OpenMode::write);
  other.wait_for_locks(0);
  expect_error(ErrorCode::busy, file_.string(), [&] { other.exec("DELETE FROM t"); });
  db_->settle();
  other.exec("DELETE FROM t");
  EXPECT_EQ(count(), 0);
}

TEST_F(SqliteTest, NamesTheFileInEveryError) {
  expect_error(ErrorCode::invalid_argument, file_.string() + ": cannot prepare a statement", [&] { Statement query(*db_, "SELEKT 1"); });
  expect_error(ErrorCode::invalid_argument, file_.string() + ": cannot run a statement",
               [&] { db_->exec("INSERT INTO nowhere VALUES(1)"); });
  db_->exec("INSERT INTO t(id) VALUES(1)");
  Statement insert(*db_, "INSERT INTO t(id) VALUES(?1)");
  expect_error(ErrorCode::invalid_argument, file_.string() + ": cannot run a statement: UNIQUE", [&] { insert.bind(1).run(); });
  insert.bind(2).run();
  EXPECT_EQ(count(), 2) << "a statement that failed can be used again";
  expect_error(ErrorCode::invalid_argument, "SELEKT", [&] { db_->statement("SELEKT 2"); });
  expect_error(ErrorCode::invalid_argument, "SELEKT", [&] { db_->statement("SELEKT 2"); });
  db_->settle();
}

TEST_F(SqliteTest, DoesNotMakeAFileThatIsToBeOpened) {
  const auto nowhere = folder_.path() / "nowhere.db";
  for (const OpenMode mode : {OpenMode::read, OpenMode::write})
    expect_error(ErrorCode::not_found, nowhere.string(), [&] { Connection db(nowhere, mode); });
  EXPECT_FALSE(std::filesystem::exists(nowhere));
}

TEST_F(SqliteTest, SaysWhenAFileIsNoDatabase) {
  for (const std::size_t size : {200U, 5000U, 20000U}) {
    const auto file = folder_.write("text.db", std::string(size, 'x'));
    expect_error(ErrorCode::corrupt, file.string(), [&] {
      Connection db(file, OpenMode::read);
      db.integer("SELECT count(*) FROM sqlite_schema", 0);
    });
  }
}

TEST_F(SqliteTest, DoesNotWriteWhereItOnlyReads) {
  Connection reader(file_, OpenMode::read);
  expect_error(ErrorCode::io, file_.string(), [&] { reader.exec("INSERT INTO t(value) VALUES(1)"); });
}

TEST_F(SqliteTest, ReadsInAFolderInWhichNobodyMayWriteAndWritesNothingThere) {
  namespace fs = std::filesystem;
  const fs::path folder = folder_.path() / "50 % #1?";
  fs::create_directory(folder);
  const fs::path file = folder / "still.db";
  Connection(file, OpenMode::create).exec("PRAGMA journal_mode=WAL; CREATE TABLE t(value); INSERT INTO t VALUES(7)");
  fs::permissions(folder, fs::perms::owner_read | fs::perms::owner_exec);
  {
    Connection reader(file, OpenMode::read);
    EXPECT_EQ(reader.integer("SELECT value FROM t", 0), 7);
    EXPECT_FALSE(fs::exists(file.native() + "-shm"));
  }
  fs::permissions(folder, fs::perms::owner_all);
}

TEST_F(SqliteTest, TakesBackATransactionThatIsNotCommitted) {
  {
    Transaction transaction(*db_, true);
    db_->exec("INSERT INTO t(value) VALUES(1)");
    EXPECT_EQ(count(), 1);
  }
  EXPECT_EQ(count(), 0);
  {
    Transaction transaction(*db_, true);
    db_->exec("INSERT INTO t(value) VALUES(1)");
    transaction.commit();
  }
  EXPECT_EQ(count(), 1);
}

TEST_F(SqliteTest, TakesBackATransactionThatAnErrorEnds) {
  try {
    Transaction transaction(*db_, true);
    db_->statement("INSERT INTO t(id) VALUES(?1)").bind(1).run();
    db_->statement("INSERT INTO t(id) VALUES(?1)").bind(1).run();
    FAIL() << "the id was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
  }
  EXPECT_EQ(count(), 0);
  Transaction next(*db_, true);
  db_->exec("INSERT INTO t(value) VALUES(1)");
  next.commit();
  EXPECT_EQ(count(), 1);
}

TEST_F(SqliteTest, LetsOneWriteAtATime) {
  Connection other(file_, OpenMode::write);
  other.wait_for_locks(0);
  std::optional<Transaction> first(std::in_place, *db_, true);
  expect_error(ErrorCode::busy, file_.string(), [&] { Transaction second(other, true); });
  first.reset();
  Transaction second(other, true);
  second.commit();
}

TEST_F(SqliteTest, KeepsACommitAfterItIsClosed) {
  db_->exec("INSERT INTO t(value) VALUES(5)");
  db_.reset();
  EXPECT_EQ(Connection(file_, OpenMode::read).integer("SELECT value FROM t", 0), 5);
}

}  // namespace
}  // namespace akin::store
