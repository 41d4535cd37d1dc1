// What a reader sees: exact search, full text, one commit as it was, and damage told instead of answered with.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "akin/store/store.h"
#include "base/temporary_folder.h"
#include "base/throws.h"
#include "segment.h"
#include "store_fixture.h"

namespace akin {
namespace {

using testing::Draft;
using testing::expect_error;
using testing::kDim;
using testing::put;
using testing::random_vector;
using testing::space_of;
using testing::TemporaryFolder;

double score(const std::string& metric, const std::vector<float>& a, const std::vector<float>& b) {
  double dot = 0, aa = 0, bb = 0, square = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = a[i], y = b[i];
    dot += x * y;
    aa += x * x;
    bb += y * y;
    square += (x - y) * (x - y);
  }
  if (metric == "dot") return dot;
  if (metric == "euclidean") return -std::sqrt(square);
  return dot / std::sqrt(aa * bb);
}

class Dense : public ::testing::TestWithParam<const char*> {};

TEST_P(Dense, FindsWhatLookingAtEveryVectorFinds) {
  const std::string metric = GetParam();
  const TemporaryFolder folder;
  StoreOptions options;
  options.max_segment_bytes = 50 * kDim * sizeof(float);
  Store store = Store::create(folder.path(), space_of(metric), options);
  for (std::uint64_t i = 0; i < 20; ++i) put(store, "d" + std::to_string(i), 1 + i, i);
  store.apply(Draft().remove("d7").remove("d19").change());
  put(store, "d3", 9, 77);
  const Snapshot snapshot = store.snapshot();
  Context context;
  Rng rng(5);
  for (int round = 0; round < 10; ++round) {
    const std::vector<float> query = random_vector(rng);
    std::vector<ScoredChunk> wanted;
    for (std::uint64_t id = 1; id < 300; ++id) {
      const std::vector<float> vector = snapshot.vector_of(id);
      if (!vector.empty()) wanted.push_back({id, score(metric, query, vector)});
    }
    ASSERT_EQ(wanted.size(), snapshot.counts().n_vectors);
    std::sort(wanted.begin(), wanted.end(), [](const ScoredChunk& a, const ScoredChunk& b) { return a.score > b.score; });
    const auto found = snapshot.search_dense(query, 12, {}, context);
    ASSERT_EQ(found.size(), 12u);
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_EQ(found[i].chunk_id, wanted[i].chunk_id) << metric << ", hit " << i;
      EXPECT_NEAR(found[i].score, wanted[i].score, 1e-6);  // f32 sums of four products near 1: below 4 × 2^-23
    }
  }
}
INSTANTIATE_TEST_SUITE_P(Metrics, Dense, ::testing::Values("cosine", "dot", "euclidean"));

TEST(Snapshot, GivesFewerHitsOnlyIfThereAreFewer) {
  const TemporaryFolder folder;
  Store store = Store::create(folder.path(), space_of());
  Context context;
  const std::vector<float> query(kDim, 1.0f);
  EXPECT_TRUE(store.snapshot().search_dense(query, 3, {}, context).empty());
  put(store, "a", 2, 1);
  EXPECT_EQ(store.snapshot().search_dense(query, 3, {}, context).size(), 2u);
  EXPECT_EQ(store.snapshot().search_dense(query, 1, {}, context).size(), 1u);
  expect_error(ErrorCode::mismatch, "", [&] { (void)store.snapshot().search_dense(std::vector<float>(3, 1.0f), 1, {}, context); });
}

TEST(Snapshot, BreaksTiesById) {
  const TemporaryFolder folder;
  Store store = Store::create(folder.path(), space_of());
  Draft draft;
  draft.put("a", 5, 1);
  for (std::size_t i = 0; i < draft.numbers().size(); ++i) draft.numbers()[i] = draft.numbers()[i % kDim];
  store.apply(draft.change());
  Context context;
  const auto hits = store.snapshot().search_dense(std::vector<float>(kDim, 1.0f), 3, {}, context);
  ASSERT_EQ(hits.size(), 3u);
  EXPECT_EQ(hits[0].chunk_id, 1u);
  EXPECT_EQ(hits[1].chunk_id, 2u);
  EXPECT_EQ(hits[2].chunk_id, 3u);
}

TEST(Snapshot, SearchesOnlyWhatPassesTheFilter) {
  const TemporaryFolder folder;
  Store store = Store::create(folder.path(), space_of());
  for (std::uint64_t i = 0; i < 30; ++i) put(store, "d" + std::to_string(i), 2, i % 3);
  const Snapshot snapshot = store.snapshot();
  Context context;
  const ChunkSet where = snapshot.select(parse_filter("seed = 1"));
  const auto dense = snapshot.search_dense(std::vector<float>(kDim, 0.3f), 100, where, context);
  EXPECT_EQ(dense.size(), 20u);
  for (const ScoredChunk& hit : dense) EXPECT_EQ(snapshot.chunk(hit.chunk_id)->metadata[0].second, "1");
  EXPECT_EQ(snapshot.search_text("piece", 100, where).size(), 20u);
  EXPECT_EQ(snapshot.search_text("piece", 100, snapshot.select(parse_filter("uri = d4 and seed = 1"))).size(), 2u);
  EXPECT_TRUE(snapshot.search_dense(std::vector<float>(kDim, 0.3f), 5, snapshot.select(parse_filter("uri = d4 and seed = 2")), context).empty());
}

