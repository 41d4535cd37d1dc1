#include "cache_layout.h"

#include <gtest/gtest.h>

#include "base/temporary_folder.h"

namespace akin::hub {
namespace {

TEST(CacheLayout, NamesFoldersAsOtherToolsDo) {
  EXPECT_EQ(repository_folder("org/name"), "models--org--name");
  EXPECT_EQ(repository_folder("name"), "models--name");
  EXPECT_EQ(name_of_repository("models--org--name"), "org/name");
  EXPECT_EQ(name_of_repository("models--name"), "name");
  EXPECT_EQ(name_of_repository("datasets--org--name"), std::nullopt);
}

TEST(CacheLayout, KnowsTheNamesThatTheHubTakes) {
  for (const char* good : {"org/name", "name", "BAAI/bge-small-en-v1.5", "a_b/c.d-e", "x"}) EXPECT_TRUE(is_repository_name(good)) << good;
  for (const char* bad : {"",   "/",  "a/", "/a", "a/b/c", "..",   "../a",    "a/..", "a--b",  "a..b",
                          "-a", "a-", ".a", "a.", "a b",   "a\\b", "a/b.git", "ü",    "a/b\n", "a?b"})
    EXPECT_FALSE(is_repository_name(bad)) << bad;
  EXPECT_FALSE(is_repository_name(std::string(97, 'a')));
}

TEST(CacheLayout, KnowsRevisionsAndCommits) {
  for (const char* good : {"main", "v1.0", "refs/pr/3", "feature/x", "0123456789abcdef0123456789abcdef01234567"})
    EXPECT_TRUE(is_revision(good)) << good;
  for (const char* bad : {"", "..", "a/../b", "/a", "a/", ".hidden", "a b", "a\nb", "a?b"}) EXPECT_FALSE(is_revision(bad)) << bad;
  EXPECT_TRUE(is_commit("0123456789abcdef0123456789abcdef01234567"));
  EXPECT_FALSE(is_commit("0123456789ABCDEF0123456789abcdef01234567"));
  EXPECT_FALSE(is_commit("0123"));
}

TEST(CacheLayout, LetsNoPathLeaveItsFolder) {
  for (const char* good : {"config.json", "1_Pooling/config.json", "a b.txt", "..a", "a..", "…", "a:b"})
    EXPECT_TRUE(is_safe_path(good)) << good;
  for (const char* bad : {"", ".", "..", "../a", "a/../../b", "a/..", "/etc/passwd", "a//b", "a/", "./a", "a/./b", "a\\b", "a\nb", "\x7f"})
    EXPECT_FALSE(is_safe_path(bad)) << bad;
  EXPECT_FALSE(is_safe_path(std::string("a\0b", 3)));
  EXPECT_FALSE(is_safe_path(std::string(256, 'a')));
  EXPECT_FALSE(is_safe_path(std::string(700, 'a') + "/" + std::string(700, 'b')));
}

TEST(CacheLayout, FindsTheCommitOfABranchATagOrItself) {
  const akin::testing::TemporaryFolder folder;
  std::filesystem::create_directories(folder.path() / "snapshots/abc");
  std::filesystem::create_directories(folder.path() / "refs/refs/pr");
  folder.write("refs/main", "abc\n");
  folder.write("refs/refs/pr/1", "abc");
  folder.write("refs/gone", "def");
  folder.write("refs/out", "../../x");
  EXPECT_EQ(commit_of(folder.path(), "main"), "abc");
  EXPECT_EQ(commit_of(folder.path(), "refs/pr/1"), "abc");
  EXPECT_EQ(commit_of(folder.path(), "abc"), "abc");
  for (const char* none : {"gone", "out", "other", "../snapshots/abc", ""}) EXPECT_EQ(commit_of(folder.path(), none), std::nullopt) << none;
}

}  // namespace
}  // namespace akin::hub
