#include "image_backend.h"

#include <gtest/gtest.h>

#include <cmath>

#include "akin/formats/safetensors.h"
#include "base/throws.h"
#include "model_copy.h"

namespace akin {
namespace {

using golden::ModelCopy;

struct ImageCase {
  const char* name;
  double tolerance;  // ten times the difference of torch's float32 run from float64: the reference's own rounding
};
constexpr ImageCase kCases[] = {{"clip", 9e-5}, {"siglip", 7e-5}, {"vit", 10e-5}, {"dinov2", 2e-4}, {"dinov2-swiglu-f16", 2e-4}};

std::filesystem::path folder_of(const std::string& name) { return golden::path("models/" + name); }

/// The four pictures of a golden model.
std::vector<std::filesystem::path> pictures_of(const std::string& name) {
  std::vector<std::filesystem::path> files;
  for (int i = 0; i < 4; ++i) files.push_back(folder_of(name) / "images" / (std::to_string(i) + ".png"));
  return files;
}

std::vector<float> expected(const SafetensorsFile& file, const std::string& key) {
  const TensorView* tensor = file.find(key);
  EXPECT_NE(tensor, nullptr) << key;
  std::vector<float> row(tensor == nullptr ? 0 : tensor->shape.back());
  if (tensor != nullptr) tensor->row_to_float(0, row);
  return row;
}

double difference(std::span<const float> got, std::span<const float> want) {
  EXPECT_EQ(got.size(), want.size());
  double largest = 0;
  for (std::size_t i = 0; i < std::min(got.size(), want.size()); ++i) largest = std::max<double>(largest, std::abs(got[i] - want[i]));
  return largest;
}

class EveryImageModel : public ::testing::TestWithParam<ImageCase> {};

TEST_P(EveryImageModel, GivesTheReferencesVectorsOfPictureFiles) {
  Context context(2);
  const Embedder embedder = Embedder::load(folder_of(GetParam().name), {}, context);
  EXPECT_TRUE(embedder.info().takes_images);
  const auto file = open_safetensors(folder_of(GetParam().name) / "expected.safetensors");
  const Matrix<float> vectors = embedder.embed_image_files(pictures_of(GetParam().name), context);
  ASSERT_EQ(vectors.rows(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    const std::string key = "image" + std::to_string(i);
    const bool contrastive = file->find(key + ".image_embed") != nullptr;
    const std::string part = contrastive ? ".image_embed" : ".pooler_output";
    EXPECT_LE(difference(vectors.row(i), expected(*file, key + part)), GetParam().tolerance) << key;
    EXPECT_EQ(embedder.info().normalized, contrastive);
  }
}

TEST_P(EveryImageModel, GivesTheSameBitsAloneTogetherAndOnAnyNumberOfThreads) {
  Context one(1), three(3);
  const Embedder embedder = Embedder::load(folder_of(GetParam().name), {}, one);
  std::vector<std::filesystem::path> files;
  for (int i = 0; i < 5; ++i) {
    for (const auto& file : pictures_of(GetParam().name)) files.push_back(file);
  }
  const Matrix<float> together = embedder.embed_image_files(files, three);
  for (std::size_t i = 0; i < files.size(); ++i) {
    Context& context = i % 2 == 0 ? one : three;
    const Matrix<float> alone = embedder.embed_image_files(std::span(files).subspan(i, 1), context);
    EXPECT_TRUE(std::ranges::equal(alone.row(0), together.row(i))) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Golden, EveryImageModel, ::testing::ValuesIn(kCases), [](const auto& test) {
  std::string name = test.param.name;
  std::ranges::replace(name, '-', '_');
  return name;
});

class EveryJointModel : public ::testing::TestWithParam<ImageCase> {};

TEST_P(EveryJointModel, GivesTheReferencesVectorsOfTexts) {
  Context context(2);
  const Embedder embedder = Embedder::load(folder_of(GetParam().name), {}, context);
  const auto file = open_safetensors(folder_of(GetParam().name) / "expected.safetensors");
  const nlohmann::json inputs = golden::json(folder_of(GetParam().name) / "inputs.json");
  std::vector<std::string> texts;
  for (const auto& text : inputs.at("texts")) texts.push_back(text.at("text"));
  const EmbedResult result = embedder.embed(texts, TextRole::plain, context);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    EXPECT_LE(difference(result.vectors.row(i), expected(*file, "text" + std::to_string(i) + ".text_embed")), GetParam().tolerance) << i;
    const std::vector<float> alone = embedder.embed_one(texts[i], TextRole::plain, context);
    EXPECT_TRUE(std::ranges::equal(alone, result.vectors.row(i))) << i;
  }
}

TEST_P(EveryJointModel, ReportsWhatWasCut) {
  Context context(1);
  const Embedder embedder = Embedder::load(folder_of(GetParam().name), {}, context);
  std::string text;
  for (int i = 0; i < 400; ++i) text += "long ";
  const EmbedResult result = embedder.embed({text, "short"}, TextRole::plain, context);
  EXPECT_EQ(result.reports[0].n_tokens, embedder.max_tokens());
  EXPECT_GT(result.reports[0].n_tokens_dropped, 300U);
  EXPECT_EQ(result.reports[1].n_tokens_dropped, 0U);
  EXPECT_LT(result.reports[1].n_tokens, embedder.max_tokens());
}

TEST_P(EveryJointModel, GivesOneVectorAToken) {
  Context context(1);
  const Embedder embedder = Embedder::load(folder_of(GetParam().name), {}, context);
  const auto file = open_safetensors(folder_of(GetParam().name) / "expected.safetensors");
  const TokenVectors tokens =
      embedder.embed_tokens(golden::json(folder_of(GetParam().name) / "inputs.json").at("texts")[0].at("text").get<std::string>(), context);
  const TensorView* want = file->find("text0.last_hidden_state");
  ASSERT_EQ(tokens.hidden.rows(), tokens.encoding.ids.size());
  std::vector<float> row(tokens.hidden.cols());
  for (std::size_t r = 0; r < tokens.hidden.rows(); ++r) {
    want->row_to_float(r, row);
    EXPECT_LE(difference(tokens.hidden.row(r), row), GetParam().tolerance) << r;
  }
}

TEST_P(EveryJointModel, MakesTheReferencesProbabilities) {
  Context context(1);
  const Embedder embedder = Embedder::load(folder_of(GetParam().name), {}, context);
  ASSERT_TRUE(embedder.info().match.has_value());
  EXPECT_EQ(embedder.info().match->sigmoid, std::string(GetParam().name) == "siglip");
}

INSTANTIATE_TEST_SUITE_P(Golden, EveryJointModel, ::testing::Values(kCases[0], kCases[1]),
                         [](const auto& test) { return test.param.name; });

TEST(ImageBackend, SaysThatAModelOfImagesTakesNoTexts) {
  Context context(1);
  const Embedder embedder = Embedder::load(folder_of("vit"), {}, context);
  EXPECT_FALSE(embedder.info().takes_texts);
  EXPECT_FALSE(embedder.has_tokenizer());
  testing::expect_error(ErrorCode::unsupported, "vit: takes no texts: the model takes images only",
                        [&] { (void)embedder.embed_one("a cat", TextRole::plain, context); });
}

TEST(ImageBackend, SaysThatAModelOfTextsTakesNoImages) {
  Context context(1);
  const Embedder embedder = Embedder::load(golden::path("models/bert"), {}, context);
  EXPECT_FALSE(embedder.info().takes_images);
  testing::expect_error(ErrorCode::unsupported, "bert: takes no images: it is a model of texts",
                        [&] { (void)embedder.embed_image_files(pictures_of("vit"), context); });
}

TEST(ImageBackend, DescribesItself) {
  Context context(1);
  const ModelInfo clip = Embedder::load(folder_of("clip"), {}, context).info();
  EXPECT_EQ(clip.family, "clip");
  EXPECT_EQ(clip.dim, 24U);
  EXPECT_EQ(clip.max_tokens, 77U);
  EXPECT_EQ(clip.image_width, 32U);
  EXPECT_EQ(clip.pooling, "image class token, text highest id");
  EXPECT_EQ(clip.similarity, "cosine");
  EXPECT_EQ(clip.weight_type, "F32");
  EXPECT_TRUE(clip.takes_texts);
  const ModelInfo dino = Embedder::load(folder_of("dinov2-swiglu-f16"), {}, context).info();
  EXPECT_EQ(dino.image_height, 28U);
  EXPECT_EQ(dino.weight_type, "F16");
  EXPECT_FALSE(dino.normalized);
  EXPECT_FALSE(dino.match.has_value());
}

TEST(ImageBackend, CutsAndScalesWhenAsked) {
  Context context(1);
  EmbedderOptions options;
  options.dims = 10;
  options.normalize = true;
  const Embedder small = Embedder::load(folder_of("clip"), options, context), whole = Embedder::load(folder_of("clip"), {}, context);
  const Matrix<float> cut = small.embed_image_files(pictures_of("clip"), context),
                      full = whole.embed_image_files(pictures_of("clip"), context);
  ASSERT_EQ(cut.cols(), 10U);
  double length = 0, ratio = 0;
  for (std::size_t d = 0; d < 10; ++d) length += static_cast<double>(cut(0, d) * cut(0, d));
  EXPECT_NEAR(length, 1, 1e-6);  // ten float products
  ratio = static_cast<double>(cut(0, 0) / full(0, 0));
  for (std::size_t d = 0; d < 10; ++d) EXPECT_NEAR(cut(0, d), static_cast<float>(ratio) * full(0, d), 1e-6);
  options.dims = 25;
  testing::expect_error(ErrorCode::invalid_argument, "clip: 25 dimensions are asked for, the model gives 24",
                        [&] { Embedder::load(folder_of("clip"), options, context); });
  EmbedderOptions tokens;
  tokens.max_tokens = 78;
  testing::expect_error(ErrorCode::invalid_argument, "max_tokens must be 3 to 77, 78 is asked for",
                        [&] { Embedder::load(folder_of("clip"), tokens, context); });
}

TEST(ImageBackend, RefusesPicturesThatAreNotWholePatches) {
  const ModelCopy copy("models/vit");
  copy.edit_json("preprocessor_config.json", [](nlohmann::json& json) { json["size"] = {{"height", 33}, {"width", 32}}; });
  EXPECT_EQ(golden::loading(copy.path()), "model: a picture of 1 × 1 pixels is prepared to 32 × 33, which are not whole patches of 8");
  copy.edit_json("preprocessor_config.json", [](nlohmann::json& json) { json["size"] = {{"shortest_edge", 32}}; });
  Context context(1);
  const Embedder embedder = Embedder::load(copy.path(), {}, context);
  testing::expect_error(ErrorCode::unsupported, "0.png: model: a picture of 60 × 44 pixels is prepared to 43 × 32, which are not whole",
                        [&] { (void)embedder.embed_image_files(pictures_of("vit"), context); });
}

TEST(ImageBackend, NamesAPictureThatCannotBeRead) {
  Context context(2);
  const Embedder embedder = Embedder::load(folder_of("vit"), {}, context);
  std::vector<std::filesystem::path> files = pictures_of("vit");
  files.push_back(folder_of("vit") / "config.json");
  testing::expect_error(ErrorCode::unsupported, "config.json: is no picture of a kind that akin reads",
                        [&] { (void)embedder.embed_image_files(files, context); });
}

}  // namespace
}  // namespace akin
