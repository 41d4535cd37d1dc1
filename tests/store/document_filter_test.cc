// Conditions on documents: every field, several together, and values that would be SQL if they were not bound.
#include "document_filter.h"

#include <gtest/gtest.h>

#include <optional>

#include "base/temporary_folder.h"
#include "base/throws.h"
#include "schema.h"

namespace akin::store {
namespace {

using akin::testing::expect_error;
using akin::testing::TemporaryFolder;
using Ids = std::vector<std::uint64_t>;
using Metadata = std::vector<std::pair<std::string, std::string>>;

const std::string kNasty = "'); DROP TABLE documents; --\"%_*?1";

/// Four documents of two chunks each: chunks 1 and 2 are of the first, 3 and 4 of the second, …
class DocumentFilterTest : public ::testing::Test {
 protected:
  DocumentFilterTest() {
    auto store = Store::create(folder_.path() / "c", {"m", "f", 2, "dot"});
    StoreChange change;
    const auto put = [&](std::string uri, std::string title, std::string format, Metadata metadata) {
      StoredDocument document;
      document.uri = std::move(uri);
      document.title = std::move(title);
      document.format = std::move(format);
      document.metadata = std::move(metadata);
      document.chunks = {{"one", {}, 0, 0, 1}, {"two", {}, 0, 0, 1}};
      change.put.push_back(std::move(document));
    };
    put("a.md", "Guide", "markdown", {{"author", "Ann"}, {"year", "2020"}});
    put("b.md", "Guide", "markdown", {{"author", "Ann"}, {"author", "Bob"}, {"year", "2021"}});
    put("c.pdf", "Paper", "pdf", {{"author", "Bob"}, {"title", "told in the metadata"}});
    put(kNasty, kNasty, "text", {{kNasty, kNasty}, {"empty", ""}});
    const Matrix<float> vectors(8, 2);
    change.vectors = vectors.view();
    store.apply(change);
    db_.emplace(folder_.path() / "c" / kDatabaseName, OpenMode::read);
  }
  Ids chunks(const StoreFilter& where) { return DocumentFilter(where).chunk_ids(*db_); }

  TemporaryFolder folder_;
  std::optional<Connection> db_;
};

TEST_F(DocumentFilterTest, KeepsAllWithoutConditions) {
  const StoreFilter none;
  EXPECT_TRUE(DocumentFilter(none).keeps_all());
  const StoreFilter some = {{"uri", "a.md"}};
  EXPECT_FALSE(DocumentFilter(some).keeps_all());
}

TEST_F(DocumentFilterTest, LooksAtUriTitleAndFormat) {
  EXPECT_EQ(chunks({{"uri", "b.md"}}), (Ids{3, 4}));
  EXPECT_EQ(chunks({{"title", "Guide"}}), (Ids{1, 2, 3, 4}));
  EXPECT_EQ(chunks({{"format", "pdf"}}), (Ids{5, 6}));
  EXPECT_EQ(chunks({{"title", "told in the metadata"}}), Ids{}) << "the built-in field is meant";
}

TEST_F(DocumentFilterTest, LooksAtMetadata) {
  EXPECT_EQ(chunks({{"author", "Ann"}}), (Ids{1, 2, 3, 4}));
  EXPECT_EQ(chunks({{"author", "Bob"}}), (Ids{3, 4, 5, 6}));
  EXPECT_EQ(chunks({{"year", "2021"}}), (Ids{3, 4}));
  EXPECT_EQ(chunks({{"empty", ""}}), (Ids{7, 8}));
  EXPECT_EQ(chunks({{"author", "ann"}}), Ids{}) << "values are compared exactly";
  EXPECT_EQ(chunks({{"publisher", "Ann"}}), Ids{});
  EXPECT_EQ(chunks({{"", ""}}), Ids{});
}

TEST_F(DocumentFilterTest, WantsAllConditionsToHold) {
  EXPECT_EQ(chunks({{"author", "Ann"}, {"author", "Bob"}}), (Ids{3, 4}));
  EXPECT_EQ(chunks({{"format", "markdown"}, {"year", "2020"}, {"title", "Guide"}}), (Ids{1, 2}));
  EXPECT_EQ(chunks({{"year", "2020"}, {"uri", "b.md"}}), Ids{});
}

TEST_F(DocumentFilterTest, BindsValuesThatLookLikeSql) {
  for (const char* field : {"uri", "title"}) EXPECT_EQ(chunks({{field, kNasty}}), (Ids{7, 8})) << field;
  EXPECT_EQ(chunks({{kNasty, kNasty}, {"format", "text"}}), (Ids{7, 8}));
  EXPECT_EQ(chunks({{"uri", "' OR '1'='1"}}), Ids{});
  EXPECT_EQ(chunks({{"author' OR 1=1 --", "x"}}), Ids{});
  EXPECT_EQ(chunks({{"uri", "%"}}), Ids{});
  EXPECT_EQ(db_->integer("SELECT count(*) FROM documents", 0), 4);
}

TEST_F(DocumentFilterTest, CanStandBehindOtherParameters) {
  const StoreFilter where = {{"author", "Bob"}, {"format", "markdown"}, {"year", "2021"}};
  const DocumentFilter filter(where);
  Statement query(*db_, "SELECT ?1, ?2, count(*) FROM documents WHERE id IN (" + filter.sql(3) + ")");
  query.bind(10, 20);
  filter.bind(query, 3);
  ASSERT_TRUE(query.step());
  EXPECT_EQ(query.integer(0), 10);
  EXPECT_EQ(query.integer(1), 20);
  EXPECT_EQ(query.integer(2), 1);
}

TEST_F(DocumentFilterTest, Takes100ConditionsAndNoMore) {
  StoreFilter where(100, {"author", "Ann"});
  EXPECT_EQ(chunks(where), (Ids{1, 2, 3, 4}));
  where.emplace_back("year", "2020");
  expect_error(ErrorCode::limit, "101 conditions, 100 are allowed", [&] { DocumentFilter filter(where); });
}

}  // namespace
}  // namespace akin::store
