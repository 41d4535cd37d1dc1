// A second space beside the current one: it goes unseen until one commit puts it in the current one's place.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "akin/base/error.h"
#include "akin/store/store.h"
#include "base/temporary_folder.h"
#include "base/throws.h"
#include "segment.h"
#include "store_fixture.h"

namespace akin {
namespace {

using testing::Draft;
using testing::expect_error;
using testing::put;
using testing::space_of;
using testing::TemporaryFolder;

const StoreSpace kWide{"wide", "fingerprint-of-wide", 6, "euclidean"};

/// Chunk i's vector is (i, i, …).
void add(Store& store, const std::vector<std::uint64_t>& chunks, std::size_t dim = 6) {
  Matrix<float> vectors(chunks.size(), dim);
  for (std::size_t r = 0; r < chunks.size(); ++r)
    for (float& x : vectors.row(r)) x = static_cast<float>(chunks[r]);
  store.add_to_next_space(chunks, std::as_const(vectors).view());
}

void add_all(Store& store, std::uint64_t after = 0) {
  std::vector<std::uint64_t> chunks;
  for (const ChunkRecord& record : store.snapshot().chunks_after(after, 1000)) chunks.push_back(record.chunk_id);
  if (!chunks.empty()) add(store, chunks);
}

std::size_t n_segments(const std::filesystem::path& folder) {
  std::size_t n = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) n += store::segment_id(entry.path().filename().string()) != 0;
  return n;
}

class NextSpaceTest : public ::testing::Test {
 protected:
  NextSpaceTest() : store_(Store::create(folder_.path() / "c", space_of(), options())) {
    put(store_, "a", 3, 1);
    put(store_, "b", 4, 2);
    put(store_, "c", 2, 3);
  }
  static StoreOptions options() {
    StoreOptions options;
    options.max_segment_bytes = 5 * testing::kDim * sizeof(float);
    return options;
  }
  void reopen() {
    { const Store closed = std::move(store_); }
    store_ = Store::open(folder_.path() / "c", true, options());
  }

