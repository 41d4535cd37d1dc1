#include <gtest/gtest.h>

#include <algorithm>
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

StoreOptions by_hand() {
  StoreOptions options;
  options.max_dead_share = 1;
  return options;
}

TEST(Compaction, GivesBackTheSpaceOfDeadVectors) {
  const TemporaryFolder folder;
  Store store = Store::create(folder.path(), space_of(), by_hand());
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

TEST(Compaction, ComesByItselfWhenAFifthIsDead) {
  const TemporaryFolder folder;
  Store store = Store::create(folder.path(), space_of());
  for (std::uint64_t i = 0; i < 50; ++i) put(store, std::to_string(i), 10, i);
  double most = 0;
  for (std::uint64_t i = 0; i < 500; ++i) {
    put(store, std::to_string(i * 7 % 50), 10, 100 + i);
    const StoreCounts counts = store.snapshot().counts();
    ASSERT_EQ(counts.n_vectors, 500u);
    most = std::max(most, static_cast<double>(counts.n_dead_vectors) / static_cast<double>(counts.n_vectors + counts.n_dead_vectors));
  }
  EXPECT_LE(most, 0.2);
  EXPECT_GT(most, 0.1);  // and not at every commit
  Context context(1);
  EXPECT_TRUE(store.snapshot().damage(context).empty());
}

TEST(Compaction, DoesNotComeByItselfWhereItIsTurnedOff) {
  const TemporaryFolder folder;
  StoreOptions options;
  options.max_dead_share = 1;
  Store store = Store::create(folder.path(), space_of(), options);
  for (std::uint64_t i = 0; i < 5; ++i) put(store, "a", 10, i);
  EXPECT_EQ(store.snapshot().counts().n_dead_vectors, 40u);
}

/// Most memory that this process has held at once, in bytes, since reset_peak().
std::size_t peak_bytes() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    std::size_t kilobytes = 0;
    if (word == "VmHWM:" && status >> kilobytes) return kilobytes * 1024;
  }
  return 0;
}

bool reset_peak() {
  std::ofstream file("/proc/self/clear_refs");
  file << "5" << std::flush;
  return file.good();
}

TEST(Compaction, RewritesMuchMoreThanItHoldsInMemory) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer's own memory would be measured";
#endif
  const TemporaryFolder folder;
  constexpr std::size_t kWide = 1024, kRows = 4000, kDocuments = 8;  // 128 MiB of vectors
  StoreOptions options;
  options.max_segment_bytes = std::size_t{16} << 20;
  options.max_dead_share = 1;
  Store store = Store::create(folder.path(), {"wide", "wide", kWide, "cosine"}, options);
  {
    const Matrix<float> vectors(kRows, kWide);
    for (std::size_t d = 0; d < kDocuments; ++d) {
      StoreChange change;
      for (std::size_t r = 0; r < kRows; r += 2) {
        change.put.emplace_back().uri = std::to_string(d) + "/" + std::to_string(r);
        change.put.back().chunks.resize(2);
      }
      change.vectors = vectors.view();
      store.apply(change);
    }
  }
  StoreChange half;
  for (std::size_t d = 0; d < kDocuments; ++d)
    for (std::size_t r = 0; r < kRows; r += 4) half.remove.push_back(std::to_string(d) + "/" + std::to_string(r));
  store.apply(half);
  if (!reset_peak()) GTEST_SKIP() << "this system does not let a process reset its peak";
  const std::size_t before = peak_bytes();
  store.compact();
  const std::size_t grown = peak_bytes() - before;
  EXPECT_EQ(store.snapshot().counts().n_dead_vectors, 0u);
  EXPECT_EQ(store.snapshot().counts().n_vectors, kDocuments * kRows / 2);
  // What store.h states for a step (16 MiB of live rows are 4096 rows), the page cache of 16 MiB, and as much again for the allocator.
  EXPECT_LT(grown, std::size_t{40} << 20);
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
    Store store = Store::create(folder.path(), space_of(), by_hand());
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
