#include "akin/formats/safetensors.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/temporary_folder.h"
#include "base/throws.h"
#include "formats/mangle.h"
#include "formats/safetensors_bytes.h"

namespace akin {
namespace {

using testing::bytes_of;
using testing::expect_error;
using testing::file_text;
using testing::safetensors_bytes;
using testing::TemporaryFolder;

const std::string kFolder = AKIN_GOLDEN "/formats/";

std::vector<float> row(const TensorFile& file, std::string_view name, std::size_t r) {
  const TensorView* tensor = file.find(name);
  if (tensor == nullptr) return {};
  std::vector<float> out(tensor->shape.back());
  tensor->row_to_float(r, out);
  return out;
}

std::string entry(const std::string& name, const std::string& dtype, const std::string& shape, std::size_t begin, std::size_t end) {
  return "\"" + name + R"(":{"dtype":")" + dtype + R"(","shape":[)" + shape + R"(],"data_offsets":[)" + std::to_string(begin) + "," +
         std::to_string(end) + "]}";
}

TEST(Safetensors, ReadsWhatTheReferenceWrites) {
  const auto file = open_safetensors(kFolder + "plain.safetensors");
  EXPECT_EQ(file->metadata().at("maker"), "reference");
  ASSERT_EQ(file->tensors().size(), 4U);
  EXPECT_EQ(file->find("weight")->shape, (std::vector<std::size_t>{3, 4}));
  EXPECT_EQ(row(*file, "weight", 1), (std::vector<float>{0, 0.125F, 0.25F, 0.375F}));
  EXPECT_EQ(row(*file, "half", 0), (std::vector<float>{-0.5F, -0.375F, -0.25F}));
  EXPECT_EQ(row(*file, "ids", 0), (std::vector<float>{0, 1, 2, 3, 4}));
  EXPECT_EQ(file->find("empty")->size(), 0U);
  EXPECT_EQ(file->find("nothing"), nullptr);
}

TEST(Safetensors, ListsATypeItDoesNotReadAndRefusesItWhenAsked) {
  const auto file = open_safetensors(kFolder + "plain.safetensors");
  ASSERT_EQ(file->unread().size(), 1U);
  EXPECT_EQ(file->unread()[0].type, "U32");
  expect_error(ErrorCode::unsupported, "plain.safetensors: tensor 'wide' has type U32", [&] { static_cast<void>(file->find("wide")); });
}

TEST(Safetensors, ReadsShardsThroughIndexOrFolder) {
  for (const char* path : {"sharded", "sharded/model.safetensors.index.json"}) {
    const auto file = open_safetensors(kFolder + path);
    ASSERT_EQ(file->tensors().size(), 2U) << path;
    EXPECT_EQ(row(*file, "a", 1), (std::vector<float>{-0.25F, -0.125F}));
    EXPECT_EQ(row(*file, "b", 0), (std::vector<float>{-0.5F, -0.375F, -0.25F}));
  }
}

TEST(Safetensors, SaysWhatAFolderLacks) {
  const TemporaryFolder folder;
  expect_error(ErrorCode::not_found, "neither model.safetensors nor", [&] { open_safetensors(folder.path()); });
  expect_error(ErrorCode::not_found, "none.safetensors", [&] { open_safetensors(folder.path() / "none.safetensors"); });
}

TEST(Safetensors, RefusesAHeaderThatLiesAboutItsLength) {
  const std::string good = safetensors_bytes("{}", 0);
  EXPECT_TRUE(view_safetensors(bytes_of(good), "x")->tensors().empty());
  for (const std::uint64_t length : {std::uint64_t{3}, std::uint64_t{1} << 32, ~std::uint64_t{0}, std::uint64_t{100'000'001}}) {
    std::string bad = good;
    bad.replace(0, 8, reinterpret_cast<const char*>(&length), 8);
    expect_error(ErrorCode::corrupt, "header", [&] { view_safetensors(bytes_of(bad), "x"); });
  }
  expect_error(ErrorCode::corrupt, "the header's length takes 8 bytes, 0 are left", [] { view_safetensors({}, "x"); });
}

TEST(Safetensors, RefusesOffsetsThatDoNotTileTheData) {
  struct Row {
    std::string header;
    std::size_t n_data;
    const char* message;
  };
  const Row table[] = {
      {"{" + entry("a", "F32", "2", 0, 8) + "}", 7, "the data has 7 bytes"},
      {"{" + entry("a", "F32", "2", 0, 8) + "}", 9, "the tensors end at byte 8 of the data, which has 9"},
      {"{" + entry("a", "F32", "2", 1, 9) + "}", 9, "starts at byte 1 of the data, the one before ends at 0"},
      {"{" + entry("a", "F32", "2", 8, 0) + "}", 8, "data_offsets 8 to 0"},
      {"{" + entry("a", "F32", "1", 0, 4) + "," + entry("b", "F32", "1", 2, 6) + "}", 6, "tensor 'b' starts at byte 2"},
      {"{" + entry("a", "F32", "1", 0, 4) + "," + entry("b", "F32", "1", 6, 10) + "}", 10, "the one before ends at 4"},
      {"{" + entry("a", "F32", "1", 0, 4) + "," + entry("b", "F32", "1", 0, 4) + "}", 4, "starts at byte 0"},
      {"{" + entry("a", "F32", "3", 0, 8) + "}", 8, "has 8 bytes of data, its shape and dtype ask for 12"},
      {"{" + entry("a", "F4", "3", 0, 1) + "}", 1, "does not end at a whole byte"},
      {"{" + entry("a", "F32", "4294967296,4294967296", 0, 0) + "}", 0, "product overflows"},
      {"{" + entry("a", "U8", "0,4294967296,4294967296,4294967296", 0, 1) + "}", 1, "ask for 0"},
      {"{" + entry("a", "F32", "2", 0, 18446744073709551615U) + "}", 8, "the data has 8 bytes"},
      {"{" + entry("a", "F32", "1", 0, 4) + "," + entry("a", "F32", "1", 4, 8) + "}", 8, "tensor 'a' is there twice"},
      {"{}", 1, "the tensors end at byte 0"},
  };
  for (const Row& bad : table) {
    SCOPED_TRACE(bad.header);
    expect_error(ErrorCode::corrupt, bad.message, [&] { view_safetensors(bytes_of(safetensors_bytes(bad.header, bad.n_data)), "x"); });
  }
}

TEST(Safetensors, TakesTensorsInAnyOrderAndEmptyOnes) {
  const std::string text = safetensors_bytes(
      "{" + entry("b", "U8", "2", 4, 6) + "," + entry("e", "F32", "0,3", 4, 4) + "," + entry("a", "F32", "", 0, 4) + "}", 6);
  const auto file = view_safetensors(bytes_of(text), "x");
  EXPECT_EQ(row(*file, "b", 0), (std::vector<float>{4, 5}));
  EXPECT_EQ(file->find("a")->bytes.size(), 4U);
  EXPECT_EQ(file->find("e")->bytes.size(), 0U);
}

TEST(Safetensors, SurvivesEveryTruncationAndBitFlip) {
  const std::string good = file_text(kFolder + "plain.safetensors");
  const auto read = [](std::span<const std::byte> bytes) {
    const auto file = view_safetensors(bytes, "x");
    for (const TensorView& tensor : file->tensors()) {
      if (tensor.size() == 0) continue;
      std::vector<float> out(tensor.shape.empty() ? 1 : tensor.shape.back());
      tensor.row_to_float(tensor.size() / out.size() - 1, out);
    }
  };
  EXPECT_TRUE(testing::is_read(good, read));
  EXPECT_EQ(testing::count_read_truncated(good, read), 0U);
  EXPECT_GT(testing::count_refused_flips(good, read), good.size());
}

std::string index_of(const std::string& map) { return R"({"weight_map":{)" + map + "}}"; }

TEST(ShardedSafetensors, RefusesAnIndexThatLeavesItsFolder) {
  const TemporaryFolder folder;
  const auto inner = folder.path() / "model";
  std::filesystem::create_directory(inner);
  const std::string shard = safetensors_bytes("{" + entry("a", "U8", "1", 0, 1) + "}", 1);
  folder.write("out.safetensors", shard);
  for (const std::string& name : {std::string("../out.safetensors"), (folder.path() / "out.safetensors").string(),
                                  std::string("x/../../out.safetensors"), std::string(".."), std::string(), std::string("..\\\\out")}) {
    folder.write("model/model.safetensors.index.json", index_of(R"("a":")" + name + "\""));
    expect_error(ErrorCode::corrupt, "not one of this folder", [&] { open_safetensors(inner); });
  }
}

TEST(ShardedSafetensors, RefuseAnIndexThatNamesItself) {
  const TemporaryFolder folder;
  folder.write("model.safetensors.index.json", R"({"weight_map": {"a": "model.safetensors.index.json"}})");
  expect_error(ErrorCode::corrupt, "model.safetensors.index.json: ", [&] { open_safetensors(folder.path()); });
}

TEST(ShardedSafetensors, MissAShardOrATensorWithAClearLine) {
  const TemporaryFolder folder;
  folder.write("1.safetensors", safetensors_bytes("{" + entry("a", "U8", "1", 0, 1) + "}", 1));
  folder.write("2.safetensors", safetensors_bytes("{" + entry("b", "U8", "1", 0, 1) + "}", 1));
  const auto index = folder.write("model.safetensors.index.json", index_of(R"("a":"1.safetensors","b":"3.safetensors")"));
  expect_error(ErrorCode::not_found, "'3.safetensors', which is not there", [&] { open_safetensors(folder.path()); });
  folder.write("model.safetensors.index.json", index_of(R"("a":"1.safetensors","c":"2.safetensors")"));
  expect_error(ErrorCode::corrupt, "tensor 'c' should be in '2.safetensors', it is not", [&] { open_safetensors(folder.path()); });
  folder.write("model.safetensors.index.json", index_of(R"("a":"1.safetensors","b":"1.safetensors")"));
  expect_error(ErrorCode::corrupt, "tensor 'b' should be in '1.safetensors'", [&] { open_safetensors(index); });
}

TEST(ShardedSafetensors, NamesTheShardThatIsBroken) {
  const TemporaryFolder folder;
  folder.write("1.safetensors", "short");
  folder.write("model.safetensors.index.json", index_of(R"("a":"1.safetensors")"));
  expect_error(ErrorCode::corrupt, "1.safetensors: at byte 0", [&] { open_safetensors(folder.path()); });
}

TEST(ShardedSafetensors, TakeATensorFromTheShardThatTheIndexNames) {
  const TemporaryFolder folder;
  const std::string header = "{" + entry("a", "U8", "2", 0, 2) + "," + entry("b", "U8", "1", 2, 3) + "}";
  folder.write("1.safetensors", safetensors_bytes(header, 3));
  folder.write("2.safetensors", safetensors_bytes("{" + entry("b", "U8", "2", 0, 2) + "}", 2));
  folder.write("model.safetensors.index.json", index_of(R"("a":"1.safetensors","b":"2.safetensors")"));
  const auto file = open_safetensors(folder.path());
  EXPECT_EQ(file->tensors().size(), 2U);
  EXPECT_EQ(file->find("b")->size(), 2U);
}

}  // namespace
}  // namespace akin
