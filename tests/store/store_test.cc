// Creating, opening, writing: what one commit does, and what is refused. See snapshot_test.cc for reading, crash_test.cc for interruptions.
#include "akin/store/store.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

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

std::vector<std::string> uris(const Store& store) {
  std::vector<std::string> out;
  for (const DocumentRecord& document : store.snapshot().documents()) out.push_back(document.uri);
  return out;
}

TEST(Store, RemembersItsSpace) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "new" / "library";
  EXPECT_FALSE(Store::exists(path));
  { const Store made = Store::create(path, space_of("dot")); }
  EXPECT_TRUE(Store::exists(path));
  const Store store = Store::open(path, false);
  EXPECT_EQ(store.space().model, "tiny");
  EXPECT_EQ(store.space().fingerprint, "fingerprint-of-tiny");
  EXPECT_EQ(store.space().dim, testing::kDim);
  EXPECT_EQ(store.space().metric, "dot");
  EXPECT_EQ(store.snapshot().counts().n_documents, 0u);
}

TEST(Store, RefusesAFolderThatHoldsSomethingElse) {
  const TemporaryFolder folder;
  folder.write("thesis.txt", "mine");
  expect_error(ErrorCode::invalid_argument, "thesis.txt", [&] { Store::create(folder.path(), space_of()); });
  EXPECT_EQ(folder.n_entries(), 1u);  // nothing was left there
}

TEST(Store, IsNotMadeTwice) {
  const TemporaryFolder folder;
  {
    Store store = Store::create(folder.path(), space_of());
    put(store, "a", 2, 1);
  }
  expect_error(ErrorCode::invalid_argument, "already", [&] { Store::create(folder.path(), space_of()); });
  EXPECT_EQ(Store::open(folder.path(), false).snapshot().counts().n_chunks, 2u);
}

TEST(Store, IsMadeWhereACreationWasInterrupted) {
  const TemporaryFolder folder;
  folder.write("akin.db", "");
  folder.write("lock", "process 1\n");
  expect_error(ErrorCode::not_found, "interrupted", [&] { Store::open(folder.path(), false); });
  Store store = Store::create(folder.path(), space_of());
  put(store, "a", 1, 1);
  EXPECT_EQ(uris(store), std::vector<std::string>{"a"});
}

TEST(Store, SaysThatThereIsNone) {
  const TemporaryFolder folder;
  expect_error(ErrorCode::not_found, folder.path().string(), [&] { Store::open(folder.path(), false); });
  expect_error(ErrorCode::not_found, "there is no collection", [&] { Store::open(folder.path() / "absent", true); });
}

TEST(Store, RefusesSpacesThatCannotBe) {
  const TemporaryFolder folder;
  StoreSpace flat = space_of();
  flat.dim = 0;
  expect_error(ErrorCode::invalid_argument, "1 to 1048576", [&] { Store::create(folder.path() / "a", flat); });
  expect_error(ErrorCode::invalid_argument, "", [&] { Store::create(folder.path() / "b", space_of("nearness")); });
}

TEST(Store, HasOneWriterAndReadersBesideIt) {
  const TemporaryFolder folder;
  Store writer = Store::create(folder.path(), space_of());
  put(writer, "a", 1, 1);
  expect_error(ErrorCode::busy, "process " + std::to_string(::getpid()), [&] { Store::open(folder.path(), true); });
  Store reader = Store::open(folder.path(), false);
  EXPECT_EQ(uris(reader), std::vector<std::string>{"a"});
  put(writer, "b", 1, 2);
  EXPECT_EQ(uris(reader), (std::vector<std::string>{"a", "b"}));
  expect_error(ErrorCode::invalid_argument, "reading only", [&] { put(reader, "c", 1, 3); });
  expect_error(ErrorCode::invalid_argument, "reading only", [&] { reader.compact(); });
}

