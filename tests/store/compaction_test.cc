#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "akin/store/store.h"
#include "base/temporary_folder.h"
#include "segment.h"
#include "store_fixture.h"

namespace akin {
namespace {

using testing::Draft;
using testing::kDim;
using testing::put;
using testing::space_of;
using testing::TemporaryFolder;

std::vector<std::string> segments_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (store::segment_id(name) != 0) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

TEST(Compaction, GivesBackTheSpaceOfDeadVectors) {
  const TemporaryFolder folder;
  Store store = Store::create(folder.path(), space_of());
  for (std::uint64_t i = 0; i < 5; ++i) put(store, "a", 100, i);
  put(store, "b", 10, 9);
  const std::string digest = store.snapshot().content_digest();
  EXPECT_EQ(store.snapshot().counts().n_dead_vectors, 400u);
  store.compact();
  EXPECT_EQ(store.snapshot().counts().n_dead_vectors, 0u);
  EXPECT_EQ(store.snapshot().counts().n_vectors, 110u);
  EXPECT_EQ(store.snapshot().content_digest(), digest);
  ASSERT_EQ(segments_in(folder.path()), std::vector<std::string>{store::segment_name(2)});
  EXPECT_EQ(std::filesystem::file_size(folder.path() / store::segment_name(2)), store::kSegmentHeaderBytes + 110 * kDim * sizeof(float));
  Context context;
  EXPECT_TRUE(store.snapshot().damage(context).empty());
}

TEST(Compaction, LeavesSegmentsWithFewDeadVectorsAlone) {
  const TemporaryFolder folder;
  Store store = Store::create(folder.path(), space_of());
  put(store, "a", 1, 1);
  put(store, "b", 9, 2);
  store.apply(Draft().remove("a").change());
  store.compact(0.2);
  EXPECT_EQ(store.snapshot().counts().n_dead_vectors, 1u);
  store.compact(0.05);
  EXPECT_EQ(store.snapshot().counts().n_dead_vectors, 0u);
}

TEST(Compaction, DoesNotDisturbReaders) {
  const TemporaryFolder folder;
  Store store = Store::create(folder.path(), space_of());
  put(store, "a", 20, 1);
  put(store, "b", 20, 2);
  const Store other = Store::open(folder.path(), false);
  const Snapshot before = other.snapshot();
  Context context;
  const std::vector<float> query(kDim, 0.5f);
  const auto hits = before.search_dense(query, 5, {}, context);
  store.apply(Draft().remove("a").change());
  store.compact(0);
  EXPECT_EQ(before.counts().n_vectors, 40u);
  const auto again = before.search_dense(query, 5, {}, context);
  ASSERT_EQ(again.size(), hits.size());
  for (std::size_t i = 0; i < hits.size(); ++i) EXPECT_EQ(again[i].chunk_id, hits[i].chunk_id);
  EXPECT_EQ(other.snapshot().counts().n_vectors, 20u);
}

TEST(Compaction, SplitsTheLiveVectorsOverSegmentsOfTheWantedSize) {
  const TemporaryFolder folder;
  StoreOptions options;
  options.max_segment_bytes = 8 * kDim * sizeof(float);
  Store store = Store::create(folder.path(), space_of(), options);
  put(store, "a", 20, 1);  // one commit goes into one segment
  put(store, "b", 1, 2);
  store.apply(Draft().put("c", 1, 3).remove("b").change());
  put(store, "a", 20, 4);
  store.compact(0);
  EXPECT_EQ(store.snapshot().counts().n_vectors, 21u);
  EXPECT_GE(segments_in(folder.path()).size(), 3u);  // 21 rows of at most 8 a segment
  Context context;
  EXPECT_TRUE(store.snapshot().damage(context).empty());
}

TEST(Compaction, NeverGivesDamagedVectorsARightChecksum) {
  const TemporaryFolder folder;
  {
    Store store = Store::create(folder.path(), space_of());
    put(store, "a", 4, 1);
    put(store, "b", 4, 2);
    store.apply(Draft().remove("b").change());
  }
  testing::flip_bit(folder.path() / store::segment_name(1), store::kSegmentHeaderBytes + 20);
  Store store = Store::open(folder.path(), true);
  Context context;
  ASSERT_EQ(store.snapshot().damage(context).size(), 1u);
  store.compact(0);
  EXPECT_EQ(store.snapshot().damage(context).size(), 1u);
  EXPECT_EQ(store.snapshot().damaged_documents(context).at(0).uri, "a");
}

TEST(Compaction, ShrinksTheDatabase) {
  const TemporaryFolder folder;
  Store store = Store::create(folder.path(), space_of());
  put(store, "a", 3000, 1);
  store.compact(0);
  const auto full = store.snapshot().counts().n_bytes;
  store.apply(Draft().remove("a").change());
  store.compact(0);
  EXPECT_LT(store.snapshot().counts().n_bytes, full / 4);
}

}  // namespace
}  // namespace akin
