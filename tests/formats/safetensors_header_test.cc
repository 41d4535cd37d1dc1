#include "safetensors_header.h"

#include <gtest/gtest.h>

#include "base/throws.h"

namespace akin {
namespace {

using testing::error_of;
using testing::expect_error;

const std::filesystem::path kFile = "m.safetensors";

TEST(SafetensorsHeader, ReadsTensorsInTheOrderOfTheText) {
  const auto header = parse_safetensors_header(
      R"({"b":{"dtype":"F16","shape":[2,3],"data_offsets":[4,16]},"a":{"shape":[],"data_offsets":[0,4],"dtype":"F32"},)"
      R"("__metadata__":{"format":"pt","ключ":""}}   )",
      kFile);
  ASSERT_EQ(header.tensors.size(), 2U);
  EXPECT_EQ(header.tensors[0].name, "b");
  EXPECT_EQ(header.tensors[0].type->name, "F16");
  EXPECT_EQ(header.tensors[0].shape, (std::vector<std::size_t>{2, 3}));
  EXPECT_EQ(header.tensors[0].begin, 4U);
  EXPECT_EQ(header.tensors[0].end, 16U);
  EXPECT_TRUE(header.tensors[1].shape.empty());
  EXPECT_EQ(header.metadata.at("format"), "pt");
  EXPECT_EQ(header.metadata.at("ключ"), "");
  EXPECT_TRUE(parse_safetensors_header("{}", kFile).tensors.empty());
}

struct BadText {
  const char* text;
  const char* message;
};

TEST(SafetensorsHeader, RefusesWhateverTheFormatDoesNotAllow) {
  const BadText table[] = {
      {"", "does not start with '{'"},
      {" {}", "does not start with '{'"},
      {"[]", "does not start with '{'"},
      {"{", "not JSON"},
      {"{} x", "not JSON"},
      {"{}{}", "not JSON"},
      {"{\"a\":}", "not JSON"},
      {"{\"\xFF\":{}}", "not JSON"},
      {R"({"a":1})", "a number where an object is wanted, in tensor 'a'"},
      {R"({"a":[]})", "an array where an object is wanted"},
      {R"({"a":"b"})", "a string where an object is wanted"},
      {R"({"a":null})", "null where an object is wanted"},
      {R"({"a":true})", "a boolean where an object is wanted"},
      {R"({"a":{}})", "tensor 'a' has no dtype"},
      {R"({"a":{"dtype":"F32"}})", "tensor 'a' has no shape"},
      {R"({"a":{"dtype":"F32","shape":[]}})", "tensor 'a' has no data_offsets"},
      {R"({"a":{"dtype":"F33","shape":[],"data_offsets":[0,4]}})", "unknown dtype 'F33'"},
      {R"({"a":{"dtype":4,"shape":[],"data_offsets":[0,4]}})", "a number where a string is wanted"},
      {R"({"a":{"dtype":"F32","dtype":"F32","shape":[],"data_offsets":[0,4]}})", "the field 'dtype' twice"},
      {R"({"a":{"dtype":"F32","shape":[],"data_offsets":[0,4],"extra":1}})", "unknown field 'extra'"},
      {R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", "a negative number where a whole number is wanted"},
      {R"({"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}})", "a fraction"},
      {R"({"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}})", "past 2^64"},
      {R"({"a":{"dtype":"F32","shape":[18446744073709551615],"data_offsets":[0,4]}})", "dimension of 18446744073709551615"},
      {R"({"a":{"dtype":"F32","shape":[[1]],"data_offsets":[0,4]}})", "an array where a whole number is wanted"},
      {R"({"a":{"dtype":"F32","shape":4,"data_offsets":[0,4]}})", "a number where an array of whole numbers is wanted"},
      {R"({"a":{"dtype":"F32","shape":[],"data_offsets":[0]}})", "data_offsets has 1 numbers, 2 are wanted"},
      {R"({"a":{"dtype":"F32","shape":[],"data_offsets":[0,4,4]}})", "where the end of two offsets is wanted"},
      {R"({"a":{"dtype":"F32","shape":[],"data_offsets":{}}})", "an object where an array"},
      {R"({"__metadata__":{"a":1}})", "__metadata__ holds strings only"},
      {R"({"__metadata__":{"a":{}}})", "__metadata__ holds strings only"},
      {R"({"__metadata__":{"a":"1","a":"2"}})", "the key 'a' twice"},
      {R"({"__metadata__":{},"__metadata__":{}})", "__metadata__ is there twice"},
      {R"({"__metadata__":"x"})", "a string where an object is wanted"},
  };
  for (const BadText& row : table) {
    SCOPED_TRACE(row.text);
    expect_error(ErrorCode::corrupt, row.message, [&] { parse_safetensors_header(row.text, kFile); });
    expect_error(ErrorCode::corrupt, "m.safetensors: the header", [&] { parse_safetensors_header(row.text, kFile); });
  }
  using namespace std::string_view_literals;
  expect_error(ErrorCode::corrupt, "NUL", [] { parse_safetensors_header("{}\0 anything"sv, kFile); });
}

