// Conditions on documents and chunks: every field, every comparison, all checked against a plain evaluation, and values that would be SQL
// if they were not bound.
#include "filter_sql.h"

#include <gtest/gtest.h>

#include <optional>

#include "base/temporary_folder.h"
#include "base/throws.h"
#include "golden_files.h"
#include "schema.h"

namespace akin::store {
namespace {

using akin::testing::expect_error;
using akin::testing::TemporaryFolder;
using Ids = std::vector<std::uint64_t>;
using Metadata = std::vector<std::pair<std::string, std::string>>;

const std::string kNasty = "'); DROP TABLE documents; --\"%_*?1";

/// Four documents of two chunks each: chunks 1 and 2 are of the first, 3 and 4 of the second, …
class FilterSqlTest : public ::testing::Test {
 protected:
  FilterSqlTest() {
    auto store = Store::create(folder_.path() / "c", {"m", "f", 2, "dot"});
    put("a.md", "Guide", "markdown", {{"author", "Ann"}, {"year", "2020"}, {"when", "2020-03-01"}});
    put("b.md", "Guide", "markdown", {{"author", "Ann"}, {"author", "Bob"}, {"year", "2021"}, {"when", "2020-03-01T12:30:00+01:00"}});
    put("c.pdf", "Paper", "pdf", {{"author", "Bob"}, {"title", "told in the metadata"}, {"year", "2.0215e3"}, {"when", "2021-01"}});
    change_.put.back().source = "/files/c.pdf";
    put(kNasty, kNasty, "text", {{kNasty, kNasty}, {"empty", ""}, {"year", "unknown"}, {"when", "long ago"}});
    change_.put.back().chunks.pop_back();
    const Matrix<float> vectors(7, 2);
    change_.vectors = vectors.view();
    store.apply(change_);
    db_.emplace(folder_.path() / "c" / kDatabaseName, OpenMode::read);
  }
  void put(std::string uri, std::string title, std::string format, Metadata metadata) {
    StoredDocument document;
    document.uri = std::move(uri);
    document.title = std::move(title);
    document.format = std::move(format);
    document.metadata = std::move(metadata);
    document.chunks = {{"one", {}, 1, 10, 1}, {"two", {}, 2, 0, 1}};
    change_.put.push_back(std::move(document));
  }
  Ids chunks(std::string_view where) { return chunks(parse_filter(where)); }
  Ids chunks(const Filter& where) { return kept_chunk_ids(*db_, where, owners_); }

