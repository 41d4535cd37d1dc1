#include "akin/model/vision.h"

#include <gtest/gtest.h>

#include "akin/base/error.h"
#include "golden_model.h"

namespace akin {
namespace {

struct VisionCase {
  const char* name;
  double tolerance;
};

// Ten times the difference of torch's float32 run from float64, absolute: the reference's own rounding.
constexpr VisionCase kCases[] = {{"clip", 9e-5}, {"siglip", 7e-5}, {"vit", 10e-5}, {"dinov2", 2e-4}, {"dinov2-swiglu-f16", 2e-4}};

class EveryImageFamily : public testing::TestWithParam<VisionCase> {};

PixelValues read_pixels(const TensorView& tensor) {
  PixelValues pixels{std::vector<float>(tensor.size()), tensor.shape[1], tensor.shape[2]};
  for (std::size_t r = 0; r < 3 * pixels.height; ++r) {
    tensor.row_to_float(r, std::span(pixels.values).subspan(r * pixels.width, pixels.width));
  }
  return pixels;
}

double difference(std::span<const float> got, const TensorView& want) {
  return golden::largest_difference(MatrixView<const float>(got.data(), 1, got.size()), want);
}

TEST_P(EveryImageFamily, GivesTheReferencesHiddenStatesAndVectors) {
  const auto folder = golden::path(std::string("models/") + GetParam().name);
  const auto weights = open_safetensors(folder), expected = open_safetensors(folder / "expected.safetensors");
  const VisionDescription model = describe_vision(read_file(folder / "config.json", 1 << 20), "config.json", *weights);
  Context context(2);
  const VisionTower tower(*weights, model, kernels::GemmType::f32, context);
  TransformerBuffers buffers;
  std::size_t n_images = 0;
  const nlohmann::json inputs = golden::json(folder / "inputs.json");
  for (const auto& image : inputs.at("images")) {
    const std::string key = image.at("key");
    const TensorView* pixels = expected->find(key + ".pixel_values");
    ASSERT_NE(pixels, nullptr) << key;
    Matrix<float> hidden;
    const std::vector<float> vector =
        tower.forward(read_pixels(*pixels), buffers, &hidden, [&](std::size_t layer, MatrixView<const float> states) {
          const TensorView* want = expected->find(key + ".hidden." + std::to_string(layer));
          ASSERT_NE(want, nullptr) << key;
          EXPECT_LE(golden::largest_difference(states, *want), GetParam().tolerance) << key << " layer " << layer;
        });
    EXPECT_LE(golden::largest_difference(hidden.view(), *expected->find(key + ".last_hidden_state")), GetParam().tolerance) << key;
    const TensorView* pooled = expected->find(key + ".pooler_output");
    ASSERT_NE(pooled, nullptr);
    EXPECT_LE(difference(tower.pool(hidden.view()), *pooled), GetParam().tolerance) << key;
    const TensorView* features = expected->find(key + ".image_features");
    EXPECT_LE(difference(vector, features != nullptr ? *features : *pooled), GetParam().tolerance) << key;
    ++n_images;
  }
  EXPECT_GE(n_images, 4U);
}

TEST_P(EveryImageFamily, GivesTheSameBitsAloneTogetherAndOnACrew) {
  const auto folder = golden::path(std::string("models/") + GetParam().name);
  const auto weights = open_safetensors(folder), expected = open_safetensors(folder / "expected.safetensors");
  Context context(1);
  const VisionTower tower(*weights, describe_vision(read_file(folder / "config.json", 1 << 20), "config.json", *weights),
                          kernels::GemmType::f32, context);
  TransformerBuffers buffers;
  std::vector<PixelValues> images;
  const nlohmann::json inputs = golden::json(folder / "inputs.json");
  for (const auto& image : inputs.at("images")) {
    images.push_back(read_pixels(*expected->find(image.at("key").get<std::string>() + ".pixel_values")));
  }
  Matrix<float> together(images.size(), tower.dim());
  tower.forward(images, buffers, together.view());
  Matrix<float> on_a_crew(1, tower.dim());
  for (std::size_t i = 0; i < images.size(); ++i) {
    EXPECT_TRUE(std::ranges::equal(tower.forward(images[i], buffers), together.row(i))) << i;
    Crew crew;
    crew.join([&] { tower.forward(std::span(images).subspan(i, 1), buffers, on_a_crew.view(), &crew); });
    EXPECT_TRUE(std::ranges::equal(on_a_crew.row(0), together.row(i))) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Golden, EveryImageFamily, testing::ValuesIn(kCases), [](const auto& test) {
  std::string name = test.param.name;
  std::ranges::replace(name, '-', '_');
  return name;
});

TEST(VisionTower, RefusesSidesThatAreNotWholePatches) {
  const auto folder = golden::path("models/vit");
  const auto weights = open_safetensors(folder);
  Context context(1);
  const VisionTower tower(*weights, describe_vision(read_file(folder / "config.json", 1 << 20), "config.json", *weights),
                          kernels::GemmType::f32, context);
  TransformerBuffers buffers;
  EXPECT_THROW(tower.forward({std::vector<float>(std::size_t{3} * 33 * 32), 33, 32}, buffers), Error);
  EXPECT_THROW(tower.forward({std::vector<float>(10), 32, 32}, buffers), Error);
}

TEST(InterpolatePositions, KeepsATableThatHasItsSizeAlready) {
  Matrix<float> table(6, 2);
  for (std::size_t i = 0; i < table.size(); ++i) table.data()[i] = static_cast<float>(i * i);
  const Matrix<float> same = interpolate_positions(table.view(), {2, 3}, {2, 3});
  for (std::size_t i = 0; i < table.size(); ++i) EXPECT_FLOAT_EQ(same.data()[i], table.data()[i]);
}

TEST(DescribeVision, NamesTheFamiliesItKnows) {
  const auto weights = open_safetensors(golden::path("models/bert"));
  EXPECT_FALSE(is_vision_config(R"({"model_type": "bert"})"));
  try {
    describe_vision(R"({"model_type": "bert"})", "x", *weights);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(std::string(error.what()), "x: model_type 'bert' is not an image family that akin runs; it runs clip, siglip, vit, dinov2");
  }
}

}  // namespace
}  // namespace akin
