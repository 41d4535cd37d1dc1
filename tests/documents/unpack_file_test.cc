#include "unpack_file.h"

#include <gtest/gtest.h>

#include "base/gzip.h"
#include "base/throws.h"

namespace akin::documents {
namespace {

using akin::testing::as_gzip;
using akin::testing::expect_error;

const Reading kReading("book.txt.gz", {});

TEST(UnpackFile, UnpacksAllMembersAndPassesOverPadding) {
  EXPECT_EQ(unpack_file(as_gzip("one "), Packing::gzip, kReading), "one ");
  EXPECT_EQ(unpack_file(as_gzip("one ") + as_gzip("two"), Packing::gzip, kReading), "one two");
  EXPECT_EQ(unpack_file(as_gzip("one") + std::string(100, '\0'), Packing::gzip, kReading), "one");
  EXPECT_EQ(unpack_file(as_gzip(""), Packing::gzip, kReading), "");
}

TEST(UnpackFile, UnpacksZstandard) {
  const std::string one("\x28\xB5\x2F\xFD\x20\x04\x21\x00\x00one ", 13);  // a frame of one raw block, without a checksum
  EXPECT_EQ(unpack_file(one, Packing::zstd, kReading), "one ");
  EXPECT_EQ(unpack_file(one + one + std::string(9, '\0'), Packing::zstd, kReading), "one one ");
  expect_error(ErrorCode::corrupt, "book.txt.gz: ", [&] { unpack_file(one.substr(0, 11), Packing::zstd, kReading); });
}

TEST(UnpackFile, RefusesEveryTruncation) {
  const std::string whole = as_gzip("some text to be cut somewhere");
  for (std::size_t n = 3; n < whole.size(); ++n)
    expect_error(ErrorCode::corrupt, "book.txt.gz: ", [&] { unpack_file(whole.substr(0, n), Packing::gzip, kReading); });
}

TEST(UnpackFile, RefusesABrokenByte) {
  std::string bytes = as_gzip("some text whose checksum will not fit");
  bytes[bytes.size() - 6] = static_cast<char>(bytes[bytes.size() - 6] ^ 1);
  expect_error(ErrorCode::corrupt, "damaged gzip", [&] { unpack_file(bytes, Packing::gzip, kReading); });
}

TEST(UnpackFile, RefusesABombBeforeItFillsTheMemory) {
  const std::string bomb = as_gzip(std::string(50'000'000, 'a'));
  ASSERT_LT(bomb.size(), 100'000U);
  const Reading reading("bomb.gz", {.max_file_bytes = 1'000'000});
  expect_error(ErrorCode::limit, "unpacks to more than the bound of 1000000 bytes", [&] { unpack_file(bomb, Packing::gzip, reading); });
}

}  // namespace
}  // namespace akin::documents
