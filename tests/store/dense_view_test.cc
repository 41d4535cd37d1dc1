// Exact search over a commit's vectors, checked against the plain loop over all of them.
#include "dense_view.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <limits>
#include <optional>
#include <thread>

#include "akin/base/rng.h"
#include "akin/space/metric.h"
#include "base/temporary_folder.h"
#include "base/throws.h"
#include "schema.h"

namespace akin::store {
namespace {

using akin::testing::expect_error;
using akin::testing::TemporaryFolder;
using Ids = std::vector<std::uint64_t>;

constexpr std::size_t kDim = 24;
constexpr std::size_t kRowsACommit = 17;
constexpr StoreOptions kSmallSegments{40 * kDim * sizeof(float), 1};  // dead rows stay

std::vector<ScoredChunk> look(const DenseView& view, std::span<const float> query, std::size_t k, const std::optional<Ids>& among,
                              Context& context) {
  std::optional<ChunkSet::Impl> set;
  if (among) set.emplace(*among);
  return view.search(query, k, set ? &*set : nullptr, context);
}

class DenseViewTest : public ::testing::Test {
 protected:
  void make(const char* metric, std::size_t n_commits) {
    space_ = {"m", "f", kDim, metric};
    store_.emplace(Store::create(folder_.path() / "c", space_, kSmallSegments));
    for (std::size_t i = 0; i < n_commits; ++i) put("doc" + std::to_string(i));
  }
  void put(const std::string& uri) {
    Matrix<float> vectors(kRowsACommit, kDim);
    for (std::size_t r = 0; r < kRowsACommit; ++r) {
      for (float& x : vectors.row(r)) x = rng_.normal();
      if (r == 1) std::copy_n(vectors.row(0).data(), kDim, vectors.row(1).data());  // a tie in every document
      all_.emplace_back(vectors.row(r).begin(), vectors.row(r).end());
    }
    StoreChange change;
    change.put.emplace_back().uri = uri;
    change.put.back().chunks.resize(kRowsACommit);
    change.vectors = std::as_const(vectors).view();
    store_->apply(change);
  }
  void remove(const std::string& uri) {
    StoreChange change;
    change.remove = {uri};
    store_->apply(change);
  }
  std::unique_ptr<DenseView> load() {
    Connection db(store_->folder() / kDatabaseName, OpenMode::read);
    return std::make_unique<DenseView>(store_->folder(), VectorView::load(db, store_->folder(), space_, read_generation(db), nullptr), space_);
  }
  std::vector<float> query() {
    std::vector<float> out(kDim);
    for (float& x : out) x = rng_.normal();
    return out;
  }
  /// Ids of chunks [1, all_.size()] that `keep` holds for, nearest first, by the definition of the metric.
  template <class Keep>
  Ids nearest(const std::vector<float>& query, std::size_t k, Keep keep) {
    std::vector<std::pair<float, std::uint64_t>> found;
    for (std::size_t i = 0; i < all_.size(); ++i) {
      if (keep(i + 1)) found.emplace_back(distance_between(metric_from(space_.metric), query, all_[i]), i + 1);
    }
    std::sort(found.begin(), found.end());
    Ids ids;
    for (std::size_t i = 0; i < std::min(k, found.size()); ++i) ids.push_back(found[i].second);
    return ids;
  }
  static Ids ids_of(const std::vector<ScoredChunk>& hits) {
    Ids ids;
    for (const ScoredChunk& hit : hits) ids.push_back(hit.chunk_id);
    return ids;
  }

