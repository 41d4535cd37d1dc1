#include "ignore.h"

#include <gtest/gtest.h>

#include <array>

#include "base/throws.h"
#include "temporary_files.h"

namespace akin::retrieval {
namespace {

using akin::testing::expect_error;

struct Case {
  const char* rules;
  const char* path;  // with '/' at its end: a folder
  const char* verdict;
};

std::string verdict_of(std::string_view rules, std::string_view path) {
  const bool is_folder = path.ends_with('/');
  const auto verdict = IgnoreRules(rules, ".akinignore").verdict(path.substr(0, path.size() - (is_folder ? 1 : 0)), is_folder);
  return !verdict ? "-" : *verdict ? "ignored" : "kept";
}

TEST(Ignore, FollowsTheRulesOfGitignore) {
  const std::array<Case, 52> cases = {{
      {"a", "a", "ignored"},
      {"a", "x/y/a", "ignored"},
      {"a", "ab", "-"},
      {"/a", "a", "ignored"},
      {"/a", "x/a", "-"},
      {"x/a", "x/a", "ignored"},
      {"x/a", "y/x/a", "-"},
      {"a/", "a", "-"},
      {"a/", "x/a/", "ignored"},
      {"/x/a/", "x/a/", "ignored"},
      {"*.log", "x/a.log", "ignored"},
      {"*.log\n!keep.log", "x/keep.log", "kept"},
      {"!keep.log\n*.log", "keep.log", "ignored"},
      {"# a\n\n\\#b", "#b", "ignored"},
      {"\\!b", "!b", "ignored"},
      {"a  ", "a", "ignored"},
      {"a\\  ", "a ", "ignored"},
      {"a\r\nb", "a", "ignored"},
      {"\xEF\xBB\xBF"
       "a",
       "a", "ignored"},
      {"a?c", "abc", "ignored"},
      {"a?c", "a/c", "-"},
      {"x/*", "x/a", "ignored"},
      {"x/*", "x/y/a", "-"},
      {"**/a", "a", "ignored"},
      {"**/a", "x/y/a", "ignored"},
      {"**/x/a", "y/x/a", "ignored"},
      {"x/**", "x/y/a", "ignored"},
      {"x/**", "x/", "-"},
      {"x/**/a", "x/a", "ignored"},
      {"x/**/a", "x/y/z/a", "ignored"},
      {"x/**/a", "xa", "-"},
      {"x/**/y/**/a", "x/1/y/2/3/a", "ignored"},
      {"a**b", "axxb", "ignored"},
      {"**", "x/a", "ignored"},
      {"**/", "x/a", "-"},
      {"**/", "x/", "ignored"},
      {"[abc]", "b", "ignored"},
      {"[!abc]", "b", "-"},
      {"[^abc]", "d", "ignored"},
      {"[a-c]x", "bx", "ignored"},
      {"[]x]", "]", "ignored"},
      {"[[:digit:]]x", "7x", "ignored"},
      {"[[:nothing:]]x", "7x", "-"},
      {"[a\\]]", "]", "ignored"},
      {"[abc", "[abc", "-"},
      {"a\\", "a\\", "-"},
      {"a\\*", "a*", "ignored"},
      {"a\\*", "ab", "-"},
      {"/", "a/", "-"},
      {"!", "a", "-"},
      {"a//b", "a/b", "-"},
      {"A", "a", "-"},
  }};
  for (const Case& one : cases) EXPECT_EQ(verdict_of(one.rules, one.path), one.verdict) << one.rules << " on " << one.path;
}

TEST(Ignore, IsBoundedWhateverThePattern) {
  std::string stars;
  for (int i = 0; i < 1000; ++i) stars += "*a";
  EXPECT_FALSE(matches_glob(stars + "b", std::string(4000, 'a')));
  std::string folders, path;
  for (int i = 0; i < 500; ++i) folders += "**/a/";
  for (int i = 0; i < 2000; ++i) path += "a/";
  EXPECT_EQ(verdict_of(folders + "b", path + "c"), "-");
  expect_error(ErrorCode::limit, "f: line 2 has more than 4096 bytes", [] { IgnoreRules("a\n" + std::string(4097, 'x'), "f"); });
  std::string many;
  for (int i = 0; i < 10'001; ++i) many += "a\n";
  expect_error(ErrorCode::limit, "f: has more than 10000 rules", [&] { IgnoreRules(many, "f"); });
}

TEST(Ignore, LetsTheDeepestFileDecide) {
  const TemporaryFiles files;
  files.write(".akinignore", "*.txt\nnode_modules/\n!.DS_Store\n");
  files.write("x/.akinignore", "!a.txt\n/b.md\n");
  files.write("y/.akinignore", "# nothing\n");
  const std::string root = files.folder().string();
  const auto top = chain_of(root, nullptr);
  const auto below = chain_of(root + "/x", top);
  EXPECT_EQ(chain_of(root + "/y", top), top);
  EXPECT_TRUE(is_ignored(top.get(), root + "/a.txt", false));
  EXPECT_FALSE(is_ignored(below.get(), root + "/x/a.txt", false));
  EXPECT_TRUE(is_ignored(below.get(), root + "/x/c.txt", false));
  EXPECT_TRUE(is_ignored(below.get(), root + "/x/b.md", false));
  EXPECT_FALSE(is_ignored(below.get(), root + "/x/y/b.md", false));
  EXPECT_FALSE(is_ignored(top.get(), root + "/.DS_Store", false));
}

TEST(Ignore, HasAListForEveryFolder) {
  for (const char* name : {"/p/.git", "/p/node_modules", "/p/__pycache__"}) EXPECT_TRUE(is_ignored(nullptr, name, true)) << name;
  for (const char* name : {"/p/a.txt~", "/p/.a.swp", "/p/Thumbs.db", "/p/.akinignore"})
    EXPECT_TRUE(is_ignored(nullptr, name, false)) << name;
  for (const char* name : {"/p/a.txt", "/p/node_modules", "/p/git"}) EXPECT_FALSE(is_ignored(nullptr, name, false)) << name;
  EXPECT_NE(default_rules().find("node_modules/\n"), std::string_view::npos);
}

}  // namespace
}  // namespace akin::retrieval
