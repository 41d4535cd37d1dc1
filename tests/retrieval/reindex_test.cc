#include "reindex.h"

#include "base/throws.h"
#include "library.h"

namespace akin {
namespace {

/// Both models read more than that, so chunks are the same.
const IndexOptions kChunks = [] {
  IndexOptions options;
  options.chunk_tokens = 24;
  return options;
}();

struct OtherModel {
  Library& library;
  Embedder embedder = Embedder::load(golden::path("sentence-transformers/pool-max"), {}, library.context);

  ReindexReport reindex() { return library.collection.reindex("pool-max", embedder, library.context); }
  /// What a fresh collection of that model holds.
  std::string fresh_digest() {
    Collection fresh = Collection::create(library.files.folder() / "fresh", "pool-max", embedder);
    const std::vector<std::filesystem::path> paths = {library.files.folder() / "docs"};
    fresh.index(paths, embedder, kChunks, library.context);
    return fresh.content_digest();
  }
};

void fill(Library& library) {
  for (int i = 0; i < 12; ++i) {
    std::string text = "# Ships of year " + std::to_string(i) + "\n\nA spinnaker is a large sail.\n\n## Harbours\n\n";
    for (int j = 0; j < 10; ++j) text += "The harbour number " + std::to_string(j) + " is old and its water is deep. ";
    library.write(std::to_string(i) + ".md", text);
  }
  library.index(kChunks);
}

TEST(Reindex, GivesTheVectorsThatAFreshCollectionOfThatModelHas) {
  Library library;
  fill(library);
  OtherModel other{library};
  const ReindexReport report = other.reindex();
  EXPECT_TRUE(report.switched);
  EXPECT_GT(report.n_chunks, 24U);
  EXPECT_EQ(report.n_embedded, report.n_chunks);
  EXPECT_EQ(report.n_tokens_dropped, 0U);
  EXPECT_EQ(library.collection.info().model, "pool-max");
  EXPECT_EQ(library.collection.info().fingerprint, other.embedder.fingerprint());
  EXPECT_EQ(library.collection.content_digest(), other.fresh_digest());
}

TEST(Reindex, LeavesReadersTheirModelUntilTheyLookAgain) {
  Library library;
  fill(library);
  const Collection reader = Collection::open(library.files.folder() / "collection", false);
  OtherModel other{library};
  const SearchOptions options{.k = 3, .mode = SearchMode::dense, .where = {}};
  EXPECT_EQ(reader.search("sails", &library.embedder, options, library.context).size(), 3U);
  other.reindex();
  testing::expect_error(ErrorCode::mismatch, "pool-max", [&] { reader.search("sails", &library.embedder, options, library.context); });
  EXPECT_EQ(reader.search("sails", &other.embedder, options, library.context).size(), 3U);
  testing::expect_error(ErrorCode::mismatch, "pool-max", [&] { library.index(kChunks); });
}

TEST(Reindex, GoesOnWhereItWasStopped) {
  Library library;
  fill(library);
  OtherModel other{library};
  const std::size_t n_chunks = library.collection.info().n_chunks;
  {
    Context stopped(1);
    stopped.cancel.cancel();
    testing::expect_error(ErrorCode::cancelled, "", [&] { library.collection.reindex("pool-max", other.embedder, stopped); });
  }
  EXPECT_EQ(library.collection.info().model, "pool-mean") << "the old space answers until the switch";
  EXPECT_EQ(library.search("sails", SearchMode::dense, 3).size(), 3U);
  library.write("new.md", "# New\n\nSomething else.\n");
  library.index(kChunks);
  const ReindexReport report = other.reindex();
  EXPECT_EQ(report.n_kept + report.n_embedded, n_chunks + 1);
  EXPECT_EQ(library.collection.content_digest(), other.fresh_digest());
}

TEST(Reindex, ToTheSameModelHasNothingToDo) {
  Library library;
  fill(library);
  const ReindexReport report = library.collection.reindex("pool-mean", library.embedder, library.context);
  EXPECT_FALSE(report.switched);
  EXPECT_EQ(report.n_embedded, 0U);
}

TEST(Reindex, IsFollowedByIndexingWithTheNewModel) {
  Library library;
  fill(library);
  OtherModel other{library};
  other.reindex();
  library.write("new.md", "# New\n\nSomething else.\n");
  const std::vector<std::filesystem::path> paths = {library.files.folder() / "docs"};
  const IndexReport report = library.collection.index(paths, other.embedder, kChunks, library.context);
  EXPECT_EQ(report.n_added, 1U);
  EXPECT_EQ(report.n_unchanged, 12U);
  EXPECT_EQ(report.n_chunks_embedded, 1U);
}

}  // namespace
}  // namespace akin