  TemporaryFolder folder_;
  StoreSpace space_;
  std::optional<Store> store_;
  std::vector<std::vector<float>> all_;  // chunk id − 1 → vector
  Rng rng_{11};
  Context context_{2};
};

class DenseViewByMetric : public DenseViewTest, public ::testing::WithParamInterface<const char*> {};

std::string metric_of(const ::testing::TestParamInfo<const char*>& test) { return test.param; }

INSTANTIATE_TEST_SUITE_P(Metrics, DenseViewByMetric, ::testing::Values("cosine", "dot", "euclidean"), metric_of);

TEST_P(DenseViewByMetric, FindsWhatThePlainLoopFinds) {
  make(GetParam(), 12);
  const auto view = load();
  for (int round = 0; round < 20; ++round) {
    const auto wanted = query();
    const auto hits = look(*view, wanted, 25, std::nullopt, context_);
    EXPECT_EQ(ids_of(hits), nearest(wanted, 25, [](auto) { return true; }));
    EXPECT_TRUE(std::is_sorted(hits.begin(), hits.end(), [](const auto& a, const auto& b) { return a.score > b.score; }));
  }
}

TEST_P(DenseViewByMetric, ScoresByTheSimilarityOrTheNegativeDistance) {
  make(GetParam(), 1);
  const std::string metric = GetParam();
  const auto hits = look(*load(), all_[4], kRowsACommit, std::nullopt, context_);
  const auto self = std::find_if(hits.begin(), hits.end(), [](const ScoredChunk& hit) { return hit.chunk_id == 5; });
  ASSERT_NE(self, hits.end());
  double product = 0;
  for (const float x : all_[4]) product += static_cast<double>(x) * x;
  const double score = metric == "cosine" ? 1.0 : metric == "dot" ? product : 0.0;
  EXPECT_NEAR(self->score, score, 1e-5 * (1 + product)) << "float sums of 24 products";
}

TEST_P(DenseViewByMetric, LooksOnlyAtTheChunksAskedFor) {
  make(GetParam(), 8);
  const auto view = load();
  Ids even;
  for (std::uint64_t id = 0; id <= all_.size() + 10; id += 2) even.push_back(id);  // 0 and the last ones do not exist
  const auto wanted = query();
  EXPECT_EQ(ids_of(look(*view, wanted, 10, even, context_)), nearest(wanted, 10, [](auto id) { return id % 2 == 0; }));
  EXPECT_EQ(ids_of(look(*view, wanted, 10, Ids{3, 40}, context_)), nearest(wanted, 10, [](auto id) { return id == 3 || id == 40; }));
  EXPECT_TRUE(look(*view, wanted, 10, Ids{}, context_).empty());
  EXPECT_TRUE(look(*view, wanted, 10, Ids{100'000}, context_).empty());
}

TEST_P(DenseViewByMetric, NeverGivesDeadOrDamagedRows) {
  make(GetParam(), 8);
  remove("doc2");
  remove("doc7");
  {
    // Row 5 of the first segment: the first commit's 17 rows are one range.
    std::fstream file(store_->folder() / segment_name(1), std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(kSegmentHeaderBytes + 5 * kDim * sizeof(float)));
    file.write("\x12\x34\x56", 3);
  }
  const auto is_usable = [](std::uint64_t id) {
    const std::uint64_t commit = (id - 1) / kRowsACommit;
    return commit != 0 && commit != 2 && commit != 7;
  };
  const auto view = load();
  const auto wanted = query();
  EXPECT_EQ(ids_of(look(*view, wanted, 1000, std::nullopt, context_)), nearest(wanted, 1000, is_usable));
  Ids some;
  for (std::uint64_t id = 1; id <= all_.size(); id += 3) some.push_back(id);
  EXPECT_EQ(ids_of(look(*view, wanted, 1000, some, context_)),
            nearest(wanted, 1000, [&](std::uint64_t id) { return is_usable(id) && id % 3 == 1; }));
}

TEST_P(DenseViewByMetric, KeepsTheOrderOfIdsAfterACompaction) {
  make(GetParam(), 12);
  for (const char* uri : {"doc0", "doc5", "doc9"}) remove(uri);
  const auto wanted = query();
  const Ids before = ids_of(look(*load(), wanted, 100, std::nullopt, context_));
  store_->compact(0);
  EXPECT_EQ(ids_of(look(*load(), wanted, 100, std::nullopt, context_)), before);
  const auto tied = look(*load(), all_[kRowsACommit], 2, std::nullopt, context_);  // chunks 18 and 19 hold the same vector
  ASSERT_EQ(tied.size(), 2u);
  EXPECT_LT(tied[0].chunk_id, tied[1].chunk_id) << "ties go by id";
}

TEST_F(DenseViewTest, FindsNothingInAnEmptyCollection) {
  make("cosine", 0);
  EXPECT_TRUE(look(*load(), query(), 5, std::nullopt, context_).empty());
  EXPECT_TRUE(look(*load(), query(), 5, Ids{1}, context_).empty());
}

TEST_F(DenseViewTest, RefusesQuestionsThatMakeNoSense) {
  make("cosine", 1);
  const auto view = load();
  expect_error(ErrorCode::invalid_argument, "at least 1", [&] { (void)look(*view, query(), 0, std::nullopt, context_); });
  expect_error(ErrorCode::mismatch, "has 3 numbers, the collection's have 24",
               [&] { (void)look(*view, std::vector<float>(3), 1, std::nullopt, context_); });
  auto bad = query();
  bad[3] = std::numeric_limits<float>::quiet_NaN();
  expect_error(ErrorCode::invalid_argument, "finite", [&] { (void)look(*view, bad, 1, std::nullopt, context_); });
}

TEST_F(DenseViewTest, CanBeAskedByManyThreadsFromTheFirstSearchOn) {
  make("cosine", 12);
  const auto wanted = query();
  const Ids right = nearest(wanted, 10, [](auto) { return true; });
  for (int round = 0; round < 10; ++round) {
    const auto view = load();
    std::atomic<int> n_right{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        Context own(1);
        n_right += ids_of(look(*view, wanted, 10, std::nullopt, own)) == right ? 1 : 0;
        n_right += view->vectors().vector_of(3).size() == kDim ? 1 : 0;
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(n_right, 8);
  }
}

}  // namespace
}  // namespace akin::store
