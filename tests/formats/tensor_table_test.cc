#include "tensor_table.h"

#include <gtest/gtest.h>

#include "base/throws.h"

namespace akin {
namespace {

using testing::expect_error;

const std::filesystem::path kFile = "model.bin";

TEST(TensorTable, FindsByNameAndKeepsTheOrderOfTheFile) {
  TensorTable table;
  for (const char* name : {"z", "a", "m"}) table.add(TensorView{name, TensorType::f32, {}, {}});
  table.finish(kFile);
  ASSERT_NE(table.find("a", kFile), nullptr);
  EXPECT_EQ(table.find("a", kFile)->name, "a");
  EXPECT_EQ(table.find("b", kFile), nullptr);
  EXPECT_EQ(table.tensors().front().name, "z");
}

TEST(TensorTable, NamesTensorAndTypeThatItDoesNotRead) {
  TensorTable table;
  table.add(TensorView{"a", TensorType::f32, {}, {}});
  table.add(UnreadTensor{"w", "Q4_K", {256}});
  table.finish(kFile);
  expect_error(ErrorCode::unsupported, "model.bin: tensor 'w' has type Q4_K", [&] { return table.find("w", kFile); });
}

TEST(TensorTable, RefusesANameThatIsThereTwice) {
  TensorTable table;
  table.add(TensorView{"a", TensorType::f32, {}, {}});
  table.add(UnreadTensor{"a", "Q4_K", {}});
  expect_error(ErrorCode::corrupt, "tensor 'a' is there twice", [&] { table.finish(kFile); });
}

TEST(TensorTable, FindsNothingInAnEmptyFile) {
  TensorTable table;
  table.finish(kFile);
  EXPECT_EQ(table.find("", kFile), nullptr);
}

}  // namespace
}  // namespace akin
