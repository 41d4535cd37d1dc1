#include "raster_canvas.h"

#include <gtest/gtest.h>

#include "base/throws.h"
#include "png_reader.h"

namespace akin::plot {
namespace {

using akin::testing::expect_error;
constexpr Color kWhite = {255, 255, 255}, kBlack = {0, 0, 0}, kRed = {200, 0, 0};

TEST(RasterCanvas, FillsWholePixelsFullyAndPartsInPart) {
  RasterCanvas canvas(10, 10, 1, kWhite);
  canvas.fill({2, 3, 4.5, 2}, kBlack);
  EXPECT_EQ(canvas.at(3, 2), kBlack);
  EXPECT_EQ(canvas.at(4, 5), kBlack);
  EXPECT_EQ(canvas.at(3, 6), (Color{128, 128, 128})) << "half of this pixel is covered";
  EXPECT_EQ(canvas.at(3, 7), kWhite);
  EXPECT_EQ(canvas.at(2, 2), kWhite);
}

TEST(RasterCanvas, DrawsALineAsWideAsItIs) {
  RasterCanvas canvas(20, 20, 2, kWhite);
  const Point ends[] = {{2, 10}, {18, 10}};
  canvas.line(ends, {kBlack, 3, false});
  double ink = 0;
  for (std::size_t r = 0; r < canvas.rows(); ++r) ink += (255 - canvas.at(r, 20).red) / 255.0;
  EXPECT_NEAR(ink, 6, 0.05);  // 3 points of 2 pixels; colours are rounded to 1/255
  EXPECT_EQ(canvas.at(20, 0), kWhite);
}

TEST(RasterCanvas, MarksAreDiscsThatShowWhatIsUnder) {
  RasterCanvas canvas(20, 20, 2, kWhite);
  canvas.marks({0, 0, 20, 20}, {{{10, 10}, {10, 10}}, {kBlack, kBlack}, 4, 0.5});
  EXPECT_EQ(canvas.at(20, 20), (Color{64, 64, 64})) << "half of what the first half left";
  EXPECT_EQ(canvas.at(20, 29), kWhite);
  double ink = 0;
  for (std::size_t r = 0; r < canvas.rows(); ++r)
    for (std::size_t c = 0; c < canvas.cols(); ++c) ink += (255 - canvas.at(r, c).red) / 191.0;
  EXPECT_NEAR(ink, 3.14159 * 64, 4);  // a radius of 8 pixels; edges are smoothed over one pixel
}

TEST(RasterCanvas, AreasAreAsLargeAsTheyAreAndLeaveHolesFree) {
  RasterCanvas canvas(20, 20, 2, kWhite);
  const Point corners[] = {{2, 2}, {12, 2}, {12, 12}, {2, 12}};
  canvas.area(corners, kRed, 0.5);
  EXPECT_EQ(canvas.at(10, 10), (Color{228, 128, 128}));
  EXPECT_EQ(canvas.at(10, 25), kWhite);
  EXPECT_EQ(canvas.at(25, 10), kWhite);
  // Twice around a smaller square inside a larger one, joined by a seam: the smaller one is crossed twice from outside.
  RasterCanvas ring(20, 20, 1, kWhite);
  const Point path[] = {{2, 2}, {18, 2}, {18, 18}, {2, 18}, {2, 2}, {6, 6}, {14, 6}, {14, 14}, {6, 14}, {6, 6}};
  ring.area(path, kBlack, 1);
  EXPECT_EQ(ring.at(4, 10), kBlack);
  EXPECT_EQ(ring.at(10, 10), kWhite);
}

TEST(RasterCanvas, PaintsWhereStrokesMeetOnce) {
  RasterCanvas canvas(20, 20, 1, kWhite);
  const Point there_and_back[] = {{5, 10.2}, {15, 10.2}, {5, 10.2}};
  const Point once[] = {{5, 10.2}, {15, 10.2}};
  RasterCanvas other(20, 20, 1, kWhite);
  canvas.line(there_and_back, {kRed, 1, false});
  other.line(once, {kRed, 1, false});
  EXPECT_EQ(canvas.png(), other.png());
}

TEST(RasterCanvas, LeavesGapsInADashedLine) {
  RasterCanvas canvas(40, 4, 1, kWhite);
  const Point ends[] = {{0, 2}, {40, 2}};
  canvas.line(ends, {kBlack, 1, true});
  std::size_t changes = 0;
  for (std::size_t c = 1; c < 40; ++c) changes += (canvas.at(1, c).red < 200) != (canvas.at(1, c - 1).red < 200) ? 1 : 0;
  EXPECT_GE(changes, 8U);
}

TEST(RasterCanvas, StretchesAGridOverItsBox) {
  RasterCanvas canvas(8, 8, 1, kWhite);
  canvas.grid({0, 0, 8, 4}, {1, 2, {kBlack, kRed}});
  EXPECT_EQ(canvas.at(3, 3), kBlack);
  EXPECT_EQ(canvas.at(3, 4), kRed);
  EXPECT_EQ(canvas.at(4, 4), kWhite);
}

TEST(RasterCanvas, AnchorsAndTurnsWords) {
  const auto ink_box = [](Anchor anchor, bool upwards) {
    RasterCanvas canvas(60, 60, 1, kWhite);
    canvas.text({30, 30}, "HHH", {12, kBlack, anchor, false, upwards});
    std::size_t left = 60, right = 0, top = 60, bottom = 0;
    for (std::size_t r = 0; r < 60; ++r)
      for (std::size_t c = 0; c < 60; ++c)
        if (canvas.at(r, c).red < 128)
          left = std::min(left, c), right = std::max(right, c), top = std::min(top, r), bottom = std::max(bottom, r);
    return std::array<std::size_t, 4>{left, right, top, bottom};
  };
  EXPECT_GE(ink_box(Anchor::start, false)[0], 29U);
  EXPECT_LE(ink_box(Anchor::end, false)[1], 31U);
  const auto middle = ink_box(Anchor::middle, false), turned = ink_box(Anchor::middle, true);
  EXPECT_NEAR(static_cast<double>(middle[0] + middle[1]), 60, 3);
  EXPECT_GT(turned[3] - turned[2], turned[1] - turned[0]) << "it reads upwards";
  EXPECT_LE(turned[1], 31U);
}

TEST(RasterCanvas, DrawsWhatLiesOutsideAsFarAsItIsInside) {
  RasterCanvas canvas(10, 10, 1, kWhite);
  const Point ends[] = {{-1e6, 5}, {1e6, 5}};
  canvas.line(ends, {kBlack, 2, false});
  canvas.fill({-5, -5, 7, 7}, kRed);
  canvas.text({1000, -1000}, "far", {12, kBlack, Anchor::start, false, false});
  EXPECT_EQ(canvas.at(5, 0), kBlack);
  EXPECT_EQ(canvas.at(0, 0), kRed);
}

TEST(RasterCanvas, RefusesAPictureThatIsTooLarge) {
  expect_error(ErrorCode::limit, "pixels is not drawn", [] { RasterCanvas(1e5, 1e5, 2, kWhite); });
  expect_error(ErrorCode::limit, "pixels is not drawn", [] { RasterCanvas(0, 10, 2, kWhite); });
}

}  // namespace
}  // namespace akin::plot
