#include "zip_archive.h"

#include <gtest/gtest.h>

#include <array>
#include <functional>

#include "base/throws.h"
#include "tiny_zip.h"

namespace akin::documents {
namespace {

using akin::testing::expect_error;
using akin::testing::TinyZip;

const Reading kReading("a.zip", {});

std::string read(const std::string& bytes, const std::string& name) { return ZipArchive(bytes, kReading).read(name); }

TEST(ZipArchive, UnpacksEntriesByName) {
  TinyZip zip;
  zip.add("a/one.txt", "one", false);
  zip.add("two.txt", std::string(100'000, 'x'));
  zip.add("empty", "");
  const std::string bytes = zip.bytes();
  EXPECT_EQ(read(bytes, "a/one.txt"), "one");
  EXPECT_EQ(read(bytes, "two.txt"), std::string(100'000, 'x'));
  EXPECT_EQ(read(bytes, "empty"), "");
  const ZipArchive archive(bytes, kReading);
  EXPECT_TRUE(archive.has("two.txt"));
  EXPECT_FALSE(archive.has("a"));
  EXPECT_TRUE(archive.has_folder("a/"));
  EXPECT_FALSE(archive.has_folder("b/"));
  expect_error(ErrorCode::corrupt, "a.zip: lacks 'b'", [&] { read(bytes, "b"); });
}

TEST(ZipArchive, ReadsSizesOf64Bits) {
  const std::string text = "some text";
  TinyZip zip{{"a", text}};
  const akin::testing::ZipEntry entry = zip.entries[0];
  const std::string common =
      TinyZip::number(45, 2) + TinyZip::number(0, 2) + TinyZip::number(8, 2) + TinyZip::number(0, 4) + TinyZip::number(entry.crc, 4);
  const std::string local = "PK\x03\x04" + common + TinyZip::number(0xFFFFFFFF, 4) + TinyZip::number(0xFFFFFFFF, 4) +
                            TinyZip::number(1, 2) + TinyZip::number(0, 2) + "a" + entry.packed;
  const std::string extra = TinyZip::number(1, 2) + TinyZip::number(24, 2) + TinyZip::number(text.size(), 8) +
                            TinyZip::number(entry.packed.size(), 8) + TinyZip::number(0, 8);
  const std::string directory = "PK\x01\x02" + TinyZip::number(45, 2) + common + TinyZip::number(0xFFFFFFFF, 4) +
                                TinyZip::number(0xFFFFFFFF, 4) + TinyZip::number(1, 2) + TinyZip::number(extra.size(), 2) +
                                TinyZip::number(0, 2) + TinyZip::number(0, 4) + TinyZip::number(0, 4) + TinyZip::number(0xFFFFFFFF, 4) +
                                "a" + extra;
  const std::string end64 = "PK\x06\x06" + TinyZip::number(44, 8) + TinyZip::number(45, 2) + TinyZip::number(45, 2) +
                            TinyZip::number(0, 8) + TinyZip::number(1, 8) + TinyZip::number(1, 8) + TinyZip::number(directory.size(), 8) +
                            TinyZip::number(local.size(), 8);
  const std::string locator =
      "PK\x06\x07" + TinyZip::number(0, 4) + TinyZip::number(local.size() + directory.size(), 8) + TinyZip::number(1, 4);
  const std::string end = "PK\x05\x06" + TinyZip::number(0, 4) + TinyZip::number(0xFFFF, 2) + TinyZip::number(0xFFFF, 2) +
                          TinyZip::number(0xFFFFFFFF, 4) + TinyZip::number(0xFFFFFFFF, 4) + TinyZip::number(0, 2);
  EXPECT_EQ(read(local + directory + end64 + locator + end, "a"), text);
  expect_error(ErrorCode::corrupt, "its ZIP64 directory is missing",
               [&] { read(local + directory + std::string(end64.size(), 'x') + locator + end, "a"); });
}

struct Lie {
  const char* what;
  ErrorCode code;
  const char* message;
  std::function<void(TinyZip&)> tell;
};

TEST(ZipArchive, RefusesLies) {
  const std::array<Lie, 12> lies = {{
      {"size too small", ErrorCode::corrupt, "the data of its entry 'b' are not", [](TinyZip& zip) { zip.entries[1].size -= 1; }},
      {"size too large", ErrorCode::corrupt, "the data of its entry 'b' are not", [](TinyZip& zip) { zip.entries[1].size += 1; }},
      {"checksum", ErrorCode::corrupt, "the data of its entry 'b' are not", [](TinyZip& zip) { zip.entries[1].crc ^= 1; }},
      {"packed too large", ErrorCode::corrupt, "'b' is cut short", [](TinyZip& zip) { zip.entries[1].packed_size = 1 << 30; }},
      {"packed too small", ErrorCode::corrupt, "the data of its entry 'b' are not", [](TinyZip& zip) { zip.entries[1].packed_size -= 1; }},
      {"encrypted", ErrorCode::unsupported, "is an encrypted ZIP archive, which needs a password",
       [](TinyZip& zip) { zip.entries[1].flags = 1; }},
      {"bzip2", ErrorCode::unsupported, "'b' is packed by method 12", [](TinyZip& zip) { zip.entries[1].method = 12; }},
      {"stored with another size", ErrorCode::corrupt, "the data of its entry 'b' are not",
       [](TinyZip& zip) { zip.entries[1].method = 0; }},
      {"two of a name", ErrorCode::corrupt, "two of its entries are called 'b'", [](TinyZip& zip) { zip.entries[0].name = "b"; }},
      {"a way out", ErrorCode::corrupt, "its entry 'x/../../b' has a name that leads outside",
       [](TinyZip& zip) { zip.entries[0].name = "x\\..\\..\\b"; }},
      {"the root", ErrorCode::corrupt, "its entry '/etc/b' has a name", [](TinyZip& zip) { zip.entries[0].name = "/etc/b"; }},
      {"a NUL", ErrorCode::corrupt, "its entry 'b?c' has a name", [](TinyZip& zip) { zip.entries[0].name = std::string("b\0c", 3); }},
  }};
  for (const Lie& lie : lies) {
    SCOPED_TRACE(lie.what);
    TinyZip zip{{"a", "first"}, {"b", "some text, some text, some text"}};
    lie.tell(zip);
    expect_error(lie.code, lie.message, [&] { read(zip.bytes(), "b"); });
  }
}

TEST(ZipArchive, RefusesBombsBeforeTheyUnpack) {
  TinyZip zip;
  zip.add("zeros", std::string(20 << 20, '\0'));
  expect_error(ErrorCode::limit, "'zeros' unpacks to more than 400 times its size: a ZIP bomb", [&] { read(zip.bytes(), "zeros"); });
  const Reading small("a.zip", {.max_file_bytes = 1000});
  const std::string bytes = TinyZip{{"a", std::string(600, 'a')}, {"b", std::string(600, 'b')}}.bytes();
  ZipArchive archive(bytes, small);
  EXPECT_EQ(archive.read("a").size(), 600U);
  expect_error(ErrorCode::limit, "unpacks to more than the bound of 1000 bytes", [&] { archive.read("b"); });
  TinyZip many;
  for (int i = 0; i < 50'001; ++i) many.add(std::to_string(i), "", false);
  std::string lots = many.bytes();
  expect_error(ErrorCode::limit, "has 50001 entries, the bound is 50000", [&] { ZipArchive(lots, kReading); });
}

TEST(ZipArchive, RefusesEveryTruncationAndSurvivesEveryFlippedByte) {
  const std::string bytes = TinyZip{{"a", "first"}, {"b", "some text, some text, some text"}}.bytes();
  for (std::size_t n = 0; n < bytes.size(); ++n) expect_error(ErrorCode::corrupt, "a.zip: ", [&] { read(bytes.substr(0, n), "b"); });
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string flipped = bytes;
    flipped[i] = static_cast<char>(flipped[i] ^ 0xFF);
    try {
      EXPECT_EQ(read(flipped, "b"), "some text, some text, some text");
    } catch (const Error& error) {
      EXPECT_EQ(std::string(error.what()).rfind("a.zip: ", 0), 0U) << error.what();
    }
  }
}

TEST(ZipArchive, ResolvesTargetsWithinItself) {
  EXPECT_EQ(resolve_entry("x/y/z.xml", "../a%20b.xml#part"), "x/a b.xml");
  EXPECT_EQ(resolve_entry("x/y.xml", "/z.xml"), "z.xml");
  EXPECT_EQ(resolve_entry("x/y.xml", "./z.xml?q"), "x/z.xml");
  EXPECT_EQ(resolve_entry("x.xml", "../../etc/passwd"), "etc/passwd");
  EXPECT_EQ(resolve_entry("", "a%2"), "a%2");
  EXPECT_EQ(resolve_entry("x/y.xml", ""), "x");
}

}  // namespace
}  // namespace akin::documents
