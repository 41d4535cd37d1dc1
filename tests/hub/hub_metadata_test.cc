#include "hub_metadata.h"

#include <gtest/gtest.h>

#include "base/throws.h"

namespace akin::hub {
namespace {

using akin::testing::expect_error;

const std::string kCommit = "0123456789abcdef0123456789abcdef01234567";

std::string info(const std::string& siblings) { return R"({"sha": ")" + kCommit + R"(", "siblings": [)" + siblings + "]}"; }

TEST(HubMetadata, ReadsTheFilesOfAModelByName) {
  const RepositoryInfo read = parse_repository(
      info(R"({"rfilename": "b.json", "size": 7}, {"rfilename": "a/c.json"}, {"rfilename": "b.json", "size": 8, "lfs": {"sha256": "x"}})"),
      "x");
  EXPECT_EQ(read.commit, kCommit);
  ASSERT_EQ(read.files.size(), 2U);
  EXPECT_EQ(read.files[0].name, "a/c.json");
  EXPECT_EQ(read.files[0].size, std::nullopt);
  EXPECT_EQ(read.files[1].name, "b.json");
  EXPECT_EQ(read.files[1].size, 7U);
}

TEST(HubMetadata, RefusesAnswersThatAreNoHubs) {
  for (const std::string bad : {R"({})", R"([])", R"("x")", R"({"sha": 7, "siblings": []})", R"({"sha": "main", "siblings": []})",
                                R"({"sha": "../../../../../../../../../../../../../x", "siblings": []})"})
    expect_error(ErrorCode::corrupt, "is this a Hub?", [&] { parse_repository(bad, "x"); });
  expect_error(ErrorCode::corrupt, "siblings", [&] { parse_repository(R"({"sha": ")" + kCommit + R"("})", "x"); });
  for (const char* bad : {"7", "{}", R"({"rfilename": null})", R"({"name": "a"})"})
    expect_error(ErrorCode::corrupt, "a file without a name", [&] { parse_repository(info(bad), "x"); });
}

TEST(HubMetadata, RefusesNamesThatLeaveTheFolder) {
  for (const char* bad : {"../a", "/a", "a/../../b", "a\\\\b", "", "a\\u0000b", "a\\nb"})
    expect_error(ErrorCode::corrupt, "refused", [&] { parse_repository(info(R"({"rfilename": ")" + std::string(bad) + R"("})"), "x"); });
}

TEST(HubMetadata, RefusesMoreFilesThanAModelHas) {
  std::string siblings = "0";
  for (int i = 0; i < 100'000; ++i) siblings += ",0";
  expect_error(ErrorCode::limit, "at most 100000", [&] { parse_repository(info(siblings), "x"); });
}

HttpResponse head(std::vector<HttpHeader> headers) {
  headers.push_back({"x-repo-commit", kCommit});
  return {200, std::move(headers), "", "https://h/x"};
}

TEST(HubMetadata, ReadsTheHeadOfAFile) {
  const FileMetadata small = parse_file_metadata(head({{"etag", "W/\"abc\""}, {"content-length", "12"}}), kCommit, "f");
  EXPECT_EQ(small.etag, "abc");
  EXPECT_EQ(small.size, 12U);
  const FileMetadata large = parse_file_metadata(
      head({{"etag", "\"of the page\""}, {"content-length", "1300"}, {"x-linked-etag", "\"def\""}, {"x-linked-size", "4294967296"}}),
      kCommit, "f");
  EXPECT_EQ(large.etag, "def");
  EXPECT_EQ(large.size, 4294967296U);
}

TEST(HubMetadata, RefusesAHeadThatCannotBeTrusted) {
  for (const char* etag : {"", "\"\"", "../x", "a/b", ".hidden", "a b"})
    expect_error(ErrorCode::corrupt, "ETag", [&] { parse_file_metadata(head({{"etag", etag}, {"content-length", "1"}}), kCommit, "f"); });
  expect_error(ErrorCode::corrupt, "ETag", [&] {
    parse_file_metadata(head({{"etag", std::string(129, 'a')}, {"content-length", "1"}}), kCommit, "f");
  });
  for (const char* size : {"", "-1", "1x", "99999999999999999999999", "1.5"})
    expect_error(ErrorCode::corrupt, "how large", [&] {
      parse_file_metadata(head({{"etag", "a"}, {"content-length", size}}), kCommit, "f");
    });
  expect_error(ErrorCode::corrupt, "X-Repo-Commit", [&] { parse_file_metadata(head({{"etag", "a"}}), std::string(40, 'f'), "f"); });
}

}  // namespace
}  // namespace akin::hub
