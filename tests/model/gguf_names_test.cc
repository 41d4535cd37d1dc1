#include <gtest/gtest.h>

#include <filesystem>

#include "akin/base/error.h"
#include "akin/formats/gguf.h"
#include "akin/model/families.h"

namespace akin {
namespace {

namespace fs = std::filesystem;

/// A GGUF file with the keys of a small encoder and the two tables that give sizes.
fs::path write_model(const std::string& name, const std::string& architecture, std::uint32_t n_heads) {
  const fs::path path = fs::temp_directory_path() / ("akin_gguf_names_" + name + ".gguf");
  std::vector<float> numbers(40 * 32, 0.5F);
  GgufWriter writer;
  writer.add("general.architecture", architecture);
  writer.add("bert.block_count", std::uint32_t{2});
  writer.add("bert.context_length", std::uint32_t{16});
  writer.add("bert.embedding_length", std::uint32_t{32});
  writer.add("bert.feed_forward_length", std::uint32_t{64});
  writer.add("bert.attention.head_count", n_heads);
  writer.add("bert.attention.layer_norm_epsilon", 1e-12F);
  const auto bytes = std::as_bytes(std::span(numbers));
  writer.add_tensor({"token_embd.weight", TensorType::f32, {40, 32}, bytes}, TensorType::f32);
  writer.add_tensor({"token_types.weight", TensorType::f32, {2, 32}, bytes.first(2 * 32 * 4)}, TensorType::f32);
  writer.write(path);
  return path;
}

TEST(GgufNames, ReadTheSpecFromLlamaCppKeys) {
  const fs::path path = write_model("good", "bert", 4);
  const ModelDescription model = describe_gguf(GgufFile(path));
  EXPECT_EQ(model.family, "bert");
  EXPECT_EQ(model.spec.vocabulary_size, 40U);
  EXPECT_EQ(model.spec.n_token_types, 2U);
  EXPECT_EQ(model.spec.attention.head_dim, 8U);
  EXPECT_EQ(model.spec.max_positions(), 16U);
  EXPECT_EQ(model.spec.mlp.activation, kernels::Activation::gelu);
  EXPECT_EQ(layer_name(model.names.up, 1), "blk.1.ffn_up");
  fs::remove(path);
}

TEST(GgufNames, RefuseAnotherArchitectureAndHeadsThatDoNotDivide) {
  const fs::path other = write_model("other", "falcon", 4);
  EXPECT_THROW(describe_gguf(GgufFile(other)), Error);
  const fs::path uneven = write_model("uneven", "bert", 5);
  EXPECT_THROW(describe_gguf(GgufFile(uneven)), Error);
  fs::remove(other);
  fs::remove(uneven);
}

}  // namespace
}  // namespace akin
