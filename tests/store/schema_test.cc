// A collection's tables: what its space is comes back, and any other database is refused for the right reason.
#include "schema.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <optional>

#include "base/temporary_folder.h"
#include "base/throws.h"
#include "checked_vfs.h"
#include "golden_files.h"

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
  db_->exec("PRAGMA user_version=3");
  expect_refused(ErrorCode::unsupported, "version 3");
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

/// A collection that version 1 made, of golden/collections/books.jsonl: three books, each a document of one chunk.
class OldSchema : public ::testing::Test {
 protected:
  OldSchema() : path_(folder_.path() / "c") {
    std::filesystem::copy(golden::path("collections/version-1"), path_);
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all);
    for (const auto& entry : std::filesystem::directory_iterator(path_))
      std::filesystem::permissions(entry, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
  Connection open(OpenMode mode = OpenMode::write) { return {path_ / kDatabaseName, mode}; }
  static std::string tables(Connection& db) {
    std::string out;
    Statement query(db, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'metadata' ORDER BY name");
    while (query.step()) out += std::string(query.text(0)) + "\n";
    return out;
  }

  TemporaryFolder folder_;
  std::filesystem::path path_;
};

TEST_F(OldSchema, IsReadAsItIs) {
  const Store store = Store::open(path_, false);
  const Snapshot snapshot = store.snapshot();
  EXPECT_EQ(snapshot.counts().n_documents, 3u);
  EXPECT_EQ(snapshot.search_text("whale", 5, {}).size(), 1u);
  Context context;
  EXPECT_EQ(snapshot.search_dense(snapshot.vector_of(2), 1, {}, context).at(0).chunk_id, 2u);
  Connection db = open(OpenMode::read);
  EXPECT_EQ(read_version(db), 1) << "reading changes nothing";
}

TEST_F(OldSchema, IsBroughtToTheNewestByAWriter) {
  const std::string digest = Store::open(path_, false).snapshot().content_digest();
  {
    const Store store = Store::open(path_, true);
    EXPECT_EQ(store.snapshot().content_digest(), digest) << "what it holds is the same";
    EXPECT_EQ(store.snapshot().search_text("whale", 5, {}).size(), 1u);
    EXPECT_EQ(store.snapshot().search_text("無鉄砲", 5, {}).size(), 1u) << "its words are indexed as new ones are";
  }
  Connection db = open();
  EXPECT_EQ(read_version(db), 2);
  EXPECT_EQ(db.integer("SELECT count(*) FROM metadata WHERE number IS NOT NULL", 0), 6) << "years and pages";
  EXPECT_EQ(db.integer("SELECT count(*) FROM metadata WHERE field = 'pages' AND number = 92", 0), 1);
  EXPECT_EQ(db.integer("SELECT count(*) FROM metadata WHERE time IS NOT NULL", 0), 2);
  EXPECT_FALSE(upgrade_schema(db)) << "once is enough";
}

TEST_F(OldSchema, HasTheTablesOfANewOneAfterwards) {
  Connection db = open();
  EXPECT_TRUE(upgrade_schema(db));
  Connection made(folder_.path() / kDatabaseName, OpenMode::create);
  create_schema(made, kSpace);
  EXPECT_EQ(tables(db), tables(made));
  std::string columns;
  for (Connection* one : {&db, &made}) {
    Statement query(*one, "SELECT group_concat(name || ' ' || type || ' ' || pk) FROM pragma_table_info('metadata')");
    ASSERT_TRUE(query.step());
    if (columns.empty()) columns = query.text(0);
    EXPECT_EQ(query.text(0), columns);
  }
}

TEST_F(OldSchema, StaysWholeIfTheUpgradeFails) {
  Connection db = open();
  db.exec("CREATE TABLE blocker(x); CREATE INDEX chunks_by_place ON blocker(x)");
  expect_error(ErrorCode::invalid_argument, "chunks_by_place", [&] { upgrade_schema(db); });
  EXPECT_EQ(read_version(db), 1);
  EXPECT_EQ(db.integer("SELECT count(*) FROM pragma_table_info('metadata')", 0), 3);
  EXPECT_EQ(db.integer("SELECT count(*) FROM chunk_text WHERE chunk_text MATCH 'whale'", 0), 1);
  db.exec("DROP TABLE blocker");
  EXPECT_TRUE(upgrade_schema(db));
}

TEST_F(OldSchema, IsUpgradedUnderAReader) {
  const Store reader = Store::open(path_, false);
  const Snapshot before = reader.snapshot();
  { const Store writer = Store::open(path_, true); }
  EXPECT_EQ(before.search_text("rabbit", 5, {}).size(), 1u);
  EXPECT_EQ(reader.snapshot().search_text("rabbit", 5, {}).size(), 1u);
  EXPECT_EQ(reader.snapshot().search_text("親譲り", 5, {}).size(), 1u);
}

}  // namespace
}  // namespace akin::store
