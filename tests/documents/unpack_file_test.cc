#include "unpack_file.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "base/throws.h"

namespace akin::documents {
namespace {

using akin::testing::expect_error;

std::string packed(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 9, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  std::string in = text;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

const Reading kReading("book.txt.gz", {});

TEST(UnpackFile, UnpacksAllMembersAndPassesOverPadding) {
  EXPECT_EQ(unpack_file(packed("one "), Packing::gzip, kReading), "one ");
  EXPECT_EQ(unpack_file(packed("one ") + packed("two"), Packing::gzip, kReading), "one two");
  EXPECT_EQ(unpack_file(packed("one") + std::string(100, '\0'), Packing::gzip, kReading), "one");
  EXPECT_EQ(unpack_file(packed(""), Packing::gzip, kReading), "");
}

TEST(UnpackFile, UnpacksZstandard) {
  const std::string one("\x28\xB5\x2F\xFD\x20\x04\x21\x00\x00one ", 13);  // a frame of one raw block, without a checksum
  EXPECT_EQ(unpack_file(one, Packing::zstd, kReading), "one ");
  EXPECT_EQ(unpack_file(one + one + std::string(9, '\0'), Packing::zstd, kReading), "one one ");
  expect_error(ErrorCode::corrupt, "book.txt.gz: ", [&] { unpack_file(one.substr(0, 11), Packing::zstd, kReading); });
}

TEST(UnpackFile, RefusesEveryTruncation) {
  const std::string whole = packed("some text to be cut somewhere");
  for (std::size_t n = 3; n < whole.size(); ++n)
    expect_error(ErrorCode::corrupt, "book.txt.gz: ", [&] { unpack_file(whole.substr(0, n), Packing::gzip, kReading); });
}

TEST(UnpackFile, RefusesABrokenByte) {
  std::string bytes = packed("some text whose checksum will not fit");
  bytes[bytes.size() - 6] = static_cast<char>(bytes[bytes.size() - 6] ^ 1);
  expect_error(ErrorCode::corrupt, "damaged gzip", [&] { unpack_file(bytes, Packing::gzip, kReading); });
}

TEST(UnpackFile, RefusesABombBeforeItFillsTheMemory) {
  const std::string bomb = packed(std::string(50'000'000, 'a'));
  ASSERT_LT(bomb.size(), 100'000U);
  const Reading reading("bomb.gz", {.max_file_bytes = 1'000'000});
  expect_error(ErrorCode::limit, "unpacks to more than the bound of 1000000 bytes", [&] { unpack_file(bomb, Packing::gzip, reading); });
}

}  // namespace
}  // namespace akin::documents
