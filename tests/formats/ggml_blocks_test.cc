#include "ggml_blocks.h"

#include <gtest/gtest.h>

#include <bit>
#include <string>
#include <vector>

#include "akin/formats/gguf.h"
#include "akin/formats/safetensors.h"
#include "base/throws.h"

namespace akin {
namespace {

using testing::expect_error;

const std::string kFolder = AKIN_GOLDEN "/formats/";

TEST(GgmlBlocks, OfEveryTypeDecodeToTheReferencesNumbers) {
  const GgufFile file(kFolder + "blocks.gguf");
  const auto expected = open_safetensors(kFolder + "blocks.safetensors");
  ASSERT_EQ(expected->tensors().size(), 15U);
  for (const TensorView& want : expected->tensors()) {
    const TensorView* blocks = file.find(want.name);
    ASSERT_NE(blocks, nullptr) << want.name;
    EXPECT_EQ(name_of(blocks->type), want.name);
    ASSERT_EQ(blocks->shape, want.shape) << want.name;
    std::vector<float> got(want.shape[1]), numbers(want.shape[1]);
    for (std::size_t r = 0; r < want.shape[0]; ++r) {
      blocks->row_to_float(r, got);
      want.row_to_float(r, numbers);
      for (std::size_t i = 0; i < got.size(); ++i) {
        ASSERT_EQ(std::bit_cast<std::uint32_t>(got[i] + 0.0F), std::bit_cast<std::uint32_t>(numbers[i] + 0.0F))  // −0 is 0
            << want.name << " row " << r << ", number " << i << ": " << got[i] << ", the reference says " << numbers[i];
      }
    }
  }
}

TEST(GgmlBlocks, HaveTheSizesOfTheirFormats) {
  EXPECT_EQ(block_size(TensorType::f32), 1U);
  EXPECT_EQ(block_size(TensorType::q8_0), 32U);
  EXPECT_EQ(block_size(TensorType::q6_k), 256U);
  EXPECT_EQ(byte_size(TensorType::q4_k, 512), 288U);
  expect_error(ErrorCode::invalid_argument, "Q4_K: the number of elements is not a multiple of 256",
               [] { static_cast<void>(byte_size(TensorType::q4_k, 255)); });
}

TEST(GgmlBlocks, OfOtherTypesAreRefusedByName) {
  const GgufFile file(kFolder + "blocks.gguf");
  for (const char* name : {"IQ2_XXS", "IQ1_M"}) {
    expect_error(ErrorCode::unsupported, "tensor '" + std::string(name) + "' has type " + name + "; akin reads F32,",
                 [&] { static_cast<void>(file.find(name)); });
  }
}

}  // namespace
}  // namespace akin
