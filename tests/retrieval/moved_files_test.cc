#include "moved_files.h"

#include "library.h"

namespace akin {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

/// The same files indexed into a new collection have the same content: moving leaves no trace.
std::string digest_of_a_fresh_index(const Library& library) {
  Context context{2};
  Collection fresh = Collection::create(library.files.folder() / "fresh", "pool-mean", library.embedder);
  const std::vector<fs::path> paths = {library.files.folder() / "docs"};
  fresh.index(paths, library.embedder, {}, context);
  return fresh.content_digest();
}

TEST(MovedFiles, KeepTheirVectors) {
  Library library;
  library.write("a.txt", "A ship.");
  library.write("old/b.md", "# House\n\nA house.\n");
  library.write("old/c.csv", "kind,price\ngreen,3\nblack,4\n");
  library.index();
  fs::rename(library.path("a.txt"), library.path("renamed.txt"));
  fs::rename(library.path("old"), library.path("new"));
  const IndexReport report = library.index();
  EXPECT_EQ(report.n_moved, 4U);
  EXPECT_EQ(report.n_chunks_embedded + report.n_added + report.n_removed + report.n_updated, 0U);
  EXPECT_EQ(library.uris(), (Names{"new/b.md", "new/c.csv#1", "new/c.csv#2", "renamed.txt"}));
  EXPECT_EQ(library.search("renamed", SearchMode::text).size(), 1U) << "the title of a text is its file's name";
  EXPECT_TRUE(library.search("a.txt", SearchMode::text).empty() || library.search("a.txt", SearchMode::text)[0].title != "a.txt");
  EXPECT_EQ(library.collection.content_digest(), digest_of_a_fresh_index(library));
  EXPECT_EQ(library.index().n_unchanged, 4U);
}

TEST(MovedFiles, AreFoundOnceAndByTheirNameFirst) {
  Library library;
  library.write("one/a.txt", "The same.");
  library.write("one/b.txt", "The same.");
  library.index();
  fs::remove_all(library.path("one"));
  library.write("two/b.txt", "The same.");
  library.write("two/c.txt", "The same.");
  library.write("two/d.txt", "The same.");
  const IndexReport report = library.index();
  EXPECT_EQ(report.n_moved, 2U);
  EXPECT_EQ(report.n_added, 1U);
  EXPECT_EQ(report.n_removed, 0U);
  EXPECT_EQ(library.uris(), (Names{"two/b.txt", "two/c.txt", "two/d.txt"}));
  EXPECT_EQ(library.collection.content_digest(), digest_of_a_fresh_index(library));
}

TEST(MovedFiles, AreReadAnewWhereTheirNameDecidesWhatTheyAre) {
  Library library;
  library.write("a.txt", "# House\n\nA house.\n");
  library.write("b.py", "x = 1\n");
  library.index();
  fs::rename(library.path("a.txt"), library.path("a.md"));
  fs::rename(library.path("b.py"), library.path("b.rs"));
  const IndexReport report = library.index();
  EXPECT_EQ(report.n_moved, 0U);
  EXPECT_EQ(report.n_added, 2U);
  EXPECT_EQ(report.n_removed, 2U);
  EXPECT_EQ(library.collection.content_digest(), digest_of_a_fresh_index(library));
}

TEST(MovedFiles, AreCopiesWhileTheOldOneIsThere) {
  Library library;
  library.write("a.txt", "A ship.");
  library.index();
  library.write("copy.txt", "A ship.");
  EXPECT_EQ(library.index().n_added, 1U);
  fs::rename(library.path("copy.txt"), library.path("z.txt"));
  EXPECT_EQ(library.index({.remove_missing = false}).n_added, 1U);
  EXPECT_EQ(library.uris(), (Names{"a.txt", "copy.txt", "z.txt"}));
}

}  // namespace
}  // namespace akin