  TemporaryFolder folder_;
  StoreChange change_;
  std::optional<Connection> db_;
  ChunkOwners owners_;
};

TEST_F(FilterSqlTest, LooksAtBuiltInFields) {
  EXPECT_EQ(chunks("uri = b.md"), (Ids{3, 4}));
  EXPECT_EQ(chunks("title = Guide"), (Ids{1, 2, 3, 4}));
  EXPECT_EQ(chunks("format = pdf"), (Ids{5, 6}));
  EXPECT_EQ(chunks("format in (pdf, text)"), (Ids{5, 6, 7}));
  EXPECT_EQ(chunks("format != markdown"), (Ids{5, 6, 7}));
  EXPECT_EQ(chunks("uri < b.md"), (Ids{1, 2, 7}));
  EXPECT_EQ(chunks("source = /files/c.pdf"), (Ids{5, 6}));
  EXPECT_EQ(chunks("exists source"), (Ids{5, 6}));
  EXPECT_EQ(chunks("not exists source"), (Ids{1, 2, 3, 4, 7}));
  EXPECT_EQ(chunks("title = \"told in the metadata\""), Ids{}) << "the built-in field is meant";
  EXPECT_EQ(chunks("\"title\" = \"told in the metadata\""), (Ids{5, 6}));
}

TEST_F(FilterSqlTest, LooksAtPlacesOfChunks) {
  EXPECT_EQ(chunks("page = 2"), (Ids{2, 4, 6}));
  EXPECT_EQ(chunks("page < 2"), (Ids{1, 3, 5, 7}));
  EXPECT_EQ(chunks("page in (2, 3) and uri = b.md"), Ids{4});
  EXPECT_EQ(chunks("exists line"), (Ids{1, 3, 5, 7})) << "line 0 is none";
  EXPECT_EQ(chunks("line > 9.5"), (Ids{1, 3, 5, 7}));
  EXPECT_EQ(chunks("chunks = 1"), Ids{7});
  EXPECT_EQ(chunks("not page = 2 and chunks >= 2"), (Ids{1, 3, 5}));
}

TEST_F(FilterSqlTest, LooksAtMetadata) {
  EXPECT_EQ(chunks("author = Ann"), (Ids{1, 2, 3, 4}));
  EXPECT_EQ(chunks("author = Bob"), (Ids{3, 4, 5, 6}));
  EXPECT_EQ(chunks("author = Ann and author = Bob"), (Ids{3, 4}));
  EXPECT_EQ(chunks("author != Ann"), (Ids{5, 6, 7})) << "whoever has no author is not by Ann";
  EXPECT_EQ(chunks("author != Ann and exists author"), (Ids{5, 6}));
  EXPECT_EQ(chunks("author in (Ann, Zoe)"), (Ids{1, 2, 3, 4}));
  EXPECT_EQ(chunks("author not in (Ann, Zoe)"), (Ids{5, 6, 7}));
  EXPECT_EQ(chunks("author ^= B"), (Ids{3, 4, 5, 6}));
  EXPECT_EQ(chunks("author > Ann"), (Ids{3, 4, 5, 6})) << "any of its values";
  EXPECT_EQ(chunks("empty = \"\""), Ids{7});
  EXPECT_EQ(chunks("exists empty"), Ids{7});
  EXPECT_EQ(chunks("author = ann"), Ids{}) << "texts are compared exactly";
  EXPECT_EQ(chunks("publisher = Ann"), Ids{});
  EXPECT_EQ(chunks("publisher != Ann").size(), 7u);
}

TEST_F(FilterSqlTest, ComparesNumbersAsNumbers) {
  EXPECT_EQ(chunks("year = 2020.0"), (Ids{1, 2}));
  EXPECT_EQ(chunks("year = 2021.5"), (Ids{5, 6}));
  EXPECT_EQ(chunks("year > 2020"), (Ids{3, 4, 5, 6}));
  EXPECT_EQ(chunks("year >= 300"), (Ids{1, 2, 3, 4, 5, 6})) << "as texts 2020 comes before 300";
  EXPECT_EQ(chunks("year in (2021.5, 2020, unknown)"), (Ids{1, 2, 5, 6, 7}));
  EXPECT_EQ(chunks("year = unknown"), Ids{7});
  EXPECT_EQ(chunks("year = \"2020\""), (Ids{1, 2}));
  EXPECT_EQ(chunks("year = \"2020.0\""), Ids{}) << "in quotation marks it is a text";
  EXPECT_EQ(chunks("year >= \"3\""), Ids{7});
}

TEST_F(FilterSqlTest, ComparesDatesAsDates) {
  EXPECT_EQ(chunks("when = 2020-03-01"), (Ids{1, 2, 3, 4})) << "the whole day";
  EXPECT_EQ(chunks("when = 2020-03-01T11:30Z"), (Ids{3, 4}));
  EXPECT_EQ(chunks("when > 2020-03-01"), (Ids{5, 6}));
  EXPECT_EQ(chunks("when <= 2020-03-01"), (Ids{1, 2, 3, 4}));
  EXPECT_EQ(chunks("when < 2020-03-01"), Ids{});
  EXPECT_EQ(chunks("when >= 2020-03-01T11:30:00Z"), (Ids{3, 4, 5, 6}));
  EXPECT_EQ(chunks("when = 2020-03"), (Ids{1, 2, 3, 4}));
  EXPECT_EQ(chunks("when = 2020"), (Ids{1, 2, 3, 4})) << "a bare year is the whole year";
  EXPECT_EQ(chunks("when > 2020"), (Ids{5, 6}));
  EXPECT_EQ(chunks("when in (2021-01-01, \"long ago\")"), (Ids{5, 6, 7}));
  EXPECT_EQ(chunks("when = \"2020-03-01\""), (Ids{1, 2}));
}

TEST_F(FilterSqlTest, FindsBeginnings) {
  EXPECT_EQ(chunks("uri ^= \"\"").size(), 7u);
  EXPECT_EQ(chunks("uri ^= b"), (Ids{3, 4}));
  EXPECT_EQ(chunks("title ^= Gui"), (Ids{1, 2, 3, 4}));
  EXPECT_EQ(chunks("title ^= gui"), Ids{});
  EXPECT_EQ(chunks("year ^= 202"), (Ids{1, 2, 3, 4})) << "of the text";
  EXPECT_EQ(chunks("uri ^= \"%\""), Ids{});
  EXPECT_EQ(chunks("uri ^= \"\xFF\xFF\""), Ids{});
}

TEST_F(FilterSqlTest, BindsWhatLooksLikeSql) {
  for (const char* field : {"uri", "title"}) EXPECT_EQ(chunks(Filter::equals(field, kNasty)), Ids{7}) << field;
  EXPECT_EQ(chunks(all_of({Filter::equals(kNasty, kNasty), parse_filter("format = text")})), Ids{7});
  EXPECT_EQ(chunks("uri = \"' OR '1'='1\""), Ids{});
  EXPECT_EQ(chunks(Filter::equals("author' OR 1=1 --", "x")), Ids{});
  EXPECT_EQ(condition_sql(Filter::equals(kNasty, kNasty).condition, 2).text.find("DROP"), std::string::npos);
  EXPECT_EQ(db_->integer("SELECT count(*) FROM documents", 0), 4);
}

TEST_F(FilterSqlTest, TakesTheLargestFilters) {
  std::string list = "author in (Ann";
  while (list.size() < 60'000) list += ", x" + std::to_string(list.size());
  EXPECT_EQ(chunks(list + ")"), (Ids{1, 2, 3, 4}));
  std::string dates = "when in (2020-03-01";
  for (std::size_t i = 1; i < FilterLimits::kDatesInList; ++i) dates += ", 1" + std::to_string(100 + i);
  EXPECT_EQ(chunks(dates + ")"), (Ids{1, 2, 3, 4}));
  // As deep and as wide as it may be, so that SQLite's own limits are above ours.
  std::string deep = "author = Ann";
  for (std::size_t i = 0; i < FilterLimits::kDepth; ++i)
    deep = "exists nothing or exists empty and exists author or (" + deep + ") and exists author";
  EXPECT_EQ(chunks(deep), (Ids{1, 2, 3, 4}));
  std::string nots = "author = Ann";
  for (std::size_t i = 0; i < FilterLimits::kDepth; ++i) nots = "not " + nots;
  EXPECT_EQ(chunks(nots), (Ids{1, 2, 3, 4}));
  Filter tree = parse_filter("author = Ann");
  const Filter never = parse_filter("exists nothing"), always = parse_filter("chunks > 0");
  for (std::size_t i = 0; i < 3 * FilterLimits::kDepth + 2; ++i)
    tree = i % 2 == 0 ? Filter{Filter::Kind::any, {}, {never, tree}} : Filter{Filter::Kind::all, {}, {always, tree}};
  EXPECT_EQ(chunks(tree), (Ids{1, 2, 3, 4}));
  std::string wide = "exists nothing";
  for (std::size_t i = 1; i + 1 < FilterLimits::kConditions; ++i) wide += " or year = 19" + std::to_string(i);
  EXPECT_EQ(chunks(wide + " or author = Ann"), (Ids{1, 2, 3, 4}));
}

TEST_F(FilterSqlTest, GoesByIndexes) {
  // A step that reads a whole table says SCAN.
  for (const char* where : {"author = Ann", "year > 3", "when <= 2020-01-01", "author ^= A", "uri = x", "title = x", "format = pdf",
                            "exists author", "author in (a, b, 3)", "author != Ann", "source = x"}) {
    const ConditionSql sql = condition_sql(parse_filter(where).condition, 2);
    Statement plan(*db_, "EXPLAIN QUERY PLAN " + sql.text);
    while (plan.step()) {
      const std::string step(plan.text(3));
      EXPECT_FALSE(step.starts_with("SCAN")) << where << ": " << step;
    }
  }
}

TEST_F(FilterSqlTest, NeedsACondition) {
  expect_error(ErrorCode::invalid_argument, "without conditions", [&] { (void)chunks(Filter()); });
}

/// The conditions of golden/collections/books.jsonl, before and after the upgrade.
TEST(FilterSqlOfVersion1, FindsTheSameAsOfVersion2) {
  const TemporaryFolder folder;
  std::filesystem::copy(golden::path("collections/version-1/akin.db"), folder.path() / "akin.db");
  std::filesystem::permissions(folder.path() / "akin.db", std::filesystem::perms::owner_all);
  Connection db(folder.path() / "akin.db", OpenMode::write);
  const std::vector<std::pair<std::string_view, Ids>> wanted = {
      {"year < 1900", {1, 2}},         {"pages >= 100", {1, 3}},           {"pages = 92", {2}},
      {"bought = 2024-03-05", {1, 2}}, {"bought > 2024-03-05T01:00", {2}}, {"bought = \"in spring\"", {3}},
      {"not pages < 300", {1}}};
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(read_version(db), round + 1);
    ChunkOwners owners;
    for (const auto& [where, ids] : wanted)
      EXPECT_EQ(kept_chunk_ids(db, parse_filter(where), owners), ids) << where << ", version " << round + 1;
    upgrade_schema(db);
  }
}

}  // namespace
}  // namespace akin::store
