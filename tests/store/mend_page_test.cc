#include "mend_page.h"

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <vector>

#include "akin/base/crc32c.h"
#include "akin/base/mapped_file.h"
#include "akin/base/rng.h"
#include "base/temporary_folder.h"
#include "checked_vfs.h"
#include "schema.h"
#include "store_fixture.h"

namespace akin::store {
namespace {

constexpr std::size_t kBytes = 4096;

std::vector<std::byte> random_page(std::uint32_t number, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<std::byte> page(kBytes);
  for (std::byte& byte : page) byte = static_cast<std::byte>(rng.below(256));
  std::uint32_t crc = crc32c(0, std::span<const std::byte>(page).first(kBytes - kPageReserve));
  crc = crc32c(crc, std::as_bytes(std::span(&number, 1)));
  std::memcpy(page.data() + kBytes - 8, &crc, 4);
  std::memcpy(page.data() + kBytes - 4, &number, 4);
  return page;
}

TEST(MendPage, TurnsAnySingleBitBack) {
  const std::vector<std::byte> whole = random_page(7, 1);
  ASSERT_TRUE(page_is_good(whole, 7));
  for (std::size_t bit = 0; bit < 8 * kBytes; ++bit) {
    if (bit % 8 != bit / 8 % 8 && bit < 8 * (kBytes - 16)) continue;  // one bit a byte, of the end all
    std::vector<std::byte> page = whole;
    page[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    ASSERT_FALSE(page_is_good(page, 7)) << bit;
    ASSERT_TRUE(mend_page(page, 7)) << bit;
    ASSERT_EQ(page, whole) << bit;
  }
}

TEST(MendPage, LeavesTwoWrongBitsAsTheyAre) {
  const std::vector<std::byte> whole = random_page(7, 2);
  Rng rng(3);
  for (int i = 0; i < 300; ++i) {
    std::vector<std::byte> page = whole;
    const auto first = static_cast<std::size_t>(rng.below(8 * kBytes)), second = static_cast<std::size_t>(rng.below(8 * kBytes));
    if (first == second) continue;
    for (const std::size_t bit : {first, second}) page[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    EXPECT_FALSE(mend_page(page, 7)) << first << " and " << second;
  }
}

TEST(MendPage, LeavesAPageInAWrongPlaceAsItIs) {
  std::vector<std::byte> page = random_page(7, 4);
  EXPECT_FALSE(mend_page(page, 8));
  EXPECT_TRUE(mend_page(page, 7));
}

TEST(MendPages, BringsADatabaseBackBitForBit) {
  const akin::testing::TemporaryFolder folder;
  const std::filesystem::path database = folder.path() / kDatabaseName;
  {
    Store store = Store::create(folder.path(), akin::testing::space_of());
    for (std::uint64_t i = 0; i < 20; ++i) akin::testing::put(store, std::to_string(i), 10, i);
  }
  const std::string whole = read_file(database, std::size_t{1} << 30);
  Context context(1);
  EXPECT_EQ(mend_pages(database, context), 0u);
  for (const std::uint64_t at : {100u, 5'000u, 9'000u, 4'095u}) akin::testing::flip_bit(database, at);
  // Two bits of page 1: these stay.
  EXPECT_EQ(mend_pages(database, context), 2u);
  akin::testing::flip_bit(database, 100);
  EXPECT_EQ(mend_pages(database, context), 1u);
  EXPECT_EQ(read_file(database, std::size_t{1} << 30), whole);
}

}  // namespace
}  // namespace akin::store
