#include "watch_run.h"

#include "library.h"

namespace akin {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

/// Watches the library's folder; after each run the next step is taken, after the last one the watch is cancelled.
class Watched {
 public:
  using Step = std::function<void(const IndexReport&)>;

  std::vector<IndexReport> run(const std::vector<Step>& steps, WatchOptions options = {}) {
    options.times = {.quiet_seconds = 0.05, .longest_seconds = 1, .poll_seconds = 0.05};
    std::vector<IndexReport> reports;
    const std::vector<fs::path> paths = {library.files.folder() / "docs"};
    const auto on_run = [&](const IndexReport& report) {
      reports.push_back(report);
      if (reports.size() > steps.size()) return library.context.cancel.cancel();
      steps[reports.size() - 1](report);
    };
    library.collection.watch(paths, library.embedder, options, on_run, library.context);
    return reports;
  }

  Library library;
};

TEST(WatchRun, FollowsWhatHappensInTheFolders) {
  Watched watched;
  const Library& library = watched.library;
  library.write("a.txt", "A ship.");
  const auto reports = watched.run({
      [&](const IndexReport&) { library.files.write("docs/b.txt", "A house."); },
      [&](const IndexReport&) { fs::rename(library.path("a.txt"), library.path("c.txt")); },
      [&](const IndexReport&) {
        // Made elsewhere and moved in, so that it is there at once with all that it holds.
        library.files.write("made/deep/d.txt", "A hill.");
        fs::rename(library.files.path("made"), library.path("new"));
      },
      [&](const IndexReport&) { library.files.write("docs/new/deep/e.txt", "A river."); },
      [&](const IndexReport&) { fs::remove_all(library.path("new")); },
  });
  ASSERT_EQ(reports.size(), 6U);
  EXPECT_EQ(reports[0].n_added, 1U);
  EXPECT_EQ(reports[1].n_added, 1U);
  EXPECT_EQ(reports[2].n_moved, 1U);
  EXPECT_EQ(reports[2].n_chunks_embedded, 0U);
  EXPECT_EQ(reports[3].n_added, 1U);
  EXPECT_EQ(reports[4].n_added, 1U);
  EXPECT_EQ(reports[5].n_removed, 2U);
  EXPECT_EQ(watched.library.uris(), (Names{"b.txt", "c.txt"}));
}

TEST(WatchRun, FollowsChangedRules) {
  Watched watched;
  const Library& library = watched.library;
  library.write("a.txt", "A ship.");
  library.write("b.log", "A log.");
  const auto reports = watched.run({
      [&](const IndexReport&) { library.files.write("docs/.akinignore", "*.log\n"); },
      [&](const IndexReport&) { fs::remove(library.path(".akinignore")); },
  });
  ASSERT_EQ(reports.size(), 3U);
  EXPECT_EQ(reports[1].n_removed, 1U);
  EXPECT_EQ(reports[2].n_added, 1U);
}

TEST(WatchRun, ListsAFileOnceWhateverLinksToIt) {
  Watched watched;
  const Library& library = watched.library;
  library.write("a.txt", "A ship.");
  library.write("deep/b.txt", "A house.");
  library.files.write("outside/c.txt", "A hill.");
  const auto reports = watched.run({
      [&](const IndexReport&) { fs::create_symlink(library.files.path("outside/c.txt"), library.path("first.txt")); },
      [&](const IndexReport&) {
        // None of these is a document of its own; the new file ends the watch.
        fs::create_symlink(library.path("a.txt"), library.path("again.txt"));
        fs::create_directory_symlink(library.path("deep"), library.path("way"));
        fs::create_symlink(library.files.path("outside/c.txt"), library.path("second.txt"));
        library.files.write("docs/d.txt", "A river.");
      },
  });
  ASSERT_EQ(reports.size(), 3U);
  EXPECT_EQ(reports[1].n_added, 1U);
  EXPECT_EQ(reports[2].n_added, 1U);
  EXPECT_EQ(watched.library.uris(), (Names{"a.txt", "d.txt", "deep/b.txt", "first.txt"}));
}

TEST(WatchRun, LooksAtEverythingWhereItCannotWatch) {
  Watched watched;
  std::string warning;
  watched.library.context.log = [&](LogLevel, std::string_view line) { warning = line; };
  const Library& library = watched.library;
  library.write("a.txt", "A ship.");
  const auto reports = watched.run({[&](const IndexReport&) { library.files.write("docs/b.txt", "A house."); }}, {.max_folders = 0});
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_EQ(reports[1].n_added, 1U);
  EXPECT_NE(warning.find("no more than 0 folders can be watched"), std::string::npos) << warning;
}

}  // namespace
}  // namespace akin
