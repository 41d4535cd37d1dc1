#include "akin/formats/npy.h"

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

const std::string kFolder = AKIN_GOLDEN "/formats/";

std::vector<float> row(const TensorView& tensor, std::size_t r) {
  std::vector<float> out(tensor.shape.empty() ? 1 : tensor.shape.back());
  tensor.row_to_float(r, out);
  return out;
}

std::string npy_bytes(const std::string& dict, std::size_t n_data) {
  std::string out("\x93NUMPY\x01\x00", 8);
  out += static_cast<char>(dict.size() & 0xFF);
  out += static_cast<char>(dict.size() >> 8);
  return out + dict + std::string(n_data, '\0');
}

TEST(Npy, ReadsTheFloatsThatNumPyWrites) {
  for (const char* name : {"f2", "f4", "f8", "version2", "version3"}) {
    const NpyFile file(kFolder + name + ".npy");
    EXPECT_EQ(file.tensor().shape, (std::vector<std::size_t>{3, 4})) << name;
    EXPECT_EQ(row(file.tensor(), 1), (std::vector<float>{1, 1.25F, 1.5F, 1.75F})) << name;
  }
}

TEST(Npy, ReadsTheIntegersThatNumPyWrites) {
  for (const char* name : {"i1", "i2", "i4", "i8", "u1"})
    EXPECT_EQ(row(NpyFile(kFolder + name + ".npy").tensor(), 2), (std::vector<float>{2, 2, 2, 2})) << name;
  EXPECT_EQ(row(NpyFile(kFolder + "bool.npy").tensor(), 1), (std::vector<float>{0, 1, 1, 1}));
}

TEST(Npy, ReadsListsScalarsAndEmptyArrays) {
  EXPECT_EQ(NpyFile(kFolder + "list.npy").tensor().shape, (std::vector<std::size_t>{4}));
  EXPECT_EQ(row(NpyFile(kFolder + "scalar.npy").tensor(), 0), (std::vector<float>{0.75F}));
  EXPECT_EQ(NpyFile(kFolder + "empty.npy").tensor().shape, (std::vector<std::size_t>{0, 4}));
}

TEST(Npy, SaysWhatItDoesNotRead) {
  expect_error(ErrorCode::unsupported, "Fortran order; save numpy.ascontiguousarray", [] { NpyFile(kFolder + "fortran.npy"); });
  expect_error(ErrorCode::unsupported, "dtype '>f4' is big-endian", [] { NpyFile(kFolder + "big_endian.npy"); });
  expect_error(ErrorCode::unsupported, "array of structures", [] { NpyFile(kFolder + "structure.npy"); });
  expect_error(ErrorCode::unsupported, "dtype '|O'", [] { NpyFile(kFolder + "object.npy"); });
  const std::string version4("\x93NUMPY\x04\x00\x00\x00", 10);
  expect_error(ErrorCode::unsupported, "version 4.0", [&] { NpyFile(bytes_of(version4), "x.npy"); });
}

TEST(Npy, TakesKeysInAnyOrderAndOldSpellings) {
  const std::string text = npy_bytes(R"({"shape": (2L, 3L), 'fortran_order': False, 'descr': '<f4'})", 24);
  EXPECT_EQ(NpyFile(bytes_of(text), "x.npy").tensor().shape, (std::vector<std::size_t>{2, 3}));
  const std::string row_of_fortran = npy_bytes("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 3), }", 12);
  EXPECT_EQ(NpyFile(bytes_of(row_of_fortran), "x.npy").tensor().size(), 3U);
}

