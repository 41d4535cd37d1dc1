#include "akin/train/lm_model.h"

#include <gtest/gtest.h>

#include <cmath>

#include "akin/base/mapped_file.h"
#include "akin/formats/safetensors.h"
#include "akin/model/families.h"
#include "akin/model/head.h"
#include "akin/nn/sinusoidal.h"
#include "base/throws.h"
#include "lm_fixture.h"

namespace akin {
namespace {

TEST(LmModel, IsReadBackAsTheModelThatItIs) {
  for (const LmShape& shape : every_shape()) {
    LmModel model(shape, 1);
    const TestFolder folder;
    model.write(folder.path());
    const auto file = open_safetensors(folder.path());
    const ModelDescription read = describe_config(read_file(folder / "config.json", 1 << 20), "config.json", *file);
    EXPECT_EQ(read.family, lm_family(shape));
    EXPECT_EQ(spec_fields(read.spec), spec_fields(model.description().spec)) << name_of(shape);
    EXPECT_EQ(read.head.has_value(), true);
    EXPECT_NO_THROW(LanguageHead(*file, read)) << name_of(shape);
    Context context(1);
    EXPECT_NO_THROW(Transformer(*file, read, kernels::GemmType::f32, context)) << name_of(shape);
    EXPECT_EQ(file->tensors().size(), model.parameters().list().size());
  }
}

TEST(LmModel, BeginsWithTheSameNumbersForASeed) {
  const LmShape shape = tiny_shape(LmObjective::causal, LmPositions::learned);
  const LmModel a(shape, 1), b(shape, 1), c(shape, 2);
  EXPECT_TRUE(std::ranges::equal(a.parameters().values(), b.parameters().values()));
  EXPECT_FALSE(std::ranges::equal(a.parameters().values(), c.parameters().values()));
}

TEST(LmModel, BeginsWithGpt2sDeviations) {
  LmShape shape = tiny_shape(LmObjective::causal, LmPositions::learned);
  shape.dim = 64;
  const LmModel model(shape, 1);
  const auto deviation = [&](const char* name) {
    double squares = 0;
    const auto values = model.parameters().values_of(*model.parameters().find(name));
    for (const float x : values) squares += static_cast<double>(x) * static_cast<double>(x);
    return std::sqrt(squares / static_cast<double>(values.size()));
  };
  EXPECT_NEAR(deviation("transformer.wte.weight"), 0.02, 0.001);  // 3,200 draws: within four standard deviations
  EXPECT_NEAR(deviation("transformer.h.1.mlp.c_proj.weight"), 0.01, 0.0003);
  EXPECT_EQ(deviation("transformer.h.1.mlp.c_proj.bias"), 0);
  EXPECT_EQ(deviation("transformer.h.1.ln_1.weight"), 1);
}

TEST(LmModel, KeepsSinusoidalPositionsAsTheyAre) {
  const LmModel model(tiny_shape(LmObjective::causal, LmPositions::sinusoidal), 1);
  const Parameter* table = model.parameters().find("transformer.wpe.weight");
  ASSERT_NE(table, nullptr);
  EXPECT_TRUE(table->is_frozen);
  const Matrix<float> want = nn::sinusoidal_positions(12, 16);
  for (std::size_t i = 0; i < want.size(); ++i) {
    ASSERT_NEAR(model.parameters().values_of(*table)[i], want.data()[i] * 0.0282843F, 1e-7F);  // 0.02 · √2
  }
}

TEST(LmModel, OfAnUntiedHeadHasATableMore) {
  LmShape shape = tiny_shape(LmObjective::causal, LmPositions::rope);
  shape.is_tied = false;
  shape.n_kv_heads = 1;
  const LmModel model(shape, 1);
  ASSERT_NE(model.parameters().find("lm_head.weight"), nullptr);
  EXPECT_EQ(model.parameters().find("model.layers.0.self_attn.k_proj.weight")->shape, (std::vector<std::size_t>{8, 16}));
}

TEST(LmShape, SaysWhatItCannotBe) {
  const auto expect_refused = [](const char* message, const std::function<void(LmShape&)>& change,
                                 LmObjective objective = LmObjective::causal, LmPositions positions = LmPositions::learned) {
    LmShape shape = tiny_shape(objective, positions);
    change(shape);
    testing::expect_error(ErrorCode::invalid_argument, message, [&] { LmModel(shape, 1); });
  };
  expect_refused(
      "no family of masked models with alibi", [](LmShape&) {}, LmObjective::masked, LmPositions::alibi);
  expect_refused("must be a multiple of the number of heads, 3", [](LmShape& s) { s.n_heads = 3; });
  expect_refused(
      "even number of dimensions a head", [](LmShape& s) { s.n_heads = 16; }, LmObjective::causal, LmPositions::rope);
  expect_refused(
      "multiple of the key and value heads", [](LmShape& s) { s.n_kv_heads = 3; }, LmObjective::causal, LmPositions::rope);
  expect_refused("groups its queries", [](LmShape& s) { s.n_kv_heads = 1; });
  expect_refused(
      "head is tied", [](LmShape& s) { s.is_tied = false; }, LmObjective::masked);
  expect_refused("the vocabulary", [](LmShape& s) { s.vocabulary_size = 0; });
  expect_refused("layers", [](LmShape& s) { s.n_layers = 1000; });
  expect_refused(
      "four times", [](LmShape& s) { s.inner = 20; }, LmObjective::causal, LmPositions::alibi);
  testing::expect_error(ErrorCode::invalid_argument, "known are learned, sinusoidal, rope, alibi", [] { lm_positions_from("none"); });
}

}  // namespace
}  // namespace akin
