#include "akin/base/mapped_spool.h"

#include <gtest/gtest.h>

#include <string>

#include "base/temporary_folder.h"
#include "base/throws.h"

namespace akin {
namespace {

using testing::expect_error;
using testing::TemporaryFolder;

std::string_view text_of(std::span<const std::byte> bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

TEST(MappedSpool, GivesBackWhatWasWrittenAlsoWhenItWasForgotten) {
  const TemporaryFolder folder;
  MappedSpool spool(folder.path() / "target");
  std::string all;
  for (int i = 0; i < 40000; ++i) {
    const std::string piece = std::to_string(i) + ",";
    spool.write(std::as_bytes(std::span(piece)));
    all += piece;
  }
  spool.finish();
  EXPECT_TRUE(text_of(spool.bytes()) == all);
  spool.forget(spool.bytes());
  spool.forget(spool.bytes().subspan(5, 3));  // less than a page: nothing to give back
  EXPECT_TRUE(text_of(spool.bytes()) == all);
}

TEST(MappedSpool, HasNoNameAndMayBeEmpty) {
  const TemporaryFolder folder;
  MappedSpool spool(folder.path() / "target");
  EXPECT_EQ(folder.n_entries(), 0U);
  spool.finish();
  EXPECT_TRUE(spool.bytes().empty());
}

TEST(MappedSpool, WantsAFolderThatIsThere) {
  const TemporaryFolder folder;
  expect_error(ErrorCode::not_found, "nowhere", [&] { MappedSpool spool(folder.path() / "nowhere/target"); });
}

}  // namespace
}  // namespace akin
