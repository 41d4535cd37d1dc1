#include "akin/image/image_processor.h"

#include "akin/formats/safetensors.h"
#include "base/temporary_folder.h"
#include "base/throws.h"
#include "pictures.h"

namespace akin {
namespace {

class EveryImageModel : public ::testing::TestWithParam<const char*> {};

/// Products in double, sums and quotients in float, in the reference's order: no rounding differs.
constexpr float kTolerance = 0;

TEST_P(EveryImageModel, GivesTheReferencesPixelValues) {
  const auto folder = golden::path(std::string("models/") + GetParam());
  const ImageProcessor processor = ImageProcessor::from_folder(folder);
  const auto expected = open_safetensors(folder / "expected.safetensors");
  const nlohmann::json inputs = golden::json(folder / "inputs.json");
  std::size_t n_images = 0;
  for (const auto& input : inputs.at("images")) {
    if (input.at("interpolate_pos_encoding").get<bool>()) continue;  // prepared with another size than the folder's
    const std::string key = input.at("key");
    const ImageNumbers numbers = processor.numbers(processor.fit(read_image(folder / input.at("file"))));
    const TensorView* want = expected->find(key + ".pixel_values");
    ASSERT_NE(want, nullptr);
    ASSERT_EQ(want->shape, (std::vector<std::size_t>{3, numbers.height, numbers.width}));
    std::vector<float> row(numbers.width);
    float largest = 0;
    for (std::size_t r = 0; r < 3 * numbers.height; ++r) {
      want->row_to_float(r, row);
      for (std::size_t x = 0; x < row.size(); ++x) largest = std::max(largest, std::abs(row[x] - numbers.values[r * row.size() + x]));
    }
    EXPECT_LE(largest, kTolerance) << GetParam() << " " << key;
    ++n_images;
  }
  EXPECT_GE(n_images, 4U);
}

TEST_P(EveryImageModel, GivesTheReferencesPixelValuesAtAnotherSize) {
  const auto folder = golden::path(std::string("models/") + GetParam());
  const auto expected = open_safetensors(folder / "expected.safetensors");
  const nlohmann::json inputs = golden::json(folder / "inputs.json");
  for (const auto& input : inputs.at("images")) {
    if (!input.at("interpolate_pos_encoding").get<bool>()) continue;
    ImageProcessorSpec spec = ImageProcessor::from_folder(folder).spec();
    const std::size_t height = input.at("pixel_shape")[1], width = input.at("pixel_shape")[2];
    if (spec.resize == ResizeRule::exact) {
      spec.height = height;
      spec.width = width;
    } else {
      spec.shortest = std::max(height, width);
      spec.crop_height = height;
      spec.crop_width = width;
    }
    const ImageProcessor processor(spec);
    const ImageNumbers numbers = processor.numbers(processor.fit(read_image(folder / input.at("file"))));
    const TensorView* want = expected->find(input.at("key").get<std::string>() + ".pixel_values");
    std::vector<float> row(numbers.width);
    for (std::size_t r = 0; r < 3 * numbers.height; ++r) {
      want->row_to_float(r, row);
      ASSERT_TRUE(std::equal(row.begin(), row.end(), numbers.values.begin() + static_cast<std::ptrdiff_t>(r * row.size()))) << r;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Golden, EveryImageModel, ::testing::Values("clip", "siglip", "vit", "dinov2", "dinov2-swiglu-f16"),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

ImageProcessorSpec spec_of(const char* json) { return ImageProcessor::from_json(json, "p.json").spec(); }

TEST(ImageProcessor, ReadsOldSpellings) {
  const ImageProcessorSpec clip =
      spec_of(R"({"feature_extractor_type": "CLIPFeatureExtractor", "size": 64, "crop_size": 56, "resample": 3})");
  EXPECT_EQ(clip.resize, ResizeRule::shortest_edge);
  EXPECT_EQ(clip.shortest, 64U);
  EXPECT_EQ(clip.crop_width, 56U);
  EXPECT_EQ(clip.crop_height, 56U);
  EXPECT_FLOAT_EQ(clip.mean[1], 0.4578275F);
  const ImageProcessorSpec vit = spec_of(R"({"feature_extractor_type": "ViTFeatureExtractor", "size": 64})");
  EXPECT_EQ(vit.resize, ResizeRule::exact);
  EXPECT_EQ(vit.width, 64U);
  EXPECT_EQ(vit.height, 64U);
  EXPECT_EQ(vit.crop_width, 0U);
  EXPECT_EQ(vit.resample, Resample::bilinear);
}

TEST(ImageProcessor, ReadsSizesInEveryForm) {
  const ImageProcessorSpec pair = spec_of(R"({"image_processor_type": "ViTImageProcessor", "size": [30, 40]})");
  EXPECT_EQ(pair.height, 30U);
  EXPECT_EQ(pair.width, 40U);
  const ImageProcessorSpec named = spec_of(R"({"image_processor_type": "ViTImageProcessorFast", "size": {"height": 30, "width": 40}})");
  EXPECT_EQ(named.height, 30U);
  EXPECT_EQ(named.width, 40U);
  EXPECT_EQ(spec_of(R"({"image_processor_type": "ViTImageProcessor", "size": {"longest_edge": 50}})").resize, ResizeRule::longest_edge);
  EXPECT_EQ(spec_of(R"({"image_processor_type": "ViTImageProcessor", "do_resize": false})").resize, ResizeRule::none);
}

TEST(ImageProcessor, ReadsTheFileOfNewerVersions) {
  const testing::TemporaryFolder folder;
  std::ofstream(folder.path() / "processor_config.json")
      << R"({"image_processor": {"image_processor_type": "SiglipImageProcessorFast", "size": {"height": 20, "width": 20}}})";
  EXPECT_EQ(ImageProcessor::from_folder(folder.path()).spec().width, 20U);
}

TEST(ImageProcessor, SaysWhatIsMissing) {
  const testing::TemporaryFolder folder;
  testing::expect_error(ErrorCode::not_found, "preprocessor_config.json: no such file",
                        [&] { ImageProcessor::from_folder(folder.path()); });
}

struct Broken {
  const char* json;
  const char* message;
};

TEST(ImageProcessor, NamesTheKeyThatIsWrong) {
  const Broken cases[] = {
      {"[]", "p.json: a JSON object is wanted"},
      {"{", "p.json: a JSON object is wanted"},
      {"{}",
       "p.json: image_processor_type '' is not known; known are CLIPImageProcessor, SiglipImageProcessor, ViTImageProcessor, "
       "BitImageProcessor, DeiTImageProcessor"},
      {R"({"image_processor_type": "ConvNextImageProcessor"})", "image_processor_type 'ConvNextImageProcessor' is not known"},
      {R"({"image_processor_type": "ViTImageProcessor", "size": -1})", "key 'size' must be whole numbers from 1 to 4096, found -1"},
      {R"({"image_processor_type": "ViTImageProcessor", "size": 1e9})", "key 'size' must be whole numbers"},
      {R"({"image_processor_type": "ViTImageProcessor", "size": {"height": 4097, "width": 2}})", "key 'size' must be whole numbers"},
      {R"({"image_processor_type": "ViTImageProcessor", "size": {}})", "key 'size' must be a number, (height, width), shortest_edge"},
      {R"({"image_processor_type": "ViTImageProcessor", "resample": 6})", "key 'resample' must be whole numbers from 0 to 5, found 6"},
      {R"({"image_processor_type": "ViTImageProcessor", "image_mean": [1, 2]})", "key 'image_mean' must be three numbers"},
      {R"({"image_processor_type": "ViTImageProcessor", "image_std": [1, 0, 1]})", "key 'image_std' must be no 0"},
      {R"({"image_processor_type": "ViTImageProcessor", "do_resize": "yes"})", "key 'do_resize' must be true or false"},
      {R"({"image_processor_type": "CLIPImageProcessor", "crop_size": "x"})", "key 'crop_size' must be a number or (height, width)"},
      {R"({"image_processor_type": "CLIPImageProcessor", "do_pad": true})", "key 'do_pad' asks for a step that akin does not do"},
  };
  for (const auto& [json, message] : cases) {
    const auto error = testing::error_of([&, text = json] { ImageProcessor::from_json(text, "p.json"); });
    ASSERT_TRUE(error) << json;
    EXPECT_NE(std::string(error->what()).find(message), std::string::npos) << error->what();
  }
}

TEST(ImageProcessor, PutsASmallPictureInTheMiddleOfBlack) {
  ImageProcessorSpec spec;
  spec.resize = ResizeRule::none;
  spec.crop_width = 5;
  spec.crop_height = 2;
  Image image{Matrix<std::uint8_t>(3, 3 * 2)};
  for (std::size_t i = 0; i < image.rows.size(); ++i) image.rows.data()[i] = static_cast<std::uint8_t>(i + 1);
  const Image out = ImageProcessor(spec).fit(image).pixels;
  // 2 columns in 5: one and a half missing on the left, rounded up; 2 rows of 3: the rest rounded down.
  const std::vector<int> want = {0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 8, 9, 10, 11, 12, 0, 0, 0};
  EXPECT_EQ(std::vector<int>(out.rows.data(), out.rows.data() + out.rows.size()), want);
}

TEST(ImageProcessor, RefusesAPictureSoNarrowThatItWouldBecomeGigantic) {
  const ImageProcessor processor = ImageProcessor::from_json(R"({"image_processor_type": "CLIPImageProcessor"})", "p.json");
  testing::expect_error(ErrorCode::limit, "too narrow", [&] { (void)processor.fit(Image{Matrix<std::uint8_t>(9000, 3)}); });
}

TEST(ImageProcessor, KeepsProportionsByTheLongerSide) {
  const ImageProcessor processor =
      ImageProcessor::from_json(R"({"image_processor_type": "ViTImageProcessor", "size": {"longest_edge": 10}})", "p.json");
  const Image out = processor.fit(Image{Matrix<std::uint8_t>(20, 3 * 7)}).pixels;
  EXPECT_EQ(out.height(), 10U);
  EXPECT_EQ(out.width(), 3U);
}

TEST(ImageProcessor, TellsProcessorsApartInItsText) {
  const auto text = [](const char* json) { return ImageProcessor::from_json(json, "p.json").text(); };
  const std::string plain = text(R"({"image_processor_type": "CLIPImageProcessor"})");
  EXPECT_EQ(plain, text(R"({"feature_extractor_type": "CLIPFeatureExtractor", "size": 224, "do_resize": true})"));
  EXPECT_NE(plain, text(R"({"image_processor_type": "CLIPImageProcessor", "resample": 2})"));
  EXPECT_NE(plain, text(R"({"image_processor_type": "CLIPImageProcessor", "image_mean": [0.5, 0.5, 0.5]})"));
  EXPECT_NE(plain, text(R"({"image_processor_type": "CLIPImageProcessor", "do_rescale": false})"));
}

}  // namespace
}  // namespace akin
