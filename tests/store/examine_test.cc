#include "examine.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "base/temporary_folder.h"
#include "schema.h"
#include "store_fixture.h"

namespace akin::store {
namespace {

using akin::testing::put;
using akin::testing::space_of;
using akin::testing::TemporaryFolder;

TEST(Examine, FindsNothingInAWholeCollection) {
  const TemporaryFolder folder;
  Context context(1);
  Store store = Store::create(folder.path(), space_of());
  for (std::uint64_t i = 0; i < 20; ++i) put(store, std::to_string(i), 20, i);
  store.compact();
  EXPECT_TRUE(damaged_pages(folder.path() / kDatabaseName, 10, context).empty());
  Connection db(folder.path() / kDatabaseName, OpenMode::read);
  EXPECT_TRUE(damaged_tables(db).empty());
}

TEST(Examine, NamesEveryDamagedPage) {
  const TemporaryFolder folder;
  Context context(1);
  {
    Store store = Store::create(folder.path(), space_of());
    for (std::uint64_t i = 0; i < 20; ++i) put(store, std::to_string(i), 20, i);
  }
  const std::filesystem::path database = folder.path() / kDatabaseName;
  akin::testing::flip_bit(database, 4096 * 2 + 17);
  akin::testing::flip_bit(database, 4096 * 5 + 4095);
  const auto lines = damaged_pages(database, 10, context);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_NE(lines[0].find("page 3 (byte 8192)"), std::string::npos) << lines[0];
  EXPECT_NE(lines[1].find("page 6 (byte 20480)"), std::string::npos) << lines[1];
  EXPECT_EQ(damaged_pages(database, 1, context).size(), 1u);
}

TEST(Examine, NamesAFileThatIsCutShort) {
  const TemporaryFolder folder;
  Context context(1);
  {
    Store store = Store::create(folder.path(), space_of());
    put(store, "a", 20, 1);
  }
  const std::filesystem::path database = folder.path() / kDatabaseName;
  std::filesystem::resize_file(database, std::filesystem::file_size(database) - 100);
  const auto lines = damaged_pages(database, 10, context);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_NE(lines[0].find("cut short"), std::string::npos) << lines[0];
}

}  // namespace
}  // namespace akin::store
