#include "akin/model/text_tower.h"

#include <gtest/gtest.h>

#include "akin/base/error.h"
#include "akin/kernels/norm.h"
#include "golden_model.h"

namespace akin {
namespace {

struct TowerCase {
  const char* name;
  double tolerance;  // ten times the difference of torch's float32 run from float64: the reference's own rounding
};
constexpr TowerCase kCases[] = {{"clip", 9e-5}, {"siglip", 7e-5}};

struct Golden {
  std::filesystem::path folder;
  std::unique_ptr<SafetensorsFile> weights, expected;
  std::string config;
  TextTowerDescription model;

  explicit Golden(const std::string& name)
      : folder(golden::path("models/" + name)),
        weights(open_safetensors(folder)),
        expected(open_safetensors(folder / "expected.safetensors")),
        config(read_file(folder / "config.json", 1 << 20)),
        model(describe_text_tower(config, "config.json", *weights)) {}

  [[nodiscard]] std::vector<std::vector<std::int32_t>> texts() const {
    std::vector<std::vector<std::int32_t>> list;
    const nlohmann::json inputs = golden::json(folder / "inputs.json");
    for (const auto& text : inputs.at("texts")) list.push_back(text.at("input_ids"));
    return list;
  }
};

class EveryTextTower : public ::testing::TestWithParam<TowerCase> {};

Matrix<float> vectors_of(const TextTower& tower, const std::vector<std::vector<std::int32_t>>& texts, Crew* crew = nullptr) {
  std::vector<std::int32_t> ids;
  std::vector<std::size_t> starts = {0};
  for (const auto& text : texts) {
    ids.insert(ids.end(), text.begin(), text.end());
    starts.push_back(ids.size());
  }
  TransformerBuffers buffers;
  Matrix<float> vectors(texts.size(), tower.dim());
  tower.forward({ids, {}, starts}, buffers, vectors.view(), crew);
  return vectors;
}

TEST_P(EveryTextTower, GivesTheReferencesTextFeatures) {
  const Golden golden(GetParam().name);
  Context context(1);
  const TextTower tower(*golden.weights, golden.model, kernels::GemmType::f32, context);
  const auto texts = golden.texts();
  ASSERT_GE(texts.size(), 3U);
  const Matrix<float> vectors = vectors_of(tower, texts);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const TensorView* want = golden.expected->find("text" + std::to_string(i) + ".text_features");
    ASSERT_NE(want, nullptr);
    EXPECT_LE(golden::largest_difference(vectors.view().middle_rows(i, 1), *want), GetParam().tolerance) << i;
  }
}

TEST_P(EveryTextTower, GivesTheSameBitsAloneAndOnACrew) {
  const Golden golden(GetParam().name);
  Context context(1);
  const TextTower tower(*golden.weights, golden.model, kernels::GemmType::f32, context);
  const auto texts = golden.texts();
  const Matrix<float> together = vectors_of(tower, texts);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    Crew crew;
    Matrix<float> alone;
    crew.join([&] { alone = vectors_of(tower, {texts[i]}, &crew); });
    EXPECT_TRUE(std::ranges::equal(alone.row(0), together.row(i))) << i;
  }
}

TEST_P(EveryTextTower, HasTheScaleOfTheReferencesLogits) {
  const Golden golden(GetParam().name);
  Context context(1);
  const TextTower tower(*golden.weights, golden.model, kernels::GemmType::f32, context);
  const std::optional<LogitScale> match = read_logit_scale(golden.model, *golden.weights);
  ASSERT_TRUE(match.has_value());
  EXPECT_EQ(match->sigmoid, golden.model.model.family == "siglip");
  Matrix<float> texts = vectors_of(tower, golden.texts());
  const TensorView* logits = golden.expected->find("logits_per_image");
  std::vector<float> want(texts.rows()), image(tower.dim());
  for (std::size_t i = 0; i < logits->shape[0]; ++i) {
    logits->row_to_float(i, want);
    golden.expected->find("image" + std::to_string(i) + ".image_embed")->row_to_float(0, image);
    for (std::size_t t = 0; t < texts.rows(); ++t) {
      kernels::l2_normalize(texts.row(t));
      double cosine = 0;
      for (std::size_t d = 0; d < image.size(); ++d) cosine += static_cast<double>(image[d]) * static_cast<double>(texts(t, d));
      // The vectors' tolerance, relative to vectors of length about 1, times the scale.
      EXPECT_NEAR(cosine * static_cast<double>(match->scale) + static_cast<double>(match->bias), want[t],
                  GetParam().tolerance * static_cast<double>(match->scale));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Golden, EveryTextTower, ::testing::ValuesIn(kCases), [](const auto& test) { return test.param.name; });

TEST(DescribeTextTower, PoolsNewClipModelsAtTheirFirstEndToken) {
  Golden golden("clip");
  EXPECT_EQ(golden.model.pooling, TextPooling::highest_id);
  nlohmann::json config = nlohmann::json::parse(golden.config);
  config["text_config"]["eos_token_id"] = 558;
  golden.model = describe_text_tower(config.dump(), "config.json", *golden.weights);
  EXPECT_EQ(golden.model.pooling, TextPooling::end);
  Context context(1);
  const TextTower tower(*golden.weights, golden.model, kernels::GemmType::f32, context);
  std::vector<std::int32_t> ids = golden.texts()[0];
  const Matrix<float> before = vectors_of(tower, {ids});
  ids.push_back(3);  // attention looks back only: what follows the end token changes nothing
  ids.push_back(558);
  EXPECT_TRUE(std::ranges::equal(vectors_of(tower, {ids}).row(0), before.row(0)));
}

TEST(DescribeTextTower, KnowsWhichConfigurationsHaveOne) {
  EXPECT_TRUE(is_text_tower_config(R"({"model_type": "clip"})"));
  EXPECT_TRUE(is_text_tower_config(R"({"model_type": "siglip_text_model"})"));
  EXPECT_FALSE(is_text_tower_config(R"({"model_type": "vit"})"));
  EXPECT_FALSE(is_text_tower_config(R"({"model_type": "bert"})"));
}

TEST(TextTower, RefusesATextWithoutTokens) {
  const Golden golden("siglip");
  Context context(1);
  const TextTower tower(*golden.weights, golden.model, kernels::GemmType::f32, context);
  EXPECT_THROW(vectors_of(tower, {{}}), Error);
}

}  // namespace
}  // namespace akin
