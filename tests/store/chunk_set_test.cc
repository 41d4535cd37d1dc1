// The sets of chunks that are remembered: the ones last used, within bounds.
#include "chunk_set.h"

#include <gtest/gtest.h>

#include "akin/store/filter.h"
#include "base/temporary_folder.h"
#include "store_fixture.h"

namespace akin::store {
namespace {

using akin::testing::Draft;
using akin::testing::put;
using akin::testing::space_of;
using akin::testing::TemporaryFolder;
using Ids = std::vector<std::uint64_t>;

std::shared_ptr<const ChunkSet::Impl> set_of(std::size_t n) { return std::make_shared<const ChunkSet::Impl>(Ids(n, 1)); }
Ids ids_of(const ChunkSet& set) { return {set.ids().begin(), set.ids().end()}; }

TEST(ChunkSetCache, GivesBackWhatItKeeps) {
  ChunkSetCache cache;
  const auto set = set_of(3);
  EXPECT_EQ(cache.find("a = 1"), nullptr);
  cache.keep("a = 1", set);
  EXPECT_EQ(cache.find("a = 1"), set);
  EXPECT_EQ(cache.find("a = 2"), nullptr);
}

TEST(ChunkSetCache, ForgetsWhatWasNotUsedForLongest) {
  ChunkSetCache cache;
  for (std::size_t i = 0; i < ChunkSetCache::kMaxSets; ++i) cache.keep(std::to_string(i), set_of(1));
  EXPECT_NE(cache.find("0"), nullptr);
  cache.keep("one more", set_of(1));
  EXPECT_NE(cache.find("0"), nullptr) << "just used";
  EXPECT_EQ(cache.find("1"), nullptr);
  EXPECT_NE(cache.find("one more"), nullptr);
}

TEST(ChunkSetCache, IsBoundedInBytes) {
  ChunkSetCache cache;
  const std::size_t third = ChunkSetCache::kMaxBytes / (2 * sizeof(std::uint64_t)) / 3;
  for (const char* name : {"a", "b", "c", "d"}) cache.keep(name, set_of(third));
  EXPECT_EQ(cache.find("a"), nullptr);
  EXPECT_NE(cache.find("d"), nullptr);
  cache.keep("too large", set_of(4 * third));
  EXPECT_EQ(cache.find("too large"), nullptr);
  EXPECT_NE(cache.find("d"), nullptr) << "and puts nothing out";
}

TEST(ChunkSet, NamesTheChunksThatPass) {
  const TemporaryFolder folder;
  Store store = Store::create(folder.path(), space_of());
  for (std::uint64_t i = 0; i < 4; ++i) put(store, "d" + std::to_string(i), 2, i % 2);
  const Snapshot snapshot = store.snapshot();
  EXPECT_TRUE(snapshot.select({}).keeps_all());
  EXPECT_EQ(ids_of(snapshot.select(parse_filter("seed = 1"))), (Ids{3, 4, 7, 8}));
  EXPECT_EQ(ids_of(snapshot.select(parse_filter("seed = 1"))), (Ids{3, 4, 7, 8})) << "remembered";
  EXPECT_FALSE(snapshot.select(parse_filter("seed = 2")).keeps_all()) << "nothing is not all";
}

TEST(ChunkSet, IsOfItsCommit) {
  const TemporaryFolder folder;
  Store store = Store::create(folder.path(), space_of());
  for (std::uint64_t i = 0; i < 4; ++i) put(store, "d" + std::to_string(i), 2, i % 2);
  const Filter where = parse_filter("seed = 1");
  const Snapshot before = store.snapshot();
  const ChunkSet old = before.select(where);
  store.apply(Draft().remove("d1").put("d9", 1, 1).change());
  const Snapshot after = store.snapshot();
  EXPECT_EQ(ids_of(before.select(where)), (Ids{3, 4, 7, 8}));
  EXPECT_EQ(ids_of(after.select(where)), (Ids{7, 8, 9}));
  // A set of another commit still says which chunks: those that are there are searched, in either commit and again in the first.
  Context context(1);
  const std::vector<float> query(testing::kDim, 1.0f);
  EXPECT_EQ(before.search_dense(query, 9, old, context).size(), 4u);
  EXPECT_EQ(after.search_dense(query, 9, old, context).size(), 2u);
  EXPECT_EQ(before.search_dense(query, 9, old, context).size(), 4u);
}

}  // namespace
}  // namespace akin::store
