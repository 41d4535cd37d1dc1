// From documents to their chunks: few that are looked up, many by the table of all, all but some, and documents that are not there.
#include "chunk_owners.h"

#include <gtest/gtest.h>

#include <optional>

#include "base/temporary_folder.h"
#include "schema.h"
#include "store_fixture.h"

namespace akin::store {
namespace {

using akin::testing::TemporaryFolder;
using Ids = std::vector<std::uint64_t>;

constexpr std::uint64_t kDocuments = 60, kChunksOfEach = 3;

/// Documents 1 … 60 of three chunks: 1–3, 4–6, …; then the fifth is put again, as document 61 with chunks 181–183.
class ChunkOwnersTest : public ::testing::Test {
 protected:
  ChunkOwnersTest() : store_(Store::create(folder_.path() / "c", testing::space_of())) {
    for (std::uint64_t i = 1; i <= kDocuments; ++i) testing::put(store_, "doc" + std::to_string(i), kChunksOfEach, i);
    testing::put(store_, "doc5", kChunksOfEach, 99);
    db_.emplace(store_.folder() / kDatabaseName, OpenMode::read);
  }
  static Ids chunks_of(const Ids& documents) {
    Ids chunks;
    for (const std::uint64_t document : documents)
      for (std::uint64_t i = 1; i <= kChunksOfEach; ++i) chunks.push_back((document - 1) * kChunksOfEach + i);
    return chunks;
  }
  Ids found(ChunkOwners& owners, IdSet documents) { return owners.chunks_of(documents, *db_).take(); }

  TemporaryFolder folder_;
  Store store_;
  std::optional<Connection> db_;
};

TEST_F(ChunkOwnersTest, FindsTheChunksOfFewDocumentsAndOfMany) {
  ChunkOwners owners;
  EXPECT_EQ(found(owners, IdSet::of({7, 2})), chunks_of({2, 7}));
  EXPECT_EQ(found(owners, IdSet::of({5, 1000})), Ids{}) << "the fifth has gone";
  EXPECT_EQ(found(owners, IdSet::of({61})), chunks_of({61}));
  Ids many;
  for (std::uint64_t id = 6; id <= 61; id += 2) many.push_back(id);
  EXPECT_EQ(found(owners, IdSet::of(many)), chunks_of(many));
  EXPECT_EQ(found(owners, IdSet::of({7, 2})), chunks_of({2, 7})) << "with the table known";
}

TEST_F(ChunkOwnersTest, FindsTheChunksOfAllDocumentsButSome) {
  ChunkOwners owners;
  Ids others;
  for (std::uint64_t id = 1; id <= 61; ++id)
    if (id != 5 && id != 8 && id != 61) others.push_back(id);
  EXPECT_EQ(found(owners, IdSet::of({8, 61, 70}).inverted()), chunks_of(others));
  others.insert(others.begin() + 6, 8);
  others.push_back(61);
  EXPECT_EQ(found(owners, IdSet().inverted()), chunks_of(others));
}

}  // namespace
}  // namespace akin::store
