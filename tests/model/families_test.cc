#include "akin/model/families.h"

#include <gtest/gtest.h>

#include "akin/base/error.h"
#include "akin/formats/safetensors.h"
#include "golden_files.h"

namespace akin {
namespace {

ModelDescription describe(const std::string& name) {
  const auto folder = golden::path("models/" + name);
  const auto weights = open_safetensors(folder);
  return describe_config(read_file(folder / "config.json", 1 << 20), "config.json", *weights);
}

TEST(Families, ReadABertConfigIntoASpec) {
  const TransformerSpec spec = describe("bert").spec;
  EXPECT_EQ(spec.n_layers, 2U);
  EXPECT_EQ(spec.dim, 48U);
  EXPECT_EQ(spec.attention.n_heads, 4U);
  EXPECT_EQ(spec.attention.head_dim, 12U);
  EXPECT_EQ(spec.mlp.dim, 96U);
  EXPECT_EQ(spec.max_positions(), 128U);
  EXPECT_EQ(spec.n_token_types, 2U);
}

TEST(Families, FindTheNamesWithAndWithoutTheTaskModelsPrefix) {
  EXPECT_EQ(describe("bert").names.token_embedding, "embeddings.word_embeddings");
  EXPECT_EQ(describe("bert-mlm-f16").names.token_embedding, "bert.embeddings.word_embeddings");
}

TEST(Families, RefuseAFamilyThatIsNotRunAndListThoseThatAre) {
  const auto weights = open_safetensors(golden::path("models/bert"));
  try {
    describe_config(R"({"model_type": "mamba"})", "x/config.json", *weights);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::unsupported);
    EXPECT_EQ(std::string(error.what()), "x/config.json: model_type 'mamba' is not a family that akin runs; it runs bert, distilbert");
  }
}

TEST(Families, ListEveryTensorOfTheModelOnceInTheSameOrderForEveryNaming) {
  const ModelDescription model = describe("bert");
  ModelDescription gguf = model;
  gguf.names = gguf_tensor_names(model.spec);
  const auto here = tensor_list(model);
  const auto there = tensor_list(gguf);
  ASSERT_EQ(here.size(), there.size());
  EXPECT_EQ(here.size(), 3U + 2U + 2U * 16U);
  EXPECT_EQ(there.front(), "token_embd.weight");
  EXPECT_EQ(there.back(), "blk.1.layer_output_norm.bias");
  const auto weights = open_safetensors(golden::path("models/bert"));
  for (const std::string& name : here) EXPECT_NE(weights->find(name), nullptr) << name;
}

}  // namespace
}  // namespace akin
