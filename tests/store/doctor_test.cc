#include "akin/store/doctor.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "akin/base/error.h"
#include "akin/base/mapped_file.h"
#include "akin/index/hnsw.h"
#include "akin/store/store.h"
#include "base/temporary_folder.h"
#include "base/throws.h"
#include "schema.h"
#include "segment.h"
#include "sqlite.h"
#include "store_fixture.h"

namespace akin {
namespace {

namespace fs = std::filesystem;
using testing::Draft;
using testing::expect_error;
using testing::put;
using testing::space_of;
using testing::TemporaryFolder;

class DoctorTest : public ::testing::Test {
 protected:
  DoctorTest() : folder_(parent_.path() / "c"), database_(folder_ / store::kDatabaseName) {
    StoreOptions options;
    options.max_segment_bytes = 200 * testing::kDim * sizeof(float);
    Store store = Store::create(folder_, space_of(), options);
    for (int i = 0; i < 40; ++i) {
      const std::string name = "doc" + std::to_string(i);
      store.apply(Draft().put(name, 9, static_cast<std::uint64_t>(i), name + ".txt").source(name + ".txt", "h").change());
    }
    store.apply(Draft().put("without a file", 3, 99).change());
    store.apply(Draft().remove("doc7").change());
    store.compact(0);
    digest_ = store.snapshot().content_digest();
  }
  DoctorReport examine() { return examine_collection(folder_, context_); }
  DoctorReport mend() { return mend_collection(folder_, context_); }
  static bool names(const DoctorReport& report, const std::string& part) {
    return std::any_of(report.findings.begin(), report.findings.end(),
                       [&](const DoctorFinding& finding) { return finding.what.find(part) != std::string::npos; });
  }
  std::string digest() { return Store::open(folder_, false).snapshot().content_digest(); }
  std::set<std::string> uris() {
    std::set<std::string> uris;
    for (const DocumentRecord& document : Store::open(folder_, false).snapshot().documents()) uris.insert(document.uri);
    return uris;
  }
  std::vector<fs::path> segments() {
    std::vector<fs::path> paths;
    for (const auto& entry : fs::directory_iterator(folder_))
      if (store::segment_id(entry.path().filename().string()) != 0) paths.push_back(entry.path());
    std::sort(paths.begin(), paths.end());
    return paths;
  }
  fs::path first_segment() { return segments().at(0); }
  /// More than a single wrong bit, so that it cannot be turned back.
  void break_page(std::uint32_t page) {
    for (const std::uint64_t at : {1000, 2000, 3000}) testing::flip_bit(database_, std::uint64_t{page - 1} * 4096 + at);
  }
  /// A page of a table, by SQLite's own account.
  std::uint32_t root_of(const std::string& name) {
    store::Connection db(database_, store::OpenMode::read);
    store::Statement query(db, "SELECT rootpage FROM sqlite_schema WHERE name = ?1");
    query.bind(std::string_view(name));
    return query.step() ? static_cast<std::uint32_t>(query.integer(0)) : 0;
  }

