// The vectors of a commit: which rows are whose, which are dead or damaged, and what a new commit takes over from the one before.
#include "vector_view.h"

#include <gtest/gtest.h>

#include <fstream>
#include <optional>

#include "base/temporary_folder.h"
#include "base/throws.h"
#include "schema.h"

namespace akin::store {
namespace {

using akin::testing::expect_error;
using akin::testing::TemporaryFolder;
using Ids = std::vector<std::uint64_t>;
using Lines = std::vector<std::string>;

const StoreSpace kSpace{"m", "f", 2, "euclidean"};
constexpr std::size_t kRowBytes = 2 * sizeof(float);
constexpr StoreOptions kFourRowsASegment{4 * kRowBytes, 1};  // dead rows stay

/// Chunk i's vector is (i, −i).
class VectorViewTest : public ::testing::Test {
 protected:
  VectorViewTest() : folder_(parent_.path() / "c"), store_(Store::create(folder_, kSpace, kFourRowsASegment)) {
    db_.emplace(folder_ / kDatabaseName, OpenMode::write);
  }
  /// A commit of one document with `n` chunks.
  void put(const std::string& uri, std::size_t n) {
    Matrix<float> vectors(n, 2);
    for (std::size_t r = 0; r < n; ++r) {
      ++last_chunk_;
      vectors(r, 0) = static_cast<float>(last_chunk_);
      vectors(r, 1) = -static_cast<float>(last_chunk_);
    }
    StoreChange change;
    change.put.emplace_back().uri = uri;
    change.put.back().chunks.resize(n);
    change.vectors = std::as_const(vectors).view();
    store_->apply(change);
  }
  void remove(const std::string& uri) {
    StoreChange change;
    change.remove = {uri};
    store_->apply(change);
  }
  /// Chunks 1–3 and 4–5 in segment 1 (two ranges), 6–9 in segment 2, 10 in segment 3.
  void put_four() {
    put("a", 3);
    put("b", 2);
    put("c", 4);
    put("d", 1);
  }
  std::shared_ptr<const VectorView> load(const VectorView* previous = nullptr) {
    return VectorView::load(*db_, folder_, kSpace, read_generation(*db_), previous);
  }
  [[nodiscard]] std::filesystem::path segment(std::uint64_t id) const { return folder_ / segment_name(id); }
  void damage_row(std::uint64_t id, std::size_t row) {
    std::fstream file(segment(id), std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(kSegmentHeaderBytes + row * kRowBytes + 2));
    file.put('\x5A');
  }
  static void expect_vector(const VectorView& view, std::uint64_t chunk) {
    const auto vector = view.vector_of(chunk);
    ASSERT_EQ(vector.size(), 2u) << "chunk " << chunk;
    EXPECT_EQ(vector[0], static_cast<float>(chunk));
    EXPECT_EQ(vector[1], -static_cast<float>(chunk));
  }

