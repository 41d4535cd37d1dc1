#include "akin/image/resize.h"

#include "akin/formats/safetensors.h"
#include "base/throws.h"
#include "pictures.h"

namespace akin {
namespace {

Image image_of(const TensorView& tensor) {
  Image image{Matrix<std::uint8_t>(tensor.shape[0], 3 * tensor.shape[1])};
  EXPECT_EQ(tensor.bytes.size(), image.rows.size());
  std::transform(tensor.bytes.begin(), tensor.bytes.end(), image.rows.data(), [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
  return image;
}

struct FilterCase {
  const char* name;
  Resample filter;
};
constexpr FilterCase kFilters[] = {{"nearest", Resample::nearest}, {"lanczos", Resample::lanczos}, {"bilinear", Resample::bilinear},
                                   {"bicubic", Resample::bicubic}, {"box", Resample::box},         {"hamming", Resample::hamming}};

TEST(Resize, GivesPilsBytesForEveryFilter) {
  const auto file = open_safetensors(golden::path("images/resized.safetensors"));
  const Image image = image_of(*file->find("image"));
  std::size_t n_compared = 0;
  for (const auto& [name, filter] : kFilters) {
    for (const auto& [width, height] :
         std::vector<std::pair<std::size_t, std::size_t>>{{31, 7}, {7, 19}, {62, 38}, {13, 11}, {1, 1}, {3, 40}, {30, 18}, {29, 9}}) {
      const std::string key = std::string(name) + "." + std::to_string(width) + "x" + std::to_string(height);
      const TensorView* want = file->find(key);
      ASSERT_NE(want, nullptr) << key;
      EXPECT_EQ(testing::compare(resize(image, width, height, filter), image_of(*want)), "equal") << key;
      ++n_compared;
    }
  }
  EXPECT_EQ(n_compared, 48U);
}

TEST(Resize, LeavesAPictureOfTheWantedSizeAsItIs) {
  const Image image = decode_image(testing::as_bytes(testing::picture_bytes("rgb8.png")), "rgb8.png");
  EXPECT_EQ(testing::compare(resize(image, image.width(), image.height(), Resample::bicubic), image), "equal");
}

TEST(Resize, KeepsAPictureOfOneColour) {
  Image image{Matrix<std::uint8_t>(9, 3 * 14)};
  std::fill_n(image.rows.data(), image.rows.size(), std::uint8_t{201});
  for (const auto& [name, filter] : kFilters) {
    const Image small = resize(image, 5, 4, filter), large = resize(image, 40, 33, filter);
    EXPECT_TRUE(std::all_of(small.rows.data(), small.rows.data() + small.rows.size(), [](int x) { return x == 201; })) << name;
    EXPECT_TRUE(std::all_of(large.rows.data(), large.rows.data() + large.rows.size(), [](int x) { return x == 201; })) << name;
  }
}

TEST(Resize, RefusesAnEmptySize) {
  const Image image{Matrix<std::uint8_t>(2, 6)};
  testing::expect_error(ErrorCode::invalid_argument, "resize", [&] { resize(image, 0, 3, Resample::bicubic); });
}

}  // namespace
}  // namespace akin
