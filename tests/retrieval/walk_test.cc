#include "walk.h"

#include <sys/stat.h>

#include "temporary_files.h"

namespace akin::retrieval {
namespace {

namespace fs = std::filesystem;

Walk walk(const std::vector<fs::path>& roots, bool hidden = false) {
  const CancelToken cancel;
  return walk_files(roots, {.hidden = hidden}, cancel);
}

std::vector<std::string> names(const Walk& walk, const TemporaryFiles& files) {
  std::vector<std::string> names;
  for (const FoundFile& file : walk.files) names.push_back(fs::path(file.path).lexically_relative(files.folder()).string());
  return names;
}

using Names = std::vector<std::string>;

TEST(Walk, FindsFilesOfAllLevelsInTheOrderOfTheirPaths) {
  const TemporaryFiles files;
  files.write("b/2.txt", "two");
  files.write("b/deep/er/1.txt", "one");
  files.write("a.txt", "three");
  const Walk found = walk({files.folder()});
  EXPECT_EQ(names(found, files), (Names{"a.txt", "b/2.txt", "b/deep/er/1.txt"}));
  EXPECT_EQ(found.files[0].size, 5U);
  EXPECT_TRUE(found.refused.empty());
}

TEST(Walk, PassesOverWhatIsHiddenUnlessToldOrGiven) {
  const TemporaryFiles files;
  files.write(".hidden.txt", "x");
  files.write(".folder/inside.txt", "x");
  files.write("seen.txt", "x");
  EXPECT_EQ(names(walk({files.folder()}), files), (Names{"seen.txt"}));
  EXPECT_EQ(walk({files.folder()}, true).files.size(), 3U);
  EXPECT_EQ(names(walk({files.folder() / ".folder", files.folder() / ".hidden.txt"}), files), (Names{".folder/inside.txt", ".hidden.txt"}));
}

TEST(Walk, PassesOverWhatRulesSay) {
  const TemporaryFiles files;
  files.write(".akinignore", "*.log\nold/\n");
  files.write("a.txt", "x");
  files.write("a.log", "x");
  files.write("old/b.txt", "x");
  files.write("node_modules/c/d.txt", "x");
  files.write("docs/.akinignore", "!a.log\n");
  files.write("docs/a.log", "x");
  files.write("docs/b.log", "x");
  fs::create_directory_symlink(files.folder() / "old", files.folder() / "docs/old");
  const Walk found = walk({files.folder()});
  EXPECT_EQ(names(found, files), (Names{"a.txt", "docs/a.log"}));
  EXPECT_EQ(found.n_ignored, 5U);
  // Rules of the folders above hold, but not for what is given itself.
  EXPECT_EQ(names(walk({files.folder() / "docs"}), files), (Names{"docs/a.log"}));
  EXPECT_EQ(names(walk({files.folder() / "old"}), files), (Names{"old/b.txt"}));
  EXPECT_EQ(names(walk({files.folder() / "docs/b.log"}), files), (Names{"docs/b.log"}));
  const CancelToken cancel;
  const std::vector<fs::path> roots = {files.folder()};
  EXPECT_EQ(walk_files(roots, {.ignore = false}, cancel).files.size(), 6U);
}

TEST(Walk, LeavesAFolderAloneWhoseRulesCannotBeRead) {
  const TemporaryFiles files;
  files.write("docs/.akinignore", std::string(5000, 'x'));
  files.write("docs/a.txt", "x");
  files.write("b.txt", "x");
  const Walk found = walk({files.folder()});
  EXPECT_EQ(names(found, files), (Names{"b.txt"}));
  ASSERT_EQ(found.refused.size(), 1U);
  EXPECT_NE(found.refused[0].reason.find("docs: its rules cannot be read: "), std::string::npos);
  EXPECT_EQ(found.unknown, (std::vector<std::string>{files.path("docs")}));
}

TEST(Walk, NamesAFileOnceHoweverOftenItIsGiven) {
  const TemporaryFiles files;
  files.write("docs/a.txt", "x");
  EXPECT_EQ(names(walk({files.folder() / "docs", files.folder() / "docs/a.txt", files.folder() / "docs/../docs/"}), files),
            (Names{"docs/a.txt"}));
}

TEST(Walk, EndsOnLinksThatLeadInACircle) {
  const TemporaryFiles files;
  files.write("docs/a.txt", "x");
  fs::create_directory_symlink(files.folder() / "docs", files.folder() / "docs/up");
  fs::create_symlink("self", files.folder() / "docs/self");
  const Walk found = walk({files.folder() / "docs"});
  EXPECT_EQ(names(found, files), (Names{"docs/a.txt"}));
  ASSERT_EQ(found.refused.size(), 1U);
  EXPECT_EQ(found.refused[0].reason, files.path("docs/self") + ": is a link that leads to itself");
}

TEST(Walk, FollowsLinksToWhatIsNotThereByItself) {
  const TemporaryFiles files;
  files.write("elsewhere/b.txt", "x");
  files.write("single.txt", "x");
  files.write("docs/a.txt", "x");
  fs::create_directory_symlink(files.folder() / "elsewhere", files.folder() / "docs/link");
  fs::create_directory_symlink(files.folder() / "elsewhere", files.folder() / "docs/second");
  fs::create_symlink(files.folder() / "single.txt", files.folder() / "docs/other.txt");
  fs::create_symlink(files.folder() / "docs/a.txt", files.folder() / "docs/again.txt");
  fs::create_symlink(files.folder() / "nowhere", files.folder() / "docs/broken");
  const Walk found = walk({files.folder() / "docs"});
  EXPECT_EQ(names(found, files), (Names{"docs/a.txt", "docs/link/b.txt", "docs/other.txt"}));
  ASSERT_EQ(found.refused.size(), 1U);
  EXPECT_NE(found.refused[0].reason.find("a link to nothing"), std::string::npos);
}

TEST(Walk, LeavesOutPipesAndSaysSo) {
  const TemporaryFiles files;
  ASSERT_EQ(::mkfifo(files.path("pipe").c_str(), 0600), 0);
  const Walk found = walk({files.folder()});
  EXPECT_TRUE(found.files.empty());
  ASSERT_EQ(found.refused.size(), 1U);
  EXPECT_EQ(found.refused[0].uri, files.path("pipe"));
}

TEST(Walk, TellsAFolderThatItMayNotList) {
  const TemporaryFiles files;
  files.write("open.txt", "x");
  files.write("closed/a.txt", "x");
  fs::permissions(files.folder() / "closed", fs::perms::none);
  const Walk found = walk({files.folder()});
  fs::permissions(files.folder() / "closed", fs::perms::owner_all);
  if (found.files.size() == 2) GTEST_SKIP() << "this user may list every folder";
  EXPECT_EQ(names(found, files), (Names{"open.txt"}));
  EXPECT_EQ(found.unknown, (Names{files.path("closed")}));
  ASSERT_EQ(found.refused.size(), 1U);
  EXPECT_NE(found.refused[0].reason.find("ermission"), std::string::npos);
}

TEST(Walk, RefusesNamesThatAreNotUtf8) {
  const TemporaryFiles files;
  files.write("caf\xe9.txt", "x");
  const Walk found = walk({files.folder()});
  EXPECT_TRUE(found.files.empty());
  ASSERT_EQ(found.refused.size(), 1U);
  EXPECT_EQ(found.refused[0].uri, files.path("caf\xef\xbf\xbd.txt"));
}

TEST(Walk, DoesNotTrustATimeStampOfThisMoment) {
  const TemporaryFiles files;
  files.write("new.txt", "x");
  files.write("old.txt", "x");
  files.date_back("old.txt", std::chrono::hours(1));
  const Walk found = walk({files.folder()});
  ASSERT_EQ(found.files.size(), 2U);
  EXPECT_EQ(found.files[0].mtime_ns, -1);
  EXPECT_GT(found.files[1].mtime_ns, 0);
}

TEST(Walk, StopsWhenCancelled) {
  const TemporaryFiles files;
  CancelToken cancel;
  cancel.cancel();
  const std::vector<fs::path> roots = {files.folder()};
  EXPECT_EQ(error_of([&] { walk_files(roots, {}, cancel); }).code(), ErrorCode::cancelled);
}

TEST(Walk, KnowsWhatLiesUnderAFolder) {
  EXPECT_TRUE(lies_under("/a/b", "/a"));
  EXPECT_TRUE(lies_under("/a", "/a"));
  EXPECT_TRUE(lies_under("/a", "/"));
  EXPECT_FALSE(lies_under("/ab", "/a"));
  EXPECT_FALSE(lies_under("/a", "/a/b"));
}

TEST(Walk, GivesAPathOneForm) {
  EXPECT_EQ(absolute_path("/a/./b/../c/"), "/a/c");
  EXPECT_EQ(absolute_path("/"), "/");
  EXPECT_EQ(absolute_path("x"), (fs::current_path() / "x").string());
}

}  // namespace
}  // namespace akin::retrieval
