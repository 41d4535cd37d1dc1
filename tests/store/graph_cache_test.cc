// The graph beside a collection's vectors: it answers like the exact search nearly always, follows what comes and goes, and is passed over
// when anything is wrong with it.
#include "graph_cache.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>

#include "akin/base/mapped_file.h"
#include "akin/base/rng.h"
#include "base/temporary_folder.h"
#include "base/throws.h"
#include "segment.h"

namespace akin::store {
namespace {

using akin::testing::expect_error;
using akin::testing::TemporaryFolder;

constexpr std::size_t kDim = 12;
constexpr std::size_t kRowsADocument = 1500;
constexpr std::size_t kDocuments = 15;
static_assert(kRowsADocument * kDocuments > kGraphRows);

class GraphCacheTest : public ::testing::Test {
 protected:
  void SetUp() override {
    store_.emplace(Store::create(folder_.path() / "c", {"m", "f", kDim, "cosine"}));
    for (std::size_t i = 0; i < kDocuments; ++i) put("doc" + std::to_string(i));
  }
  void put(const std::string& uri) {
    Matrix<float> vectors(kRowsADocument, kDim);
    for (std::size_t i = 0; i < vectors.size(); ++i) vectors.data()[i] = rng_.normal();
    StoreChange change;
    change.put.emplace_back().uri = uri;
    change.put.back().chunks.resize(kRowsADocument);
    change.vectors = std::as_const(vectors).view();
    store_->apply(change);
  }
  void remove(const std::string& uri) {
    StoreChange change;
    change.remove = {uri};
    store_->apply(change);
  }
  std::vector<float> query() {
    std::vector<float> out(kDim);
    for (float& x : out) x = rng_.normal();
    return out;
  }
  /// Share of the exact hits of some queries that a search finds; every search must give ten hits.
  double found_share(const DenseOptions& options, const ChunkSet& among = {}) {
    const Snapshot snapshot = store_->snapshot();
    DenseOptions all = options;
    all.effort.exact = true;
    std::size_t n_found = 0, n = 0;
    for (int round = 0; round < 40; ++round) {
      const std::vector<float> wanted = query();
      std::set<std::uint64_t> hits;
      for (const ScoredChunk& hit : snapshot.search_dense(wanted, options, among, context_)) hits.insert(hit.chunk_id);
      EXPECT_EQ(hits.size(), options.k);
      for (const ScoredChunk& hit : snapshot.search_dense(wanted, all, among, context_)) n_found += hits.count(hit.chunk_id);
      n += options.k;
    }
    return static_cast<double>(n_found) / static_cast<double>(n);
  }
  [[nodiscard]] std::filesystem::path graph_path() const { return store_->folder() / kGraphName; }
  [[nodiscard]] DenseWay way(const DenseOptions& options = {}) { return store_->snapshot().plan_dense({}, context_, options).way; }

