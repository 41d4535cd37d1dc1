#include "akin/base/spool_file.h"

#include <gtest/gtest.h>

#include "akin/base/mapped_file.h"
#include "temporary_folder.h"
#include "throws.h"

namespace akin {
namespace {

using testing::expect_error;
using testing::TemporaryFolder;

TEST(SpoolFile, GivesBackEverythingInOrder) {
  const TemporaryFolder folder;
  SpoolFile spool(folder.path() / "target");
  std::string all;
  for (int i = 0; i < 40000; ++i) {
    const std::string piece = std::to_string(i) + ",";
    spool.write(std::as_bytes(std::span(piece)));
    all += piece;
  }
  EXPECT_EQ(spool.size(), all.size());
  AtomicFile file(folder.path() / "target");
  file.write("before:");
  spool.copy_to(file);
  file.commit();
  EXPECT_EQ(read_file(folder.path() / "target", 1 << 24), "before:" + all);
}

TEST(SpoolFile, HasNoName) {
  const TemporaryFolder folder;
  SpoolFile spool(folder.path() / "target");
  const std::string bytes(1 << 17, 'x');
  spool.write(std::as_bytes(std::span(bytes)));
  EXPECT_EQ(folder.n_entries(), 0U);
}

TEST(SpoolFile, WantsAFolderThatIsThere) {
  const TemporaryFolder folder;
  expect_error(ErrorCode::not_found, "nowhere", [&] { SpoolFile spool(folder.path() / "nowhere/target"); });
}

}  // namespace
}  // namespace akin
