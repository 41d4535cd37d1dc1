// What the snapshots of one collection share: connections that are used again, vectors that are loaded once a commit, segments that are
// never taken for others.
#include "reader_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>

#include "base/temporary_folder.h"
#include "base/throws.h"
#include "schema.h"

namespace akin::store {
namespace {

using akin::testing::expect_error;
using akin::testing::TemporaryFolder;

const StoreSpace kSpace{"m", "f", 2, "euclidean"};

/// One document of one chunk, whose vector is (x, 0).
void put(Store& store, const std::string& uri, float x) {
  Matrix<float> vectors(1, 2);
  vectors(0, 0) = x;
  StoreChange change;
  change.put.emplace_back().uri = uri;
  change.put.back().chunks.emplace_back().text = uri;
  change.vectors = std::as_const(vectors).view();
  store.apply(change);
}

class ReaderPoolTest : public ::testing::Test {
 protected:
  ReaderPoolTest() : folder_(parent_.path() / "c"), store_(Store::create(folder_, kSpace)) { put(*store_, "first", 1); }
  void reopen() {
    store_.reset();
    store_.emplace(Store::open(folder_, true));
  }

  TemporaryFolder parent_;
  std::filesystem::path folder_;
  std::optional<Store> store_;
};

TEST_F(ReaderPoolTest, LendsAConnectionAgain) {
  ReaderPool pool(folder_);
  EXPECT_EQ(pool.folder(), folder_);
  auto first = pool.take();
  const Connection* const address = first.get();
  auto second = pool.take();
  EXPECT_NE(second.get(), address) << "the first is in use";
  pool.give_back(std::move(first));
  EXPECT_EQ(pool.take().get(), address);
  pool.give_back(nullptr);
  EXPECT_NE(pool.take(), nullptr);
}

TEST_F(ReaderPoolTest, LendsConnectionsThatChangeNothing) {
  ReaderPool pool(folder_);
  const auto connection = pool.take();
  expect_error(ErrorCode::io, kDatabaseName, [&] { connection->exec("DELETE FROM chunks"); });
}

TEST_F(ReaderPoolTest, KeepsNoMoreConnectionsThanItNeeds) {
  ReaderPool pool(folder_);
  std::vector<std::unique_ptr<Connection>> lent(40);
  for (auto& connection : lent) connection = pool.take();
  for (auto& connection : lent) pool.give_back(std::move(connection));
  for (auto& connection : lent) {
    connection = pool.take();
    EXPECT_EQ(read_generation(*connection), 1u);
  }
}

TEST_F(ReaderPoolTest, SharesTheVectorsOfACommit) {
  ReaderPool pool(folder_);
  const auto a = pool.take();
  const auto b = pool.take();
  const auto seen_by_a = pool.view(*a);
  EXPECT_EQ(pool.view(*b), seen_by_a);
  EXPECT_EQ(seen_by_a->vectors().n_rows(), 1u);
  put(*store_, "second", 2);
  const auto later = pool.view(*b);
  EXPECT_NE(later, seen_by_a);
  EXPECT_EQ(later->vectors().n_rows(), 2u);
  EXPECT_EQ(seen_by_a->vectors().n_rows(), 1u) << "an old view does not change";
}

TEST_F(ReaderPoolTest, GivesAnOldTransactionItsOwnCommit) {
  ReaderPool pool(folder_);
  const auto old = pool.take();
  const Transaction reading(*old, false);
  ASSERT_EQ(read_generation(*old), 1u);
  put(*store_, "second", 2);
  const auto now = pool.take();
  const auto latest = pool.view(*now);
  EXPECT_EQ(latest->vectors().n_rows(), 2u);
  EXPECT_EQ(pool.view(*old)->vectors().n_rows(), 1u);
  EXPECT_EQ(pool.view(*now), latest) << "the latest commit's vectors are still the shared ones";
}

TEST_F(ReaderPoolTest, IsSafeFromSeveralThreads) {
  ReaderPool pool(folder_);
  std::atomic<int> n_good{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        auto connection = pool.take();
        {
          const Transaction reading(*connection, false);
          const auto view = pool.view(*connection);
          n_good += view->vectors().generation() == read_generation(*connection) ? 1 : 0;
        }
        pool.give_back(std::move(connection));
      }
    });
  }
  for (int i = 0; i < 20; ++i) put(*store_, "doc" + std::to_string(i), static_cast<float>(i));
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(n_good, 200);
}

// A reader in another process may still have the removed segment mapped; a new one under its name would be taken for it.
TEST_F(ReaderPoolTest, NeverSeesASegmentUnderTheNameOfARemovedOne) {
  const Store reader = Store::open(folder_, false);
  Context context(1);
  ASSERT_EQ(reader.snapshot().vector_of(1), (std::vector<float>{1, 0}));
  StoreChange change;
  change.remove = {"first"};
  store_->apply(change);
  store_->compact(0);
  reopen();
  put(*store_, "second", 2);
  const Snapshot snapshot = reader.snapshot();
  EXPECT_EQ(snapshot.damage(context), std::vector<std::string>{});
  EXPECT_EQ(snapshot.vector_of(2), (std::vector<float>{2, 0}));
}

}  // namespace
}  // namespace akin::store
