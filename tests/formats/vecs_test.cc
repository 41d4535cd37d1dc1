#include "akin/formats/vecs.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/temporary_folder.h"
#include "base/throws.h"
#include "formats/mangle.h"

namespace akin {
namespace {

using testing::bytes_of;
using testing::expect_error;
using testing::file_text;
using testing::TemporaryFolder;

/// Rows of bytes as a .bvecs file, each with the dimension that is said.
std::string bvecs(const std::vector<std::pair<std::int32_t, std::string>>& rows) {
  std::string out;
  for (const auto& [dim, bytes] : rows) out += std::string(reinterpret_cast<const char*>(&dim), 4) + bytes;
  return out;
}

std::vector<float> row(const VecsFile& file, std::size_t r) {
  std::vector<float> out(file.dim());
  file.row_to_float(r, out);
  return out;
}

TEST(Vecs, ReadsWhatItWrites) {
  const TemporaryFolder folder;
  const std::vector<float> floats = {1.5F, -2, 3, 4};
  const std::vector<std::int32_t> ints = {1, -2, 3, 4};
  const std::vector<std::uint8_t> bytes = {1, 200, 3, 4};
  const auto write = [&](const char* name, std::span<const std::byte> rows) {
    VecsWriter writer(folder.path() / name, 2);
    writer.append(rows);
    writer.commit();
    return VecsFile(folder.path() / name);
  };
  const VecsFile f = write("x.fvecs", std::as_bytes(std::span(floats)));
  EXPECT_EQ(f.rows(), 2U);
  EXPECT_EQ(f.dim(), 2U);
  EXPECT_EQ(f.type(), TensorType::f32);
  EXPECT_EQ(row(f, 0), (std::vector<float>{1.5F, -2}));
  EXPECT_EQ(row(write("x.ivecs", std::as_bytes(std::span(ints))), 0), (std::vector<float>{1, -2}));
  EXPECT_EQ(row(write("x.bvecs", std::as_bytes(std::span(bytes))), 0), (std::vector<float>{1, 200}));
}

TEST(Vecs, WritesTheBytesOfTheFormat) {
  const TemporaryFolder folder;
  const std::vector<std::uint8_t> bytes = {'a', 'b', 'c', 'd', 'e', 'f'};
  VecsWriter writer(folder.path() / "x.bvecs", 3);
  writer.append(std::as_bytes(std::span(bytes)));
  writer.commit();
  EXPECT_EQ(file_text((folder.path() / "x.bvecs").string()), std::string("\3\0\0\0abc\3\0\0\0def", 14));
}

TEST(Vecs, TakesAnEmptyFile) {
  const VecsFile file({}, "x.fvecs");
  EXPECT_EQ(file.rows(), 0U);
  expect_error(ErrorCode::invalid_argument, "x.fvecs has 0 rows, row 0", [&] { static_cast<void>(file.row(0)); });
}

TEST(Vecs, RefusesFilesThatBreakTheRules) {
  const auto refuses = [](const char* message, const std::string& text) {
    expect_error(ErrorCode::corrupt, message, [&] { VecsFile(bytes_of(text), "x.bvecs"); });
  };
  refuses("the first row is cut off", "abc");
  refuses("the first row has 0 dimensions", bvecs({{0, ""}}));
  refuses("the first row has -5 dimensions", bvecs({{-5, "abcde"}}));
  refuses("not a whole number of rows of 2 numbers", bvecs({{2, "ab"}, {2, "a"}}));
  refuses("not a whole number of rows of 2147483647", bvecs({{2147483647, "ab"}}));
  refuses("row 1 has 7 dimensions, the first has 2", bvecs({{2, "ab"}, {7, "cd"}}));
}

TEST(Vecs, FindsARowOfAnotherDimensionWhenItIsRead) {
  const std::string text = bvecs({{2, "ab"}, {-1, "cd"}, {2, "ef"}});
  const VecsFile file(bytes_of(text), "x.bvecs");
  EXPECT_EQ(row(file, 2), (std::vector<float>{'e', 'f'}));
  expect_error(ErrorCode::corrupt, "x.bvecs: row 1 has -1 dimensions, the first has 2", [&] { row(file, 1); });
}

TEST(Vecs, SurvivesEveryTruncationAndBitFlip) {
  const std::string good = bvecs({{5, "abcde"}, {5, "fghij"}, {5, "klmno"}});
  const auto read = [](std::span<const std::byte> bytes) {
    const VecsFile file(bytes, "x.bvecs");
    for (std::size_t r = 0; r < file.rows(); ++r) row(file, r);
  };
  EXPECT_TRUE(testing::is_read(good, read));
  // Empty, one row, two rows.
  EXPECT_EQ(testing::count_read_truncated(good, read), 3U);
  EXPECT_GT(testing::count_refused_flips(good, read), 12U * 8U);
}

TEST(Vecs, WantsAKnownEnding) {
  expect_error(ErrorCode::invalid_argument, ".fvecs, .ivecs or .bvecs", [] { VecsFile({}, "x.vecs"); });
  const TemporaryFolder folder;
  expect_error(ErrorCode::invalid_argument, "dimension from 1", [&] { VecsWriter(folder.path() / "x.fvecs", 0); });
  EXPECT_EQ(vecs_type("a/b.ivecs"), TensorType::i32);
  EXPECT_EQ(vecs_type("fvecs"), std::nullopt);
  EXPECT_EQ(folder.n_entries(), 0U);
}

}  // namespace
}  // namespace akin
