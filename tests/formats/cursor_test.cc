#include "cursor.h"

#include <gtest/gtest.h>

#include "base/throws.h"
#include "formats/mangle.h"

namespace akin {
namespace {

using testing::bytes_of;
using testing::expect_error;

const std::filesystem::path kFile = "some.bin";

TEST(Cursor, ReadsLittleEndianNumbersInTurn) {
  const std::string text("\x01\x02\x00\x00\x00\x80", 6);
  Cursor cursor(bytes_of(text), kFile);
  EXPECT_EQ(cursor.number<std::uint16_t>("a"), 0x0201U);
  EXPECT_EQ(cursor.number<std::int32_t>("b"), std::numeric_limits<std::int32_t>::min());
  EXPECT_EQ(cursor.remaining(), 0U);
}

TEST(Cursor, NamesFileByteAndFieldThatPassTheEnd) {
  const std::string text = "abc";
  Cursor cursor(bytes_of(text), kFile);
  cursor.take(1, "x");
  expect_error(ErrorCode::corrupt, "some.bin: at byte 1: the length takes 4 bytes, 2 are left",
               [&] { cursor.number<std::uint32_t>("the length"); });
  expect_error(ErrorCode::corrupt, "takes 18446744073709551615 bytes", [&] { cursor.take(~std::uint64_t{0}, "it"); });
}

TEST(Cursor, RefusesACountThatCannotFit) {
  const std::string text("\x03zzzzzz", 7);
  Cursor cursor(bytes_of(text), kFile);
  expect_error(ErrorCode::corrupt, "the count is 3, which cannot fit in the 6 bytes", [&] { cursor.count<std::uint8_t>(4, "the count"); });
  Cursor again(bytes_of(text), kFile);
  EXPECT_EQ(again.count<std::uint8_t>(2, "the count"), 3U);
}

TEST(Cursor, MakesForeignTextFitForOneLine) {
  EXPECT_EQ(printable("a\nb\x7F"), "a?b?");
  EXPECT_EQ(printable("\xFFz"), "\xEF\xBF\xBDz");
  EXPECT_EQ(printable(std::string(200, 'x')), std::string(80, 'x') + "...");
}

}  // namespace
}  // namespace akin
