#include "akin/model/head.h"

#include <gtest/gtest.h>

#include "akin/base/error.h"
#include "golden_model.h"

namespace akin {
namespace {

class EveryHead : public testing::TestWithParam<const char*> {};

TEST_P(EveryHead, GivesTheReferencesScoresForTheLastToken) {
  const golden::Loaded golden(GetParam());
  Context context(2);
  const Transformer transformer(*golden.weights, golden.model, kernels::GemmType::f32, context);
  const LanguageHead head(*golden.weights, golden.model);
  TransformerBuffers buffers;
  for (const auto& input : golden::inputs(golden.folder)) {
    const std::vector<std::size_t> starts = {0, input.ids.size()};
    Matrix<float> hidden(input.ids.size(), golden.model.spec.dim), scores(1, head.vocabulary_size());
    transformer.forward({input.ids, input.types, starts}, buffers, hidden.view());
    head.forward(hidden.row(hidden.rows() - 1), scores.row(0), context);
    const TensorView* want = golden.expected->find(input.key + ".logits_last");
    ASSERT_NE(want, nullptr);
    // Scores are sums of 48 products of hidden states that differ by up to 2e-4 (see families_test.cc) with weights of up to about 1.
    EXPECT_LE(golden::largest_difference(scores.view(), *want), 5e-4) << input.key;
  }
}

INSTANTIATE_TEST_SUITE_P(Golden, EveryHead,
                         testing::Values("bert-mlm-f16", "bloom", "falcon", "gemma", "gemma3-text", "gpt-neox", "gpt2", "llama",
                                         "llama-linear", "llama3", "mistral", "mpt", "opt", "qwen2", "qwen3"),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST(LanguageHead, KnowsWhetherItIsTied) {
  EXPECT_TRUE(LanguageHead(*golden::Loaded("gpt2").weights, golden::Loaded("gpt2").model).is_tied());
  EXPECT_FALSE(LanguageHead(*golden::Loaded("llama").weights, golden::Loaded("llama").model).is_tied());
}

TEST(LanguageHead, IsRefusedForAModelWithoutOne) {
  const golden::Loaded golden("mpnet");
  try {
    const LanguageHead head(*golden.weights, golden.model);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::unsupported);
    EXPECT_NE(std::string(error.what()).find("mpnet model has no head"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace akin
