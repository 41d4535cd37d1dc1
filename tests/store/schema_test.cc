// A collection's tables: what its space is comes back, and any other database is refused for the right reason.
#include "schema.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <optional>

#include "base/temporary_folder.h"
#include "base/throws.h"
#include "checked_vfs.h"

namespace akin::store {
namespace {

using akin::testing::expect_error;
using akin::testing::TemporaryFolder;

const StoreSpace kSpace{"some/model", "fingerprint of 'it'", 384, "dot"};

class Schema : public ::testing::Test {
 protected:
  Schema() : file_(folder_.path() / kDatabaseName), db_(std::in_place, file_, OpenMode::create) {}
  void expect_refused(ErrorCode code, std::string_view part) {
    expect_error(code, part, [&] { read_space(*db_); });
    expect_error(code, file_.string(), [&] { read_space(*db_); });
  }

  TemporaryFolder folder_;
  std::filesystem::path file_;
  std::optional<Connection> db_;
};

TEST_F(Schema, KeepsTheSpace) {
  create_schema(*db_, kSpace);
  db_.reset();
  Connection reader(file_, OpenMode::read);
  configure_reader(reader);
  const StoreSpace space = read_space(reader);
  EXPECT_EQ(space.model, kSpace.model);
  EXPECT_EQ(space.fingerprint, kSpace.fingerprint);
  EXPECT_EQ(space.dim, kSpace.dim);
  EXPECT_EQ(space.metric, kSpace.metric);
  EXPECT_EQ(read_generation(reader), 0u);
}

TEST_F(Schema, GoesIntoAFileWithCheckedPagesAndALog) {
  create_schema(*db_, kSpace);
  Statement journal(*db_, "PRAGMA journal_mode");
  ASSERT_TRUE(journal.step());
  EXPECT_EQ(journal.text(0), "wal");
  EXPECT_EQ(db_->integer("PRAGMA page_size", 0), 4096);
  int reserve = -1;
  sqlite3_file_control(db_->handle(), "main", SQLITE_FCNTL_RESERVE_BYTES, &reserve);
  EXPECT_EQ(reserve, kPageReserve);
}

TEST_F(Schema, CountsCommits) {
  create_schema(*db_, kSpace);
  db_->exec("UPDATE meta SET value = value + 1 WHERE key = 'generation'");
  EXPECT_EQ(read_generation(*db_), 1u);
  db_->exec("DELETE FROM meta WHERE key = 'generation'");
  expect_error(ErrorCode::corrupt, file_.string() + ": 'generation' is missing", [&] { read_generation(*db_); });
}

TEST_F(Schema, IsNotMadeTwice) {
  create_schema(*db_, kSpace);
  expect_error(ErrorCode::invalid_argument, "already exists", [&] { create_schema(*db_, {"other", "other", 3, "cosine"}); });
  EXPECT_EQ(read_space(*db_).model, kSpace.model);
}

TEST_F(Schema, OfANewerVersionIsUnsupported) {
  create_schema(*db_, kSpace);
  db_->exec("PRAGMA user_version=2");
  expect_refused(ErrorCode::unsupported, "version 2");
}

TEST_F(Schema, OfAnotherProgramIsRefused) {
  db_->exec("CREATE TABLE bookmarks(url)");
  expect_refused(ErrorCode::corrupt, "another program");
}

TEST_F(Schema, IsNotLookedForInAnotherProgramsFile) {
  db_.reset();
  sqlite3* plain = nullptr;
  const auto file = folder_.path() / "plain.db";
  ASSERT_EQ(sqlite3_open(file.c_str(), &plain), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(plain, "CREATE TABLE bookmarks(url)", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(plain);
  expect_error(ErrorCode::corrupt, file.string(), [&] {
    Connection db(file, OpenMode::read);
    read_space(db);
  });
}

TEST_F(Schema, IsNotFoundInAnEmptyDatabase) { expect_refused(ErrorCode::not_found, "holds no collection"); }

TEST_F(Schema, WithAMissingKeyIsCorrupt) {
  create_schema(*db_, kSpace);
  for (const char* key : {"model", "fingerprint", "metric", "dim"}) {
    const std::string_view name = key;
    Transaction taken_back(*db_, true);
    db_->statement("DELETE FROM meta WHERE key = ?1").bind(name).run();
    expect_refused(ErrorCode::corrupt, "'" + std::string(name) + "' is missing");
  }
  EXPECT_EQ(read_space(*db_).dim, 384u);
}

TEST_F(Schema, WithAnImpossibleLengthOfVectorsIsCorrupt) {
  create_schema(*db_, kSpace);
  for (const char* dim : {"", "0", "-1", "12x", "1048577", "99999999999999999999"}) {
    const std::string_view text = dim;
    db_->statement("UPDATE meta SET value = ?1 WHERE key = 'dim'").bind(text).run();
    expect_refused(ErrorCode::corrupt, "'" + std::string(text) + "'");
  }
}

TEST_F(Schema, LetsAReaderChangeNothing) {
  create_schema(*db_, kSpace);
  configure_reader(*db_);
  expect_error(ErrorCode::io, file_.string(), [&] { db_->exec("DELETE FROM meta"); });
}

}  // namespace
}  // namespace akin::store
