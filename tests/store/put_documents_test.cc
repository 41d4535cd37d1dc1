// Many documents in one commit come out as the same documents one commit each: in any number, with and without text, twice in one change,
// in the place of older ones.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "akin/base/rng.h"
#include "akin/store/store.h"
#include "base/temporary_folder.h"
#include "store_fixture.h"

namespace akin {
namespace {

using testing::Draft;
using testing::space_of;
using testing::TemporaryFolder;

/// Document `i` of round `round`: 0 to 3 chunks, some without any text.
void draft_into(Draft& draft, std::size_t i, std::size_t round) {
  draft.put("doc" + std::to_string(i), (i + round) % 4, i + 1000 * round, i % 3 == 0 ? "/files/" + std::to_string(i % 5) : "");
  StoredDocument& document = draft.last();
  document.metadata.emplace_back("when", "2024-03-0" + std::to_string(1 + i % 9));
  document.metadata.emplace_back("seed", document.metadata[0].second);  // told twice
  if (i % 4 != 1) return;
  document.title.clear();
  for (StoredChunk& chunk : document.chunks) {
    chunk.text.clear();
    chunk.headings.clear();
  }
}

TEST(PutDocuments, AtOnceAreTheSameAsOneByOne) {
  for (const std::size_t n : {1, 15, 16, 17, 50}) {
    const TemporaryFolder folder;
    Store at_once = Store::create(folder.path() / "a", space_of()), one_by_one = Store::create(folder.path() / "b", space_of());
    for (std::size_t round = 0; round < 3; ++round) {
      Draft all;
      for (std::size_t i = 0; i < n; ++i) {
        draft_into(all, i, round);
        Draft one;
        draft_into(one, i, round);
        one_by_one.apply(one.change());
      }
      at_once.apply(all.change());
      EXPECT_EQ(at_once.snapshot().content_digest(), one_by_one.snapshot().content_digest()) << n << " documents, round " << round;
    }
    const Snapshot a = at_once.snapshot(), b = one_by_one.snapshot();
    for (const char* words : {"piece", "seed2001", "title", "seed1003"}) {
      const auto found = a.search_text(words, 1000, {}), wanted = b.search_text(words, 1000, {});
      ASSERT_EQ(found.size(), wanted.size()) << words;
      for (std::size_t i = 0; i < found.size(); ++i) EXPECT_DOUBLE_EQ(found[i].score, wanted[i].score) << words;
    }
    for (const char* where : {"seed > 2010", "when = 2024-03-02", "when < 2024-03-03 and seed >= 2000"})
      EXPECT_EQ(a.select(parse_filter(where)).ids().size(), b.select(parse_filter(where)).ids().size()) << where;
    EXPECT_EQ(a.counts().n_chunks, b.counts().n_chunks);
    EXPECT_EQ(a.n_vectors(), a.counts().n_chunks);
  }
}

TEST(PutDocuments, TheLastOfTheSameNameStays) {
  const TemporaryFolder folder;
  Store store = Store::create(folder.path() / "c", space_of());
  Draft draft;
  draft.put("a", 2, 1).put("b", 1, 2).put("a", 3, 3).put("a", 1, 4).put("c", 2, 5);
  store.apply(draft.change());
  const Snapshot snapshot = store.snapshot();
  EXPECT_EQ(snapshot.documents().size(), 3U);
  EXPECT_EQ(snapshot.chunk_ids_of("a"), (std::vector<std::uint64_t>{7}));
  EXPECT_EQ(snapshot.chunk_ids_of("b"), (std::vector<std::uint64_t>{3}));
  EXPECT_EQ(snapshot.chunk_ids_of("c"), (std::vector<std::uint64_t>{8, 9}));
  EXPECT_EQ(snapshot.n_vectors(), 4U);
  const std::vector<float> of_a = snapshot.vector_of(7);
  EXPECT_TRUE(std::equal(of_a.begin(), of_a.end(), draft.numbers().begin() + 6 * testing::kDim)) << "the seventh chunk's own vector";
  EXPECT_TRUE(snapshot.search_text("seed1", 10, {}).empty());
  EXPECT_EQ(snapshot.search_text("seed4", 10, {}).size(), 1U);
}

TEST(PutDocuments, WithoutTextLeaveNoWordsAndCanBeRemoved) {
  const TemporaryFolder folder;
  Store store = Store::create(folder.path() / "c", space_of());
  Draft bare;
  bare.put("bare", 2, 1);
  bare.last().title.clear();
  for (StoredChunk& chunk : bare.last().chunks) chunk.text.clear(), chunk.headings.clear();
  store.apply(bare.change());
  testing::put(store, "words", 1, 2);
  const double alone = store.snapshot().search_text("seed2", 10, {}).at(0).score;
  store.apply(Draft().remove("bare").change());
  EXPECT_DOUBLE_EQ(store.snapshot().search_text("seed2", 10, {}).at(0).score, alone);
}

}  // namespace
}  // namespace akin