Store with_texts(const TemporaryFolder& folder, const std::vector<std::string>& texts) {
  Store store = Store::create(folder.path(), space_of());
  Draft draft;
  draft.put("texts", texts.size(), 1);
  for (std::size_t i = 0; i < texts.size(); ++i) draft.last().chunks[i].text = texts[i];
  store.apply(draft.change());
  return store;
}

std::vector<std::uint64_t> ids(const std::vector<ScoredChunk>& hits) {
  std::vector<std::uint64_t> out;
  for (const ScoredChunk& hit : hits) out.push_back(hit.chunk_id);
  return out;
}

TEST(Snapshot, RanksTextsByTheirWords) {
  const TemporaryFolder folder;
  const Store store = with_texts(folder, {"a whale in the sea", "whales, whales and a whale in the sea", "a cat on the mat", "the sea"});
  const Snapshot snapshot = store.snapshot();
  const auto hits = snapshot.search_text("whale", 10, {});
  EXPECT_EQ(ids(hits), (std::vector<std::uint64_t>{2, 1}));
  EXPECT_GT(hits[0].score, hits[1].score);
  EXPECT_EQ(ids(snapshot.search_text("cats mats", 10, {})), std::vector<std::uint64_t>{3});  // stemmed
  EXPECT_EQ(ids(snapshot.search_text("\"a whale\"", 10, {})).size(), 2u);
  EXPECT_TRUE(snapshot.search_text("\"whale a\"", 10, {}).empty());  // a phrase in its order
  EXPECT_EQ(snapshot.search_text("sea", 1, {}).size(), 1u);
}

TEST(Snapshot, TakesAnyQueryForWords) {
  const TemporaryFolder folder;
  const Store store = with_texts(folder, {"near and not", "Größe zählt", "x"});
  const Snapshot snapshot = store.snapshot();
  for (const char* query : {"\"", "AND", "NEAR(a b, 2)", "title:x", "a*", "^a", "(", "-x", "x' OR 1=1 --", "{a b}:c", "+", "\"\"", ""}) {
    EXPECT_NO_THROW((void)snapshot.search_text(query, 3, {})) << query;
  }
  EXPECT_EQ(ids(snapshot.search_text("GROSSE grosse größe", 3, {})), std::vector<std::uint64_t>{2});
  EXPECT_TRUE(snapshot.search_text("?!…", 3, {}).empty());
}

TEST(Snapshot, GivesAChunkWithWhatIsKnownOfItsDocument) {
  const TemporaryFolder folder;
  Store store = Store::create(folder.path(), space_of());
  store.apply(Draft().put("a", 2, 42).change());
  const auto record = store.snapshot().chunk(2);
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(record->uri, "a");
  EXPECT_EQ(record->title, "Title of a");
  EXPECT_EQ(record->format, "text");
  EXPECT_EQ(record->chunk.text, "piece 1 of seed42");
  EXPECT_EQ(record->chunk.headings, (std::vector<std::string>{"Part", "1"}));
  EXPECT_EQ(record->chunk.line, 2u);
  EXPECT_EQ(record->chunk.n_tokens, 5u);
  ASSERT_EQ(record->metadata.size(), 1u);
  EXPECT_EQ(record->metadata[0].second, "42");
  EXPECT_FALSE(store.snapshot().chunk(3).has_value());
}

TEST(Snapshot, ListsSourcesByFolder) {
  const TemporaryFolder folder;
  Store store = Store::create(folder.path(), space_of());
  Draft draft;
  for (const char* path : {"/a/b", "/a/b/c", "/a/b-c", "/a/b0", "/a"}) draft.put(path, 1, 1, path).source(path, "h");
  store.apply(draft.change());
  const Snapshot snapshot = store.snapshot();
  EXPECT_EQ(snapshot.sources_under("/a/b"), (std::vector<std::string>{"/a/b", "/a/b/c"}));
  EXPECT_EQ(snapshot.sources_under("/a/b/"), std::vector<std::string>{"/a/b/c"});
  EXPECT_EQ(snapshot.sources_under("/").size(), 5u);
  EXPECT_EQ(snapshot.sources_under("").size(), 5u);
  ASSERT_EQ(snapshot.documents_of_source("/a/b/c").size(), 1u);
  EXPECT_EQ(snapshot.documents_of_source("/a/b/c")[0].n_chunks, 1u);
}

TEST(Snapshot, StaysAsItsCommitWas) {
  const TemporaryFolder folder;
  Store store = Store::create(folder.path(), space_of());
  put(store, "a", 3, 1);
  const Snapshot before = store.snapshot();
  put(store, "b", 3, 2);
  store.apply(Draft().remove("a").change());
  Context context;
  EXPECT_EQ(before.documents().size(), 1u);
  EXPECT_EQ(before.documents()[0].uri, "a");
  EXPECT_EQ(ids(before.search_dense(std::vector<float>(kDim, 1.0f), 9, {}, context)).size(), 3u);
  EXPECT_EQ(before.search_text("seed1", 9, {}).size(), 3u);
  EXPECT_TRUE(before.search_text("seed2", 9, {}).empty());
}