TEST(Store, PutsInPlaceOfTheSameUri) {
  const TemporaryFolder folder;
  StoreOptions options;
  options.max_dead_share = 1;  // dead rows stay
  Store store = Store::create(folder.path(), space_of(), options);
  put(store, "a", 3, 1);
  put(store, "b", 1, 2);
  put(store, "a", 2, 3);
  const Snapshot snapshot = store.snapshot();
  EXPECT_EQ(snapshot.counts().n_documents, 2u);
  EXPECT_EQ(snapshot.counts().n_chunks, 3u);
  EXPECT_EQ(snapshot.counts().n_vectors, 3u);
  EXPECT_EQ(snapshot.counts().n_dead_vectors, 3u);
  EXPECT_TRUE(snapshot.search_text("seed1", 5, {}).empty());
  EXPECT_EQ(snapshot.search_text("seed3", 5, {}).size(), 2u);
}

TEST(Store, RemovesDocumentsAndTheirWords) {
  const TemporaryFolder folder;
  Store store = Store::create(folder.path(), space_of());
  store.apply(Draft().put("a", 2, 1).put("b", 2, 2).change());
  store.apply(Draft().remove("a").remove("never there").change());
  EXPECT_EQ(uris(store), std::vector<std::string>{"b"});
  EXPECT_TRUE(store.snapshot().search_text("seed1", 5, {}).empty());
  EXPECT_FALSE(store.snapshot().chunk(1).has_value());
  EXPECT_TRUE(store.snapshot().vector_of(1).empty());
}

TEST(Store, RemovesASourceWithItsDocuments) {
  const TemporaryFolder folder;
  Store store = Store::create(folder.path(), space_of());
  store.apply(Draft().put("f#1", 1, 1, "f").put("f#2", 1, 2, "f").put("g", 1, 3, "g").source("f", "h1").source("g", "h2").change());
  ASSERT_TRUE(store.snapshot().source("f").has_value());
  EXPECT_EQ(store.snapshot().source("f")->content_hash, "h1");
  store.apply(Draft().remove_source("f").change());
  EXPECT_EQ(uris(store), std::vector<std::string>{"g"});
  EXPECT_FALSE(store.snapshot().source("f").has_value());
}

TEST(Store, KnowsThatASourceIsNoLongerWhole) {
  const TemporaryFolder folder;
  Store store = Store::create(folder.path(), space_of());
  store.apply(Draft().put("f#1", 1, 1, "f").put("f#2", 1, 2, "f").source("f", "h1").change());
  store.apply(Draft().remove("f#1").change());
  EXPECT_EQ(store.snapshot().source("f")->content_hash, "");
  store.apply(Draft().remove("f#2").change());
  EXPECT_FALSE(store.snapshot().source("f").has_value());
}

TEST(Store, RefusesVectorsThatDoNotFitAndKeepsWhatItHad) {
  const TemporaryFolder folder;
  Store store = Store::create(folder.path(), space_of());
  put(store, "a", 2, 1);
  const std::string before = store.snapshot().content_digest();

  Draft few;
  few.put("b", 3, 2).numbers().resize(2 * testing::kDim);
  expect_error(ErrorCode::invalid_argument, "3 chunks", [&] { store.apply(few.change()); });

  Draft infinite;
  infinite.put("b", 3, 2).numbers()[testing::kDim] = std::numeric_limits<float>::quiet_NaN();
  expect_error(ErrorCode::invalid_argument, "vector 1", [&] { store.apply(infinite.change()); });

  Draft wide;
  StoreChange change = wide.put("b", 2, 2).change();
  const std::vector<float> numbers(2 * 5, 1.0f);
  change.vectors = MatrixView<const float>(numbers.data(), 2, 5);
  expect_error(ErrorCode::mismatch, "have 4 numbers", [&] { store.apply(change); });

  EXPECT_EQ(store.snapshot().content_digest(), before);
  put(store, "b", 3, 2);
  EXPECT_EQ(store.snapshot().counts().n_vectors, 5u);
}

TEST(Store, BeginsAnotherSegmentWhenOneIsFull) {
  const TemporaryFolder folder;
  StoreOptions options;
  options.max_segment_bytes = 4 * testing::kDim * sizeof(float);
  {
    Store store = Store::create(folder.path(), space_of(), options);
    for (std::uint64_t i = 0; i < 6; ++i) put(store, "d" + std::to_string(i), 2, i);
  }
  for (std::uint64_t id = 1; id <= 3; ++id) EXPECT_TRUE(std::filesystem::exists(folder.path() / store::segment_name(id))) << id;
  EXPECT_FALSE(std::filesystem::exists(folder.path() / store::segment_name(4)));
  const Store store = Store::open(folder.path(), false);
  Context context;
  EXPECT_TRUE(store.snapshot().damage(context).empty());
  for (std::uint64_t chunk = 1; chunk <= 12; ++chunk) EXPECT_EQ(store.snapshot().vector_of(chunk).size(), testing::kDim) << chunk;
}