  TemporaryFolder parent_;
  fs::path folder_, database_;
  std::string digest_;
  Context context_{1};
};

TEST_F(DoctorTest, FindsAWholeCollectionWhole) {
  const DoctorReport report = examine();
  EXPECT_TRUE(report.is_whole()) << report.findings[0].what;
  EXPECT_TRUE(mend().is_whole());
  EXPECT_EQ(digest(), digest_);
  expect_error(ErrorCode::not_found, "no collection", [&] { examine_collection(parent_.path(), context_); });
}

TEST_F(DoctorTest, NotesWhatInterruptedWorkLeftAndRemovesIt) {
  const fs::path orphan = folder_ / store::segment_name(77);
  std::ofstream(orphan) << "left behind";
  const DoctorReport report = examine();
  EXPECT_TRUE(report.is_whole()) << "no damage";
  ASSERT_EQ(report.notes.size(), 1u);
  EXPECT_NE(report.notes[0].find(orphan.string()), std::string::npos);
  EXPECT_TRUE(fs::exists(orphan)) << "an examination changes nothing";
  mend();
  EXPECT_FALSE(fs::exists(orphan));
  EXPECT_TRUE(examine().notes.empty());
}

TEST_F(DoctorTest, TurnsASingleWrongBitOfTheDatabaseBack) {
  for (const std::uint64_t at : {20u, 100u, 3000u, 4096u * 3 + 77}) {
    testing::flip_bit(database_, at);
    EXPECT_TRUE(names(examine(), "page ")) << at;
    const DoctorReport report = mend();
    EXPECT_EQ(report.n_waiting + report.n_lost, 0u);
    EXPECT_TRUE(examine().is_whole()) << at;
    EXPECT_EQ(digest(), digest_) << at;
  }
}

TEST_F(DoctorTest, WritesADamagedHeaderAnew) {
  const fs::path segment = first_segment();
  for (const std::uint64_t at : {0u, 9u, 20u, 40u, 70u, 2000u}) {
    testing::flip_bit(segment, at);
    EXPECT_TRUE(names(examine(), segment.string())) << at;
    EXPECT_EQ(mend().n_waiting, 0u) << at;
    EXPECT_TRUE(examine().is_whole()) << at;
    EXPECT_EQ(digest(), digest_) << at;
  }
}

TEST_F(DoctorTest, ForgetsDamagedVectorsSoThatTheyAreMadeAgain) {
  const fs::path segment = first_segment();
  testing::flip_bit(segment, store::kSegmentHeaderBytes + 21 * testing::kDim * sizeof(float));
  EXPECT_TRUE(names(examine(), segment.string() + ": rows "));
  const DoctorReport report = mend();
  EXPECT_GE(report.n_waiting, 1u);
  EXPECT_LE(report.n_waiting, 9u) << "64 rows are 8 documents of 9 chunks, the last of them in part";
  EXPECT_TRUE(examine().is_whole());
  const Snapshot snapshot = Store::open(folder_, false).snapshot();
  EXPECT_EQ(snapshot.damaged_documents(context_).size(), report.n_waiting);
  EXPECT_EQ(uris().size(), 40u) << "no document is gone";
}

TEST_F(DoctorTest, TellsOfDocumentsThatNoFileBringsBack) {
  for (const fs::path& segment : segments()) fs::remove(segment);
  const DoctorReport report = mend();
  EXPECT_EQ(report.n_lost, 1u);
  EXPECT_EQ(report.n_waiting, 39u);
  EXPECT_TRUE(names(examine(), "1 documents that came without a file")) << "it stays told";
}

TEST_F(DoctorTest, MakesATextIndexAnewThatDoesNotFit) {
  {
    store::Connection db(database_, store::OpenMode::write);
    db.exec("INSERT INTO chunk_text(chunk_text) VALUES('delete-all')");
  }
  EXPECT_TRUE(names(examine(), "the text index lacks"));
  mend();
  EXPECT_TRUE(examine().is_whole());
  EXPECT_EQ(digest(), digest_);
  EXPECT_FALSE(Store::open(folder_, false).snapshot().search_text("seed3", 5, {}).empty());
}

TEST_F(DoctorTest, WantsNoWordsOfChunksThatHaveNone) {
  Draft draft;
  draft.put("wordless", 2, 123);
  draft.last().title.clear();
  for (StoredChunk& chunk : draft.last().chunks) {
    chunk.text.clear();
    chunk.headings.clear();
  }
  Store::open(folder_, true).apply(draft.change());
  EXPECT_TRUE(examine().is_whole());
  {
    store::Connection db(database_, store::OpenMode::write);
    db.exec("INSERT INTO chunk_text(chunk_text) VALUES('rebuild')");  // now it has them, as empty rows
  }
  EXPECT_TRUE(examine().is_whole());
  Store::open(folder_, true).apply(Draft().remove("wordless").change());
  EXPECT_TRUE(examine().is_whole());
}

TEST_F(DoctorTest, MendsADamagedIndexWithoutAnyLoss) {
  for (const char* table : {"chunk_text_data", "chunks_by_place", "metadata_by_value", "chunk_text_docsize"}) {
    const std::uint32_t page = root_of(table);
    ASSERT_NE(page, 0u) << table;
    break_page(page);
    EXPECT_TRUE(names(examine(), "page " + std::to_string(page) + " (")) << table;
    const DoctorReport report = mend();
    EXPECT_EQ(report.n_waiting, 0u) << table;
    EXPECT_TRUE(examine().is_whole()) << table;
    EXPECT_EQ(digest(), digest_) << table;
  }
}

TEST_F(DoctorTest, LosesOnlyWhatLayUnderADamagedPage) {
  const auto n_pages = static_cast<std::uint32_t>(fs::file_size(database_) / 4096);
  const std::string whole = read_file(database_, std::size_t{1} << 30);
  const std::set<std::string> all = uris();
  std::size_t n_hopeless = 0, n_without_loss = 0;
  for (std::uint32_t page = 1; page <= n_pages; ++page) {
    for (const auto& entry : fs::directory_iterator(folder_))
      if (entry.path().filename().string().starts_with(store::kDatabaseName)) fs::remove(entry.path());
    std::ofstream(database_, std::ios::binary) << whole;
    break_page(page);
    EXPECT_TRUE(names(examine(), "page " + std::to_string(page) + " (")) << page;
    try {
      mend();
      const std::set<std::string> left = uris();
      EXPECT_TRUE(std::includes(all.begin(), all.end(), left.begin(), left.end())) << page;
      n_without_loss += left == all ? 1 : 0;
      const DoctorReport after = examine();
      EXPECT_LE(after.findings.size(), 1u) << page;
      EXPECT_TRUE(after.is_whole() || names(after, "came without a file")) << page;
    } catch (const Error& error) {
      EXPECT_EQ(name_of(error.code()), name_of(ErrorCode::corrupt)) << error.what();
      ++n_hopeless;
    }
  }
  EXPECT_GT(n_without_loss, n_pages / 2) << "indexes, the text index and free pages cost nothing";
  EXPECT_LE(n_hopeless, 5u) << "only the pages that say what the tables and the collection are";
}

TEST_F(DoctorTest, GoesBackToTheCommitBeforeADamagedLog) {
  const pid_t child = ::fork();
  if (child == 0) {
    Store store = Store::open(folder_, true);
    put(store, "first", 2, 1001);
    put(store, "second", 2, 1002);
    put(store, "third", 2, 1003);
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  const fs::path log = database_.native() + "-wal";
  const std::uint64_t frame = 32 + 3 * (24 + 4096);  // the fourth of the log, of the first of the three commits
  ASSERT_GT(fs::file_size(log), frame + 3 * (24 + 4096));
  for (const std::uint64_t at : {500, 900}) testing::flip_bit(log, frame + at);
  EXPECT_TRUE(names(examine(), log.string() + ": frame 4 "));
  expect_error(ErrorCode::corrupt, "akin doctor", [&] { Store::open(folder_, true); });
  expect_error(ErrorCode::corrupt, "akin doctor", [&] { Store::open(folder_, false); });
  mend();
  EXPECT_TRUE(examine().is_whole());
  EXPECT_TRUE(uris().contains("doc3"));
  EXPECT_FALSE(uris().contains("third"));
}

TEST_F(DoctorTest, TurnsASingleWrongBitOfTheLogBack) {
  const pid_t child = ::fork();
  if (child == 0) {
    Store store = Store::open(folder_, true);
    put(store, "first", 2, 1001);
    put(store, "last", 2, 1002);
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  const fs::path log = database_.native() + "-wal";
  testing::flip_bit(log, fs::file_size(log) / 2 / 4 * 4);
  testing::flip_bit(log, fs::file_size(log) - 4096);  // in the last frame
  EXPECT_FALSE(examine().is_whole());
  mend();
  EXPECT_TRUE(examine().is_whole());
  EXPECT_TRUE(uris().contains("first"));
  EXPECT_TRUE(uris().contains("last"));
}

TEST_F(DoctorTest, NamesADamagedGraphAndRemovesIt) {
  Matrix<float> rows(100, 6);
  for (std::size_t i = 0; i < rows.size(); ++i) rows.data()[i] = static_cast<float>((i * 37 + 11) % 101) - 50;
  const fs::path graph = folder_ / "vectors.graph";
  save_hnsw(build_hnsw(VectorSet(std::as_const(rows).view()), {}, context_), graph);
  EXPECT_TRUE(examine().is_whole());
  testing::flip_bit(graph, fs::file_size(graph) / 2);  // amidst the links, which no description reads
  EXPECT_TRUE(names(examine(), "vectors.graph"));
  EXPECT_TRUE(mend().mended);
  EXPECT_FALSE(fs::exists(graph));
  EXPECT_TRUE(examine().is_whole());
  EXPECT_EQ(digest(), digest_);
}

TEST_F(DoctorTest, LeavesAWriterInPeace) {
  Store writer = Store::open(folder_, true);
  const DoctorReport report = examine();
  EXPECT_TRUE(report.is_whole());
  EXPECT_EQ(report.notes.size(), 1u);
  expect_error(ErrorCode::busy, "", [&] { mend(); });
  put(writer, "more", 1, 5);
}

}  // namespace
}  // namespace akin
