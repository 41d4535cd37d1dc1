#include "akin/model/gguf_layout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "base/temporary_folder.h"
#include "base/throws.h"
#include "golden_model.h"

namespace akin {
namespace {

using akin::testing::expect_error;
using akin::testing::TemporaryFolder;
using golden::Loaded;

std::filesystem::path written(const TemporaryFolder& folder, const Loaded& golden) {
  const GgufLayout layout = gguf_layout(golden.model, *golden.weights);
  GgufWriter writer;
  add_gguf_keys(writer, layout);
  for (const GgufTensor& made : layout.tensors) writer.add_tensor(made.rows, TensorType::f32);
  for (const GgufTensor& made : layout.head) writer.add_tensor(made.rows, TensorType::f32);
  const auto path = folder.path() / "model.gguf";
  writer.write(path);
  return path;
}

Matrix<float> hidden_states(const TensorFile& weights, const ModelDescription& model, const golden::Input& input) {
  Context context(1);
  const Transformer transformer(weights, model, kernels::GemmType::f32, context);
  TransformerBuffers buffers;
  const std::vector<std::size_t> starts = {0, input.ids.size()};
  Matrix<float> hidden(input.ids.size(), model.spec.dim);
  transformer.forward({input.ids, input.types, starts}, buffers, hidden.view());
  return hidden;
}

class EveryArchitecture : public ::testing::TestWithParam<const char*> {};

TEST_P(EveryArchitecture, ComesBackAsTheSameSpecAndTheSameBits) {
  const Loaded golden(GetParam());
  const TemporaryFolder folder;
  const GgufFile file(written(folder, golden));
  const ModelDescription back = describe_gguf(file);
  const std::vector<SpecField> wanted = spec_fields(gguf_layout(golden.model, *golden.weights).model.spec), found = spec_fields(back.spec);
  ASSERT_EQ(found.size(), wanted.size());
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i].name + "=" + found[i].value, wanted[i].name + "=" + wanted[i].value);
  EXPECT_EQ(back.family, golden.model.family);
  EXPECT_EQ(back.spec.max_positions(), golden.model.spec.max_positions());
  for (const golden::Input& input : golden::inputs(golden.folder)) {
    const Matrix<float> want = hidden_states(*golden.weights, golden.model, input), got = hidden_states(file, back, input);
    ASSERT_EQ(std::memcmp(got.data(), want.data(), want.size() * sizeof(float)), 0) << input.key;
  }
}

TEST_P(EveryArchitecture, KeepsTheHeadThatScoresTokens) {
  const Loaded golden(GetParam());
  if (!golden.model.head || !golden.model.head->transform.empty()) return;  // BERT's has no name in llama.cpp
  const TemporaryFolder folder;
  const GgufFile file(written(folder, golden));
  const ModelDescription back = describe_gguf(file);
  ASSERT_TRUE(back.head.has_value());
  EXPECT_EQ(back.head->tied, golden.model.head->tied);
  EXPECT_EQ(back.head->output, back.head->tied ? "" : "output");
}

INSTANTIATE_TEST_SUITE_P(Golden, EveryArchitecture,
                         ::testing::Values("bert", "bert-bf16-sharded", "bert-mlm-f16", "bloom", "distilbert", "falcon", "gemma",
                                           "gemma3-bidirectional", "gemma3-text", "gpt-neox", "gpt2", "jina-bert-v2", "llama",
                                           "llama-dynamic", "llama-linear", "llama-yarn", "llama3", "mistral", "modernbert", "mpt",
                                           "nomic-bert", "qwen2", "qwen3", "roberta", "t5-gated-gelu", "t5-relu", "xlm-roberta"),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

/// llama.cpp's converter and ours make the same tensors, to the bit.
TEST(GgufLayout, IsThatOfLlamaCppsConverter) {
  for (const char* name : {"bert",     "roberta", "nomic-bert", "jina-bert-v2", "modernbert",  "t5-gated-gelu",       "gpt2",
                           "gpt-neox", "bloom",   "mpt",        "falcon",       "llama",       "llama-linear",        "llama-yarn",
                           "mistral",  "qwen2",   "qwen3",      "gemma",        "gemma3-text", "gemma3-bidirectional"}) {
    const Loaded golden(name);
    const TemporaryFolder folder;
    const GgufFile ours(written(folder, golden)), theirs(golden::path(std::string("gguf/") + name + ".gguf"));
    EXPECT_EQ(ours.string("general.architecture"), theirs.string("general.architecture")) << name;
    ASSERT_EQ(ours.tensors().size(), theirs.tensors().size()) << name;
    for (const TensorView& want : theirs.tensors()) {
      const TensorView* got = ours.find(want.name);
      ASSERT_NE(got, nullptr) << name << " " << want.name;
      EXPECT_EQ(got->shape, want.shape) << name << " " << want.name;
      EXPECT_TRUE(std::ranges::equal(got->bytes, want.bytes)) << name << " " << want.name;
    }
  }
}

TEST(GgufLayout, OfAGgufFileChangesNothing) {
  for (const char* name : {"llama3", "gemma3-text", "nomic-bert"}) {
    const GgufFile file(golden::path(std::string("gguf/") + name + ".gguf"));
    const GgufLayout layout = gguf_layout(describe_gguf(file), file);
    for (const GgufTensor& made : layout.tensors) EXPECT_EQ(made.whole, file.find(made.rows.name)) << name << " " << made.rows.name;
    EXPECT_EQ(spec_fields(layout.model.spec), spec_fields(describe_gguf(file).spec)) << name;
  }
}

TEST(GgufLayout, OfAFamilyThatLlamaCppDoesNotKnowHasNoKeys) {
  for (const char* name : {"mpnet", "gte-new", "opt"}) {
    const Loaded golden(name);
    const GgufLayout layout = gguf_layout(golden.model, *golden.weights);
    EXPECT_EQ(layout.architecture, "") << name;
    EXPECT_EQ(layout.tensors.front().rows.name, "token_embd.weight") << name;
    GgufWriter writer;
    expect_error(ErrorCode::unsupported, "GGUF has no architecture for " + golden.model.family + " models",
                 [&] { add_gguf_keys(writer, layout); });
  }
}

TEST(GgufLayout, NamesAWeightThatIsMissing) {
  Loaded golden("bert");
  golden.model.names.down = "encoder.layer.{}.elsewhere";
  expect_error(ErrorCode::not_found, "tensor 'encoder.layer.0.elsewhere.weight' is missing",
               [&] { static_cast<void>(gguf_layout(golden.model, *golden.weights)); });
}

}  // namespace
}  // namespace akin