TEST(Store, GoesOnInTheLastSegmentAfterReopening) {
  const TemporaryFolder folder;
  {
    Store store = Store::create(folder.path(), space_of());
    put(store, "a", 2, 1);
  }
  {
    Store store = Store::open(folder.path(), true);
    put(store, "b", 3, 2);
  }
  EXPECT_FALSE(std::filesystem::exists(folder.path() / store::segment_name(2)));
  EXPECT_EQ(std::filesystem::file_size(folder.path() / store::segment_name(1)),
            store::kSegmentHeaderBytes + 5 * testing::kDim * sizeof(float));
}

TEST(Store, TakesDocumentsWithoutChunks) {
  const TemporaryFolder folder;
  Store store = Store::create(folder.path(), space_of());
  put(store, "empty", 0, 1);
  EXPECT_EQ(uris(store), std::vector<std::string>{"empty"});
  EXPECT_EQ(store.snapshot().counts().n_vectors, 0u);
}

TEST(Store, MovesAFileWithItsChunksAndVectors) {
  const TemporaryFolder folder;
  Store store = Store::create(folder.path(), space_of());
  Draft draft;
  draft.put("old/a.txt", 2, 1, "old/a.txt").last().title = "formername";
  draft.put("old/a.txt#2", 1, 5, "old/a.txt").last().title = "formername";
  draft.source("old/a.txt", "hash");
  store.apply(draft.change());
  const auto chunks = store.snapshot().search_text("formername", 10, {});
  ASSERT_EQ(chunks.size(), 3u);

  StoreChange change;
  change.move.push_back({"old/a.txt", "new/b.txt", {{"old/a.txt", "new/b.txt", "presentname", "other"}, {"none", "nowhere", "", ""}}});
  change.move.push_back({"unknown", "elsewhere", {}});
  EXPECT_FALSE(change.empty());
  store.apply(change);
  const Snapshot after = store.snapshot();
  EXPECT_EQ(uris(store), (std::vector<std::string>{"new/b.txt", "old/a.txt#2"}));
  EXPECT_FALSE(after.source("old/a.txt").has_value());
  EXPECT_EQ(after.source("new/b.txt")->content_hash, "hash");
  EXPECT_EQ(after.documents_of_source("new/b.txt").size(), 2u);
  EXPECT_EQ(after.documents()[0].content_hash, "other");
  EXPECT_EQ(after.search_text("formername", 10, {}).size(), 1u);
  EXPECT_EQ(after.search_text("presentname", 10, {}).size(), 2u);
  EXPECT_EQ(after.counts().n_dead_vectors, 0u);
  EXPECT_FALSE(after.vector_of(chunks[0].chunk_id).empty());
  EXPECT_TRUE(after.sources_under("elsewhere").empty());
}

TEST(Store, KeepsAStampUntilTheSpaceIsAnother) {
  const TemporaryFolder folder;
  Store writer = Store::create(folder.path(), space_of());
  put(writer, "a", 1, 1);
  EXPECT_EQ(writer.space().stamp, "");
  writer.keep_stamp("s1");
  EXPECT_EQ(writer.space().stamp, "s1");
  Store reader = Store::open(folder.path(), false);
  EXPECT_EQ(reader.space().stamp, "s1");
  EXPECT_EQ(reader.snapshot().space().stamp, "s1");
  expect_error(ErrorCode::invalid_argument, "reading only", [&] { reader.keep_stamp("s2"); });
  StoreSpace other = space_of();
  other.fingerprint = "fingerprint-of-another";
  writer.begin_space(other);
  writer.add_to_next_space(std::vector<std::uint64_t>{1}, Matrix<float>(1, testing::kDim).view());
  writer.switch_space();
  EXPECT_EQ(writer.space().stamp, "");
  EXPECT_EQ(Store::open(folder.path(), false).space().stamp, "");
}

}  // namespace
}  // namespace akin
