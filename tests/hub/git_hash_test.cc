// Against git's own answers: printf '' | git hash-object --stdin, and so on.
#include "git_hash.h"

#include <gtest/gtest.h>

#include <string>

namespace akin::hub {
namespace {

std::string hash_of(const std::string& text, std::size_t step) {
  GitBlobHash hash(text.size());
  for (std::size_t at = 0; at < text.size(); at += step) hash.update(std::string_view(text).substr(at, step));
  return hash.hex();
}

TEST(GitHash, IsWhatGitSays) {
  EXPECT_EQ(GitBlobHash(0).hex(), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
  EXPECT_EQ(hash_of("hello\n", 100), "ce013625030ba8dba906f756967f9e9ca394464a");
  EXPECT_EQ(hash_of("what is up, doc?", 100), "bd9dbf5aae1a3862dd1526723246b20206e5fc37");
  // Around the places where the padding needs another block.
  EXPECT_EQ(hash_of(std::string(45, 'a'), 100), "69ce1347bb079586eb6ea14ab5116f835ef29639");
  EXPECT_EQ(hash_of(std::string(55, 'a'), 100), "d1985ddc2983785702b9a90effd5aff2f7cfdca4");
  EXPECT_EQ(hash_of(std::string(56, 'a'), 100), "1f973e890f52da1f22fa7e5620a628bc4ee74cb3");
  EXPECT_EQ(hash_of(std::string(119, 'a'), 100), "1325c3d76ea6a66e75dce490a0b8cb8b12233ee0");
  EXPECT_EQ(hash_of(std::string(1000, 'a'), 100), "a50be72b20f0e3f078d252e8e56b11b4bec67509");
}

TEST(GitHash, DoesNotDependOnHowTheBytesCome) {
  for (const std::size_t size : {1U, 45U, 46U, 47U, 54U, 55U, 56U, 57U, 63U, 64U, 65U, 119U, 120U, 1000U}) {
    const std::string text(size, 'a');
    for (const std::size_t step : {1U, 7U, 64U}) EXPECT_EQ(hash_of(text, step), hash_of(text, 100'000)) << size << " by " << step;
  }
}

}  // namespace
}  // namespace akin::hub