TEST(Npy, RefusesHeadersThatBreakTheRules) {
  struct Row {
    std::string dict;
    std::size_t n_data;
    const char* message;
  };
  const std::string start = "{'descr': '<f4', 'fortran_order': False, 'shape': ";
  const Row table[] = {
      {"", 0, "'{' is wanted"},
      {"{}", 0, "one is missing"},
      {"{'descr': '<f4', 'shape': (1,)}", 4, "one is missing"},
      {start + "(1,), }x", 4, "text after the closing brace"},
      {start + "(1,), 'more': 1}", 4, "unknown key 'more'"},
      {start + "(1,), 'shape': (1,)}", 4, "key 'shape' is there twice"},
      {start + "(-1,)}", 4, "a whole number is wanted"},
      {start + "(1 2)}", 8, "')' is wanted"},
      {start + "(1", 4, "')' is wanted"},
      {start + "(99999999999999999999,)}", 4, "a dimension is too large"},
      {start + "(4294967296, 4294967296)}", 4, "product overflows"},
      {start + "(2,)}", 7, "the array takes 8 bytes, 7 are left"},
      {start + "(1000000000000,)}", 8, "the array takes 4000000000000 bytes"},
      {start + "(2,)}", 9, "1 bytes after the array's end"},
      {"{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}", 4, "True or False is wanted"},
      {"{'descr': <f4, 'fortran_order': False, 'shape': (1,)}", 4, "a quoted word is wanted"},
      {"{'descr': '<f4", 4, "a quote is not closed"},
  };
  for (const Row& bad : table) {
    SCOPED_TRACE(bad.dict);
    expect_error(ErrorCode::corrupt, bad.message, [&] { NpyFile(bytes_of(npy_bytes(bad.dict, bad.n_data)), "x.npy"); });
  }
  std::string many = start + "(";
  for (int i = 0; i < 65; ++i) many += "1,";
  expect_error(ErrorCode::corrupt, "more than 64 dimensions", [&] { NpyFile(bytes_of(npy_bytes(many + ")}", 4)), "x.npy"); });
  const std::string long_header("\x93NUMPY\x02\x00\xFF\xFF\xFF\x7F", 12);
  expect_error(ErrorCode::corrupt, "a header of 2147483647 bytes", [&] { NpyFile(bytes_of(long_header), "x.npy"); });
}

TEST(Npy, SurvivesEveryTruncationAndBitFlip) {
  const auto read = [](std::span<const std::byte> bytes) {
    const NpyFile file(bytes, "x.npy");
    if (file.tensor().size() > 0) row(file.tensor(), 0);
  };
  for (const char* name : {"f4", "f2", "version2"}) {
    const std::string good = file_text(kFolder + name + ".npy");
    EXPECT_TRUE(testing::is_read(good, read));
    EXPECT_EQ(testing::count_read_truncated(good, read), 0U);
    EXPECT_GT(testing::count_refused_flips(good, read), good.size());
  }
}

TEST(NpyWriter, WritesWhatItReads) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "x.npy";
  NpyWriter writer(path, TensorType::f32, {2});
  const std::vector<float> numbers = {1, 2, 3, 4, 5, 6};
  writer.append(std::as_bytes(std::span(numbers)));
  EXPECT_FALSE(std::filesystem::exists(path));
  writer.commit();
  const NpyFile file(path);
  EXPECT_EQ(file.tensor().shape, (std::vector<std::size_t>{3, 2}));
  EXPECT_EQ(row(file.tensor(), 2), (std::vector<float>{5, 6}));
  EXPECT_EQ((file_text(path.string()).size() - sizeof(float) * 6) % 64, 0U);
}

TEST(NpyWriter, WritesListsAndHigherDimensions) {
  const TemporaryFolder folder;
  const std::vector<std::int64_t> ids = {5, 6, 7, 8};
  for (const auto& [shape, whole] : {std::pair{std::vector<std::size_t>{}, std::vector<std::size_t>{4}},
                                     std::pair{std::vector<std::size_t>{1, 2}, std::vector<std::size_t>{2, 1, 2}}}) {
    NpyWriter writer(folder.path() / "x.npy", TensorType::i64, shape);
    writer.append(std::as_bytes(std::span(ids)));
    writer.commit();
    EXPECT_EQ(NpyFile(folder.path() / "x.npy").tensor().shape, whole);
  }
}

TEST(NpyWriter, RefusesWhatTheFormatCannotHold) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "x.npy";
  expect_error(ErrorCode::unsupported, "no dtype for BF16", [&] { NpyWriter(path, TensorType::bf16, {2}); });
  expect_error(ErrorCode::invalid_argument, "at least one number", [&] { NpyWriter(path, TensorType::f32, {0}); });
  NpyWriter writer(path, TensorType::f32, {2});
  expect_error(ErrorCode::invalid_argument, "whole rows", [&] { writer.append(std::vector<std::byte>(4)); });
}

}  // namespace
}  // namespace akin