  TemporaryFolder folder_;
  Context context_{2};
  Rng rng_{11};
  std::optional<Store> store_;
};

TEST_F(GraphCacheTest, AnswersOnceItIsMade) {
  EXPECT_EQ(way(), DenseWay::all_rows);
  EXPECT_FALSE(store_->graph().has_value());
  EXPECT_TRUE(store_->refresh_graph(context_));
  EXPECT_EQ(way(), DenseWay::graph);
  DenseOptions exact;
  exact.effort.exact = true;
  EXPECT_EQ(way(exact), DenseWay::all_rows);
  const auto info = store_->graph();
  ASSERT_TRUE(info.has_value());
  EXPECT_EQ(info->n_vectors, kRowsADocument * kDocuments);
  EXPECT_FALSE(info->recall.empty());
  DenseOptions wide;
  wide.effort.ef = 200;
  EXPECT_GE(found_share(wide), 0.97);
  EXPECT_FALSE(store_->refresh_graph(context_)) << "nothing has changed";
}

TEST_F(GraphCacheTest, IsReadByAnotherReader) {
  store_->refresh_graph(context_);
  const Store reader = Store::open(store_->folder(), false);
  EXPECT_EQ(reader.snapshot().plan_dense({}, context_).way, DenseWay::graph);
  expect_error(ErrorCode::invalid_argument, "for reading only", [&] { const_cast<Store&>(reader).refresh_graph(context_); });
}

TEST_F(GraphCacheTest, FindsWhatCameSinceAndNothingThatWent) {
  store_->refresh_graph(context_);
  remove("doc3");
  put("new");
  EXPECT_EQ(way(), DenseWay::graph);
  DenseOptions wide;
  wide.effort.ef = 200;
  EXPECT_GE(found_share(wide), 0.97);
  const std::uint64_t newest = kRowsADocument * (kDocuments + 1), gone = 3 * kRowsADocument + 1;
  const Snapshot snapshot = store_->snapshot();
  EXPECT_EQ(snapshot.search_dense(snapshot.vector_of(newest), 1, {}, context_).at(0).chunk_id, newest);
  EXPECT_TRUE(snapshot.vector_of(gone).empty());

  EXPECT_TRUE(store_->refresh_graph(context_));
  EXPECT_EQ(store_->graph()->n_vectors, kRowsADocument * kDocuments);
  EXPECT_GE(found_share(wide), 0.97);
}

TEST_F(GraphCacheTest, IsNotMadeBeyondTheMemoryThatItMayTake) {
  store_.reset();
  StoreOptions options;
  options.max_graph_bytes = std::size_t{1} << 20;
  store_.emplace(Store::open(folder_.path() / "c", true, options));
  expect_error(ErrorCode::limit, "vectors.graph", [&] { store_->refresh_graph(context_); });
  EXPECT_EQ(way(), DenseWay::all_rows);
  EXPECT_EQ(store_->snapshot().search_dense(query(), 10, {}, context_).size(), 10U);
}

TEST_F(GraphCacheTest, KeepsNoSearchWaitingWhileItIsMade) {
  store_->refresh_graph(context_);
  put("new");
  const std::uint64_t newest = kRowsADocument * (kDocuments + 1);
  std::size_t n_searches = 0;
  // Called from within the work.
  Context making(2, [&](const ProgressState&, bool) {
    Context searching(1);
    const Snapshot snapshot = store_->snapshot();
    EXPECT_EQ(snapshot.search_dense(snapshot.vector_of(newest), 1, {}, searching).at(0).chunk_id, newest);
    EXPECT_EQ(snapshot.plan_dense({}, searching).way, DenseWay::graph);
    ++n_searches;
  });
  EXPECT_TRUE(store_->refresh_graph(making));
  EXPECT_GT(n_searches, 0U);
}

TEST_F(GraphCacheTest, OutlivesACompaction) {
  store_->refresh_graph(context_);
  remove("doc3");
  store_->compact(0);
  EXPECT_EQ(way(), DenseWay::graph);
  DenseOptions wide;
  wide.effort.ef = 200;
  EXPECT_GE(found_share(wide), 0.97);
}

TEST_F(GraphCacheTest, GivesAllHitsWithAFilter) {
  store_->refresh_graph(context_);
  remove("doc5");
  const Snapshot snapshot = store_->snapshot();
  for (const char* text : {"uri != doc1", "uri in (doc1, doc2)", "uri = doc7"})
    EXPECT_GE(found_share({}, snapshot.select(parse_filter(text))), 0.9) << text;
}

TEST_F(GraphCacheTest, LeavesOutDamagedRowsThatASearchComesTo) {
  store_->refresh_graph(context_);
  const std::uint64_t damaged = 7000;  // of the commit of chunks 6001 to 7500, in its range of rows 960 to 1023
  const std::vector<float> wanted = store_->snapshot().vector_of(damaged);
  store_.reset();
  {
    std::fstream file(folder_.path() / "c" / segment_name(1), std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(kSegmentHeaderBytes + (damaged - 1) * kDim * sizeof(float) + 1));
    file.put('\x5A');
  }
  const Store reader = Store::open(folder_.path() / "c", false);
  const Snapshot snapshot = reader.snapshot();
  EXPECT_EQ(snapshot.plan_dense({}, context_).way, DenseWay::graph);
  const auto hits = snapshot.search_dense(wanted, 10, {}, context_);
  ASSERT_EQ(hits.size(), 10U);
  for (const ScoredChunk& hit : hits) EXPECT_TRUE(hit.chunk_id < 6961 || hit.chunk_id > 7024) << hit.chunk_id;
  EXPECT_TRUE(snapshot.vector_of(damaged).empty());
  ASSERT_EQ(snapshot.damage(context_).size(), 1U);
  EXPECT_NE(snapshot.damage(context_)[0].find("rows 6960 to 7023 are damaged"), std::string::npos) << snapshot.damage(context_)[0];
  DenseOptions exact;
  exact.effort.exact = true;
  const auto by_all = snapshot.search_dense(wanted, exact, {}, context_);
  EXPECT_EQ(hits[0].chunk_id, by_all[0].chunk_id);
  EXPECT_EQ(hits[0].score, by_all[0].score);
}

TEST_F(GraphCacheTest, GivesTheSameHitsAfterManySearchesAsInTheFirst) {
  store_->refresh_graph(context_);
  std::vector<std::vector<float>> queries;
  for (int i = 0; i < 60; ++i) queries.push_back(query());
  const Snapshot searched_often = store_->snapshot();
  for (const std::vector<float>& wanted : queries) {
    const Store anew = Store::open(store_->folder(), false);
    const auto first = anew.snapshot().search_dense(wanted, 10, {}, context_),
               later = searched_often.search_dense(wanted, 10, {}, context_);
    ASSERT_EQ(first.size(), later.size());
    for (std::size_t i = 0; i < first.size(); ++i) {
      EXPECT_EQ(first[i].chunk_id, later[i].chunk_id);
      EXPECT_EQ(first[i].score, later[i].score);
    }
  }
}

TEST_F(GraphCacheTest, SearchesByItWithAFilterInsideACollection) {
  store_->refresh_graph(context_);
  const Snapshot snapshot = store_->snapshot();
  // 14 of 15 documents pass: most rows, so the way leads through the graph.
  const ChunkSet most = snapshot.select(parse_filter("uri != doc1"));
  DenseOptions wide;
  wide.effort.ef = 100;
  EXPECT_EQ(snapshot.plan_dense(most, context_, wide).way, DenseWay::graph);
  EXPECT_GE(found_share(wide, most), 0.9);
  for (int round = 0; round < 20; ++round)
    for (const ScoredChunk& hit : snapshot.search_dense(query(), wide, most, context_))
      EXPECT_TRUE(hit.chunk_id <= kRowsADocument || hit.chunk_id > 2 * kRowsADocument) << hit.chunk_id << " is of doc1";
}

TEST_F(GraphCacheTest, IsPassedOverWhenItIsDamagedAndMadeAnew) {
  store_->refresh_graph(context_);
  const std::string whole = read_file(graph_path(), std::size_t{1} << 30);
  const auto damage = [&](std::size_t at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    std::ofstream(graph_path(), std::ios::binary | std::ios::trunc) << damaged;
  };
  for (const std::size_t at : {std::size_t{3}, std::size_t{20}, whole.size() - 1}) {
    damage(at);
    Store reader = Store::open(store_->folder(), false);
    EXPECT_EQ(reader.snapshot().plan_dense({}, context_).way, DenseWay::all_rows) << "byte " << at;
    EXPECT_EQ(reader.snapshot().search_dense(query(), 10, {}, context_).size(), 10U);
  }
  std::filesystem::resize_file(graph_path(), 1000);
  store_.reset();
  store_.emplace(Store::open(folder_.path() / "c", true));
  EXPECT_EQ(way(), DenseWay::all_rows);

  // In the links, which searches check as they come by: one of them meets it.
  damage(whole.size() / 2);
  EXPECT_NE(graph_damage(store_->folder()), "");
  {
    Store reader = Store::open(store_->folder(), false);
    const Snapshot snapshot = reader.snapshot();
    DenseOptions wide;
    wide.effort.ef = 600;
    int n_walks = 0;
    for (; n_walks < 100 && snapshot.plan_dense({}, context_, wide).way == DenseWay::graph; ++n_walks)
      EXPECT_EQ(snapshot.search_dense(query(), wide, {}, context_).size(), wide.k);
    EXPECT_GT(n_walks, 0) << "what is not looked at does not matter";
    EXPECT_LT(n_walks, 100) << "once met it is known";
  }
  EXPECT_TRUE(store_->refresh_graph(context_)) << "a writer reads all of the graph";
  EXPECT_EQ(read_file(graph_path(), std::size_t{1} << 30), whole) << "the same vectors give the same graph";
}

}  // namespace
}  // namespace akin::store