  TemporaryFolder folder_;
  Store store_;
  Context context_{1};
};

TEST_F(NextSpaceTest, IsUnseenUntilItIsSwitchedTo) {
  const std::string before = store_.snapshot().content_digest();
  EXPECT_FALSE(store_.snapshot().next_space());
  EXPECT_EQ(store_.begin_space(kWide), 0u);
  add(store_, {1, 2, 3, 4});
  EXPECT_EQ(store_.snapshot().content_digest(), before);
  EXPECT_EQ(store_.snapshot().space().fingerprint, space_of().fingerprint);
  ASSERT_TRUE(store_.snapshot().next_space());
  EXPECT_EQ(store_.snapshot().next_space()->done_chunk, 4u);
  EXPECT_EQ(store_.snapshot().next_space()->n_vectors, 4u);
  EXPECT_EQ(store_.snapshot().counts().n_vectors, 9u);
}

TEST_F(NextSpaceTest, TakesThePlaceOfTheOldOneInOneCommit) {
  const Store reader = Store::open(folder_.path() / "c", false);
  const Snapshot old = reader.snapshot();
  const std::vector<float> query(testing::kDim, 0.5f);
  const auto hits = old.search_dense(query, 3, {}, context_);
  store_.begin_space(kWide);
  add_all(store_);
  store_.switch_space();
  EXPECT_EQ(store_.space().fingerprint, kWide.fingerprint);
  for (const Snapshot& now : {store_.snapshot(), reader.snapshot()}) {
    EXPECT_EQ(now.space().model, "wide");
    EXPECT_FALSE(now.next_space());
    EXPECT_EQ(now.vector_of(5), std::vector<float>(6, 5.0f));
    EXPECT_EQ(now.search_dense(std::vector<float>(6, 7.2f), 1, {}, context_)[0].chunk_id, 7u);
    EXPECT_TRUE(now.damage(context_).empty());
    EXPECT_EQ(now.counts().n_dead_vectors, 0u);
    expect_error(ErrorCode::mismatch, "have 6", [&] { (void)now.search_dense(query, 3, {}, context_); });
  }
  // The snapshot from before still answers in the space it was made in, though the files are gone.
  const auto again = old.search_dense(query, 3, {}, context_);
  ASSERT_EQ(again.size(), hits.size());
  for (std::size_t i = 0; i < hits.size(); ++i) EXPECT_EQ(again[i].chunk_id, hits[i].chunk_id);
  EXPECT_EQ(old.space().fingerprint, space_of().fingerprint);
  EXPECT_EQ(n_segments(folder_.path() / "c"), 1u);
}

TEST_F(NextSpaceTest, CanBeWrittenToAfterTheSwitch) {
  store_.begin_space(kWide);
  add_all(store_);
  store_.switch_space();
  StoreChange change;
  change.put.emplace_back().uri = "d";
  change.put.back().chunks.resize(1);
  const std::vector<float> numbers(6, 40.0f);
  change.vectors = MatrixView<const float>(numbers.data(), 1, 6);
  store_.apply(change);
  reopen();
  EXPECT_EQ(store_.space().dim, 6u);
  EXPECT_EQ(store_.snapshot().vector_of(10), numbers);
  EXPECT_TRUE(store_.snapshot().damage(context_).empty());
  expect_error(ErrorCode::mismatch, "6 numbers", [&] { put(store_, "e", 1, 1); });
}

TEST_F(NextSpaceTest, GoesOnAfterTheWriterWasClosed) {
  store_.begin_space(kWide);
  add(store_, {1, 2, 3, 4});
  reopen();
  EXPECT_EQ(store_.begin_space(kWide), 4u);
  add_all(store_, 4);
  store_.switch_space();
  EXPECT_EQ(store_.snapshot().counts().n_vectors, 9u);
  EXPECT_TRUE(store_.snapshot().damage(context_).empty());
}

TEST_F(NextSpaceTest, HoldsNothingOfWhatWasRemovedMeanwhileAndNeedsWhatCame) {
  store_.begin_space(kWide);
  add(store_, {1, 2, 3, 4});
  store_.apply(Draft().remove("a").put("b", 2, 9).put("new", 1, 10).change());
  expect_error(ErrorCode::invalid_argument, "5 chunks have no vector", [&] { store_.switch_space(); });
  EXPECT_EQ(store_.snapshot().space().fingerprint, space_of().fingerprint);  // nothing of it happened
  put(store_, "still", 1, 11);
  EXPECT_EQ(store_.begin_space(kWide), 4u);
  add_all(store_, 4);
  store_.switch_space();
  EXPECT_EQ(store_.snapshot().counts().n_vectors, 6u);
  EXPECT_EQ(store_.snapshot().counts().n_dead_vectors, 4u);
  store_.compact();
  EXPECT_EQ(store_.snapshot().counts().n_dead_vectors, 0u);
  EXPECT_TRUE(store_.snapshot().damage(context_).empty());
}

TEST_F(NextSpaceTest, OfAnotherFingerprintBeginsAnew) {
  store_.begin_space(kWide);
  add(store_, {1, 2, 3, 4});
  const StoreSpace other{"other", "fingerprint-of-other", 3, "cosine"};
  EXPECT_EQ(store_.begin_space(other), 0u);
  EXPECT_EQ(store_.snapshot().next_space()->n_vectors, 0u);
  add(store_, {1}, 3);
  store_.drop_next_space();
  EXPECT_FALSE(store_.snapshot().next_space());
  store_.drop_next_space();
  reopen();
  EXPECT_EQ(store_.snapshot().counts().n_vectors, 9u);
}

TEST_F(NextSpaceTest, WithDamagedVectorsBeginsAnew) {
  store_.begin_space(kWide);
  add(store_, {1, 2, 3, 4});
  std::uint64_t last = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path() / "c"))
    last = std::max(last, store::segment_id(entry.path().filename().string()));
  testing::flip_bit(folder_.path() / "c" / store::segment_name(last), store::kSegmentHeaderBytes + 7);
  reopen();
  EXPECT_EQ(store_.begin_space(kWide), 0u);
}

TEST_F(NextSpaceTest, RefusesWrongCalls) {
  expect_error(ErrorCode::invalid_argument, "no next space", [&] { add(store_, {1}); });
  expect_error(ErrorCode::invalid_argument, "no next space", [&] { store_.switch_space(); });
  store_.begin_space(kWide);
  add(store_, {1, 2});
  expect_error(ErrorCode::invalid_argument, "order", [&] { add(store_, {2, 3}); });
  expect_error(ErrorCode::invalid_argument, "order", [&] { add(store_, {4, 3}); });
  expect_error(ErrorCode::mismatch, "6 numbers", [&] { add(store_, {3}, 5); });
  EXPECT_EQ(store_.snapshot().next_space()->n_vectors, 2u);
}

}  // namespace
}  // namespace akin