TEST(SafetensorsHeader, IsNotDrownedByDeepNesting) {
  for (const std::string opening : {"[", "{\"a\":"}) {
    std::string deep = R"({"a":)";
    for (int i = 0; i < 100'000; ++i) deep += opening;
    expect_error(ErrorCode::corrupt, "tensor 'a'", [&] { parse_safetensors_header(deep, kFile); });
    std::string in_metadata = R"({"metadata":)";
    for (int i = 0; i < 100'000; ++i) in_metadata += opening;
    expect_error(ErrorCode::corrupt, "nested more than 16 deep", [&] { parse_safetensors_index(in_metadata, kFile); });
  }
}

TEST(SafetensorsHeader, RefusesMoreThan32Dimensions) {
  std::string shape = "1";
  for (int i = 0; i < 32; ++i) shape += ",1";
  expect_error(ErrorCode::corrupt, "more than 32 dimensions",
               [&] { parse_safetensors_header(R"({"a":{"dtype":"F32","data_offsets":[0,4],"shape":[)" + shape + "]}}", kFile); });
}

TEST(SafetensorsIndex, ReadsTheWeightMapAndPassesOverTheRest) {
  const auto entries = parse_safetensors_index(
      R"({"metadata":{"total_size":5,"x":[1,-2,2.5,null,{"weight_map":{"no":"no"}}]},"weight_map":{"b":"2","a":"1"},"more":"text"})",
      kFile);
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].tensor, "b");
  EXPECT_EQ(entries[0].shard, "2");
  EXPECT_EQ(entries[1].tensor, "a");
}

TEST(SafetensorsIndex, RefusesWhateverIsNotAMapOfNames) {
  const BadText table[] = {
      {"{}", "no weight_map"},
      {R"({"weight_map":[]})", "an array where weight_map's object is wanted"},
      {R"({"weight_map":"a"})", "a string where weight_map's object is wanted"},
      {R"({"weight_map":{"a":1}})", "a number where a file's name is wanted"},
      {R"({"weight_map":{"a":null}})", "null where a file's name is wanted"},
      {R"({"weight_map":{"a":["b"]}})", "an array where a file's name is wanted"},
      {R"({"weight_map":{"a":{"b":"c"}}})", "an object where a file's name is wanted"},
      {R"({"weight_map":{"a":"b","a":"b"}})", "the tensor 'a' twice"},
      {R"({"weight_map":{},"weight_map":{}})", "weight_map is there twice"},
      {R"({"weight_map":{"a":"b"})", "not JSON"},
  };
  for (const BadText& row : table) {
    SCOPED_TRACE(row.text);
    expect_error(ErrorCode::corrupt, row.message, [&] { parse_safetensors_index(row.text, kFile); });
  }
}

TEST(SafetensorsTypes, KnowTheNamesOfTheFormat) {
  EXPECT_EQ(safetensors_type("BF16")->read_as, TensorType::bf16);
  EXPECT_FALSE(safetensors_type("F8_E4M3")->read_as.has_value());
  EXPECT_EQ(safetensors_type("F6_E2M3")->bits, 6U);
  EXPECT_EQ(safetensors_type("f32"), nullptr);
}

}  // namespace
}  // namespace akin
