#include "akin/model/families.h"

#include <gtest/gtest.h>

#include "akin/base/error.h"
#include "akin/formats/safetensors.h"
#include "akin/model/gguf_layout.h"
#include "golden_model.h"

namespace akin {
namespace {

ModelDescription describe(const std::string& name) {
  const auto folder = golden::path("models/" + name);
  const auto weights = open_safetensors(folder);
  return describe_config(read_file(folder / "config.json", 1 << 20), "config.json", *weights);
}

struct GoldenCase {
  const char* name;
  double tolerance;
};

// Ten times the difference of torch's float32 run from float64, absolute: the reference's own rounding.
constexpr GoldenCase kCases[] = {
    {"bert", 4e-5},
    {"bert-bf16-sharded", 2e-5},
    {"bert-mlm-f16", 2e-5},
    {"bloom", 5e-5},
    {"clip", 9e-5},
    {"distilbert", 3e-5},
    {"falcon", 3e-5},
    {"gemma", 6e-5},
    {"gemma3-bidirectional", 4e-5},
    {"gemma3-text", 4e-5},
    {"gpt-neox", 3e-5},
    {"gpt2", 5e-5},
    {"gte-new", 3e-5},
    {"gte-new-ntk", 2e-4},
    {"jina-bert-v2", 4e-5},
    {"llama", 2e-4},
    {"llama-dynamic", 8e-5},
    {"llama-linear", 7e-5},
    {"llama-yarn", 2e-4},
    {"llama3", 8e-5},
    {"mistral", 2e-4},
    {"modernbert", 4e-4},
    {"mpnet", 4e-5},
    {"mpt", 5e-5},
    {"nomic-bert", 8e-5},
    {"opt", 5e-5},
    {"qwen2", 9e-5},
    {"qwen3", 6e-5},
    {"roberta", 3e-5},
    {"siglip", 7e-5},
    {"t5-gated-gelu", 5e-4},
    {"t5-relu", 2e-4},
    {"xlm-roberta", 2e-5},
};

class EveryFamily : public testing::TestWithParam<GoldenCase> {};

TEST_P(EveryFamily, GivesTheReferencesHiddenStatesAfterEveryLayer) { golden::expect_layers(GetParam().name, GetParam().tolerance); }

TEST_P(EveryFamily, GivesTheSameBitsAloneTogetherAndOnACrew) {
  const golden::Loaded loaded(GetParam().name);
  Context context(2);
  for (const auto type : {kernels::GemmType::f32, kernels::GemmType::bf16, kernels::GemmType::int8}) {
    const Transformer transformer(*loaded.weights, loaded.model, type, context);
    const auto list = golden::inputs(loaded.folder);
    TransformerBuffers buffers;
    std::vector<std::int32_t> ids;
    std::vector<std::size_t> starts = {0};
    for (const auto& input : list) {
      ids.insert(ids.end(), input.ids.begin(), input.ids.end());
      starts.push_back(ids.size());
    }
    Matrix<float> together(ids.size(), loaded.model.spec.dim);
    transformer.forward({ids, {}, starts}, buffers, together.view());
    for (std::size_t k = 0; k < list.size(); ++k) {
      const std::vector<std::size_t> own = {0, list[k].ids.size()};
      Matrix<float> alone(own[1], together.cols()), crewed(own[1], together.cols());
      transformer.forward({list[k].ids, {}, own}, buffers, alone.view());
      Crew crew;
      context.parallel_for(2, 1, [&](std::size_t, std::size_t) {
        crew.join([&] { transformer.forward({list[k].ids, {}, own}, buffers, crewed.view(), crew); });
      });
      for (std::size_t r = 0; r < own[1]; ++r) {
        for (std::size_t c = 0; c < alone.cols(); ++c) {
          ASSERT_EQ(alone(r, c), together(starts[k] + r, c)) << kernels::name_of(type) << " text " << k << " row " << r;
          ASSERT_EQ(alone(r, c), crewed(r, c)) << kernels::name_of(type) << " text " << k << " row " << r;
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Golden, EveryFamily, testing::ValuesIn(kCases), [](const auto& test) {
  std::string name = test.param.name;
  std::ranges::replace(name, '-', '_');
  return name;
});

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
    EXPECT_EQ(std::string(error.what()),
              "x/config.json: model_type 'mamba' is not a family that akin runs; it runs " + supported_families());
  }
}

TEST(Families, ListEveryTensorOfTheModelOnceInTheSameOrderForEveryNaming) {
  const ModelDescription model = describe("bert");
  const auto weights = open_safetensors(golden::path("models/bert"));
  ModelDescription gguf = model;
  gguf.names = gguf_layout(model, *weights).model.names;
  const auto here = tensor_list(model);
  const auto there = tensor_list(gguf);
  ASSERT_EQ(here.size(), there.size());
  EXPECT_EQ(here.size(), 3U + 2U + 2U * 16U);
  EXPECT_EQ(there.front(), "token_embd.weight");
  EXPECT_EQ(there.back(), "blk.1.layer_output_norm.bias");
  for (const std::string& name : here) EXPECT_NE(weights->find(name), nullptr) << name;
}

TEST(Families, ReadTheRotationsOfLayersThatTransformers5Writes) {
  const nlohmann::json parameters = {{"full_attention", {{"rope_type", "linear"}, {"factor", 8.0}, {"rope_theta", 12345.0}}},
                                     {"sliding_attention", {{"rope_type", "default"}, {"rope_theta", 77.0}}}};
  for (const char* name : {"gemma3-text", "modernbert"}) {
    const auto folder = golden::path(std::string("models/") + name);
    nlohmann::json config = golden::json(folder / "config.json");
    for (const char* key : {"rope_theta", "rope_local_base_freq", "rope_scaling", "global_rope_theta", "local_rope_theta"})
      config.erase(key);
    config["rope_parameters"] = parameters;
    const TransformerSpec spec = describe_config(config.dump(), "config.json", *open_safetensors(folder)).spec;
    ASSERT_EQ(spec.ropes.size(), 2U) << name;
    EXPECT_EQ(spec.ropes[0].theta, 12345.0) << name;
    EXPECT_EQ(spec.ropes[1].theta, 77.0) << name;
  }
}

}  // namespace
}  // namespace akin