  TemporaryFolder parent_;
  std::filesystem::path folder_;
  std::optional<Store> store_;
  std::optional<Connection> db_;
  std::uint64_t last_chunk_ = 0;
  Context context_{2};
};

TEST_F(VectorViewTest, OfANewCollectionIsEmpty) {
  const auto view = load();
  EXPECT_EQ(view->n_rows(), 0u);
  EXPECT_EQ(view->n_dead(), 0u);
  EXPECT_TRUE(view->verified(&context_).empty());
  EXPECT_TRUE(view->vector_of(1).empty());
}

TEST_F(VectorViewTest, FindsEveryRowInSeveralRangesAndSegments) {
  put_four();
  const auto view = load();
  EXPECT_EQ(view->generation(), 4u);
  EXPECT_EQ(view->n_rows(), 10u);
  const auto& segments = view->verified(&context_);
  ASSERT_EQ(segments.size(), 3u);
  EXPECT_EQ(segments[0].ranges.size(), 2u);
  EXPECT_EQ(segments[0].chunk_ids, (Ids{1, 2, 3, 4, 5}));
  EXPECT_EQ(segments[1].chunk_ids, (Ids{6, 7, 8, 9}));
  EXPECT_EQ(segments[2].n_usable, 1u);
  for (std::uint64_t chunk = 1; chunk <= 10; ++chunk) expect_vector(*view, chunk);
  for (const std::uint64_t chunk : {0, 11, 1000}) EXPECT_TRUE(view->vector_of(chunk).empty()) << chunk;
  EXPECT_EQ(view->damage(&context_), Lines{});
}

TEST_F(VectorViewTest, ProvesTheSameWithAndWithoutThreads) {
  put_four();
  damage_row(1, 4);
  const auto with = load();
  const auto without = load();
  EXPECT_EQ(with->damage(&context_), without->damage(nullptr));
  EXPECT_EQ(with->damaged_chunks(&context_), (Ids{4, 5}));
  EXPECT_EQ(without->damaged_chunks(nullptr), (Ids{4, 5}));
}

TEST_F(VectorViewTest, LeavesDeadRowsOut) {
  put_four();
  remove("b");
  const auto view = load();
  EXPECT_EQ(view->n_rows(), 10u);
  EXPECT_EQ(view->n_dead(), 2u);
  EXPECT_TRUE(view->is_dead(4));
  EXPECT_FALSE(view->is_dead(3));
  EXPECT_EQ(view->verified(nullptr)[0].usable, (std::vector<std::uint8_t>{1, 1, 1, 0, 0}));
  EXPECT_EQ(view->verified(nullptr)[0].n_usable, 3u);
  EXPECT_TRUE(view->vector_of(5).empty());
  expect_vector(*view, 3);
  EXPECT_EQ(view->damage(nullptr), Lines{});
}

TEST_F(VectorViewTest, LeavesADamagedRangeOutAndNamesIt) {
  put_four();
  damage_row(1, 1);
  const auto view = load();
  EXPECT_EQ(view->damage(&context_), Lines{segment(1).string() + ": rows 0 to 2 are damaged: their checksum is wrong"});
  EXPECT_EQ(view->damaged_chunks(&context_), (Ids{1, 2, 3}));
  EXPECT_TRUE(view->vector_of(1).empty());
  for (const std::uint64_t chunk : {4, 5, 6, 10}) expect_vector(*view, chunk);
}

TEST_F(VectorViewTest, DoesNotReportDamageOfRowsThatAreDead) {
  put_four();
  put("a", 1);  // takes the place of chunks 1–3
  damage_row(1, 1);
  const auto view = load();
  EXPECT_EQ(view->damage(&context_), Lines{});
  EXPECT_EQ(view->damaged_chunks(&context_), Ids{});
}

TEST_F(VectorViewTest, SaysWhichRowsAFileIsTooShortFor) {
  put_four();
  store_.reset();
  std::filesystem::resize_file(segment(1), kSegmentHeaderBytes + 4 * kRowBytes);
  const auto view = load();
  EXPECT_EQ(view->damage(&context_), Lines{segment(1).string() + ": is too short, rows 3 to 4 are missing"});
  EXPECT_EQ(view->damaged_chunks(&context_), (Ids{4, 5}));
  EXPECT_FALSE(view->has_missing_file());
  expect_vector(*view, 3);
}

TEST_F(VectorViewTest, DoesWithoutAFileThatIsMissing) {
  put_four();
  std::filesystem::remove(segment(2));
  const auto view = load();
  EXPECT_TRUE(view->has_missing_file());
  ASSERT_EQ(view->damage(&context_).size(), 1u);
  EXPECT_NE(view->damage(&context_)[0].find(segment(2).string()), std::string::npos);
  EXPECT_NE(view->damage(&context_)[0].find("(rows 0 to 3)"), std::string::npos);
  EXPECT_EQ(view->damaged_chunks(&context_), (Ids{6, 7, 8, 9}));
  EXPECT_EQ(view->verified(nullptr)[1].n_usable, 0u);
  EXPECT_TRUE(view->vector_of(6).empty());
  expect_vector(*view, 10);
}

TEST_F(VectorViewTest, DoesWithoutAFileOfAnotherSegment) {
  put_four();
  std::filesystem::copy_file(segment(1), segment(2), std::filesystem::copy_options::overwrite_existing);
  const auto view = load();
  EXPECT_FALSE(view->has_missing_file());
  ASSERT_EQ(view->damage(&context_).size(), 1u);
  EXPECT_NE(view->damage(&context_)[0].find("says it is segment 1"), std::string::npos);
  expect_vector(*view, 5);
}

TEST_F(VectorViewTest, TakesOverWhatIsMappedAndProved) {
  put("a", 3);
  const auto first = load();
  EXPECT_EQ(first->damage(&context_), Lines{});
  put("b", 4);
  put("c", 1);
  damage_row(1, 0);
  damage_row(1, 3);
  const auto second = load(first.get());
  // Rows 0–2 were proved by the first view and are not read again; rows 3–6 were not yet there.
  EXPECT_EQ(second->damage(&context_), Lines{segment(1).string() + ": rows 3 to 6 are damaged: their checksum is wrong"});
  EXPECT_EQ(second->damaged_chunks(&context_), (Ids{4, 5, 6, 7}));
  const auto third = load(second.get());
  EXPECT_EQ(third->segments()[0].reader, second->segments()[0].reader) << "mapped once";
  EXPECT_EQ(third->segments()[1].reader, second->segments()[1].reader);
  const auto anew = load();
  EXPECT_EQ(anew->damage(&context_).size(), 2u) << "a view without a forerunner reads everything";
}

TEST_F(VectorViewTest, TakesNothingOverFromAViewThatDidNotProveIt) {
  put("a", 3);
  const auto first = load();
  damage_row(1, 0);
  EXPECT_EQ(load(first.get())->damage(&context_).size(), 1u);
}

TEST_F(VectorViewTest, MapsAgainWhatHasGrown) {
  put("a", 1);
  const auto first = load();
  ASSERT_EQ(first->segments()[0].reader->n_rows(), 1u);
  put("b", 1);
  const auto second = load(first.get());
  EXPECT_EQ(second->segments()[0].reader->n_rows(), 2u);
  expect_vector(*second, 2);
  expect_vector(*first, 1);
}

TEST_F(VectorViewTest, RefusesTablesThatContradictThemselves) {
  put_four();
  struct Case {
    const char* sql;
    const char* message;
  };
  for (const Case& c :
       {Case{"DELETE FROM vector_ranges WHERE segment = 1 AND first_row = 0", "rows are missing or told twice"},
        Case{"UPDATE vector_ranges SET first_row = 2 WHERE segment = 1 AND first_row = 3", "rows are missing or told twice"},
        Case{"UPDATE vector_ranges SET n_rows = 3 WHERE segment = 2", "the number of chunk ids"},
        Case{"UPDATE vector_ranges SET n_rows = -1 WHERE segment = 2", "the number of chunk ids"},
        Case{"UPDATE vector_ranges SET n_rows = 0, chunk_ids = x'' WHERE segment = 2", "the number of chunk ids"},
        Case{"UPDATE vector_ranges SET chunk_ids = x'00' WHERE segment = 3", "the number of chunk ids"},
        Case{"UPDATE vector_ranges SET chunk_ids = zeroblob(32) WHERE segment = 2", "do not ascend"},
        Case{"UPDATE vector_ranges SET chunk_ids = zeroblob(16), n_rows = 2 WHERE segment = 1 AND first_row = 3", "do not ascend"}}) {
    Transaction taken_back(*db_, true);
    db_->exec(c.sql);
    expect_error(ErrorCode::corrupt, c.message, [&] { load(); });
    expect_error(ErrorCode::corrupt, kDatabaseName, [&] { load(); });
    db_->settle();
  }
  EXPECT_EQ(load()->n_rows(), 10u);
}

}  // namespace
}  // namespace akin::store
