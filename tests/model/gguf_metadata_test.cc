#include "gguf_metadata.h"

#include <gtest/gtest.h>

#include "base/temporary_folder.h"
#include "base/throws.h"

namespace akin {
namespace {

using akin::testing::expect_error;
using akin::testing::TemporaryFolder;

GgufFile file_with(const TemporaryFolder& folder) {
  GgufWriter writer;
  writer.add("general.architecture", std::string("llama"));
  writer.add("llama.block_count", 2U);
  writer.add("llama.nothing", 0U);
  writer.add("llama.below", -3);
  writer.add("llama.huge", std::uint64_t{1} << 60);
  writer.add("llama.word", std::string("x"));
  writer.add("llama.base", 0.5F);
  writer.add("akin.base", 0.1);
  writer.add("llama.endless", std::numeric_limits<float>::infinity());
  writer.write(folder.path() / "m.gguf");
  return GgufFile(folder.path() / "m.gguf");
}

TEST(GgufMetadata, LooksKeysUpUnderTheArchitecture) {
  const TemporaryFolder folder;
  const GgufFile file = file_with(folder);
  const GgufMetadata keys(file);
  EXPECT_EQ(keys.architecture(), "llama");
  EXPECT_EQ(keys.size("block_count"), 2U);
  EXPECT_EQ(keys.size("missing", 7), 7U);
  EXPECT_EQ(keys.count("nothing", 7), 0U);
  EXPECT_EQ(keys.text("word", ""), "x");
}

TEST(GgufMetadata, PrefersTheWholeNumberOfOursToAFloat) {
  const TemporaryFolder folder;
  const GgufFile file = file_with(folder);
  EXPECT_EQ(GgufMetadata(file).real("base", 0), 0.1);
}

TEST(GgufMetadata, NamesFileKeyWantedAndFound) {
  const TemporaryFolder folder;
  const GgufFile file = file_with(folder);
  const GgufMetadata keys(file);
  expect_error(ErrorCode::corrupt, "m.gguf: metadata 'llama.nothing' must be a whole number above 0 and under 2147483648, found 0",
               [&] { static_cast<void>(keys.size("nothing")); });
  expect_error(ErrorCode::corrupt, "found 1152921504606846976", [&] { static_cast<void>(keys.size("huge")); });
  expect_error(ErrorCode::corrupt, "must be a whole number from 0 to 2147483647, found -3",
               [&] { static_cast<void>(keys.count("below", 0)); });
  expect_error(ErrorCode::corrupt, "'llama.word' should be an integer", [&] { static_cast<void>(keys.size("word")); });
  expect_error(ErrorCode::corrupt, "'llama.endless' must be a finite number", [&] { static_cast<void>(keys.real("endless", 0)); });
  expect_error(ErrorCode::corrupt, "'llama.nothing' must be above 0", [&] { static_cast<void>(keys.positive("nothing", 1)); });
  expect_error(ErrorCode::not_found, "no metadata 'llama.missing'", [&] { static_cast<void>(keys.size("missing")); });
}

}  // namespace
}  // namespace akin