TEST(Snapshot, SeesWholeCommitsBesideAWriter) {
  const TemporaryFolder folder;
  Store store = Store::create(folder.path(), space_of());
  // Each commit replaces "left" and "right" by as many chunks each: a reader that sees them differ saw half a commit.
  const auto commit = [&](std::uint64_t round) {
    store.apply(Draft().put("left", 1 + round % 7, round).put("right", 1 + round % 7, 100 + round).change());
  };
  commit(0);
  std::atomic<bool> done = false;
  std::atomic<int> n_looks = 0;
  std::atomic<int> n_faults = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      const Store reader = Store::open(folder.path(), false);
      while (!done || n_looks < 4) {
        const Snapshot snapshot = reader.snapshot();
        const auto documents = snapshot.documents();
        Context context(1);
        const auto hits = snapshot.search_dense(std::vector<float>(kDim, 1.0f), 100, {}, context);
        if (documents.size() != 2 || documents[0].n_chunks != documents[1].n_chunks) ++n_faults;
        if (documents.size() == 2 && hits.size() != 2 * documents[0].n_chunks) ++n_faults;
        ++n_looks;
      }
    });
  }
  for (std::uint64_t round = 1; round < 40; ++round) {
    commit(round);
    if (round % 10 == 0) store.compact(0);
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(n_faults, 0);
  EXPECT_GE(n_looks, 4);
}

/// A store of documents "a" (chunks 1–3) and "b" (chunks 4–6), each a commit.
void make_two(const std::filesystem::path& folder) {
  Store store = Store::create(folder, space_of());
  put(store, "a", 3, 1);
  put(store, "b", 3, 2);
}

TEST(Damage, IsFoundNamedAndLeftOut) {
  const TemporaryFolder folder;
  make_two(folder.path());
  const std::string segment = store::segment_name(1);
  testing::flip_bit(folder.path() / segment, store::kSegmentHeaderBytes + 4 * kDim * sizeof(float));  // in "b"
  const Store store = Store::open(folder.path(), false);
  const Snapshot snapshot = store.snapshot();
  Context context;
  const auto damage = snapshot.damage(context);
  ASSERT_EQ(damage.size(), 1u);
  EXPECT_NE(damage[0].find(segment), std::string::npos) << damage[0];
  EXPECT_EQ(ids(snapshot.search_dense(std::vector<float>(kDim, 1.0f), 9, {}, context)).size(), 3u);
  EXPECT_TRUE(snapshot.vector_of(4).empty());
  EXPECT_EQ(snapshot.vector_of(3).size(), kDim);
  const auto documents = snapshot.damaged_documents(context);
  ASSERT_EQ(documents.size(), 1u);
  EXPECT_EQ(documents[0].uri, "b");
  EXPECT_EQ(snapshot.search_text("seed2", 9, {}).size(), 3u);  // its words are whole
}

TEST(Damage, OfAFileThatIsCutShortIsItsLastRows) {
  const TemporaryFolder folder;
  make_two(folder.path());
  const auto segment = folder.path() / store::segment_name(1);
  std::filesystem::resize_file(segment, std::filesystem::file_size(segment) - 1);
  Context context;
  const Store store = Store::open(folder.path(), false);
  ASSERT_EQ(store.snapshot().damage(context).size(), 1u);
  EXPECT_NE(store.snapshot().damage(context)[0].find("too short"), std::string::npos);
  EXPECT_EQ(store.snapshot().damaged_documents(context).at(0).uri, "b");
  EXPECT_EQ(store.snapshot().vector_of(1).size(), kDim);
}

TEST(Damage, OfAFileThatIsGoneIsMendedByPuttingAgain) {
  const TemporaryFolder folder;
  make_two(folder.path());
  std::filesystem::remove(folder.path() / store::segment_name(1));
  Store store = Store::open(folder.path(), true);
  Context context;
  EXPECT_EQ(store.snapshot().damaged_documents(context).size(), 2u);
  put(store, "a", 3, 1);
  put(store, "b", 3, 2);
  EXPECT_TRUE(store.snapshot().damage(context).empty());
  EXPECT_EQ(store.snapshot().search_dense(std::vector<float>(kDim, 1.0f), 9, {}, context).size(), 6u);
}

TEST(Damage, OfTheDatabaseNamesItsPage) {
  const TemporaryFolder folder;
  make_two(folder.path());
  const auto database = folder.path() / "akin.db";
  std::ifstream stream(database, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(stream)), {});
  const std::size_t at = bytes.find("piece 1 of seed2");
  ASSERT_NE(at, std::string::npos);
  testing::flip_bit(database, at);
  const Store store = Store::open(folder.path(), false);
  expect_error(ErrorCode::corrupt, "page " + std::to_string(at / 4096 + 1), [&] { (void)store.snapshot().chunk(5); });
}

}  // namespace
}  // namespace akin
